/** Tickets that this phone holds. */
import type { HeldProduct } from '@retap/model';
import { isSpent } from '@retap/model';
import { Navigation } from '../parts/navigation.tsx';
import { Screen } from '../parts/screen.tsx';
import { useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { moreWords } from './more-words.ts';
import { TicketTerms } from './ticket-terms.tsx';

export function Tickets() {
  const say = useSay(moreWords);
  const { view } = useWallet();
  const { products } = view.document.account;
  const held = [...products].reverse();
  return (
    <>
      <Screen title={say('tickets')}>
        {held.length === 0 && <p class="lead">{say('noTickets')}</p>}
        <ul class="tickets">
          {held.map((product) => (
            <li key={product.id}>
              <Ticket product={product} />
            </li>
          ))}
        </ul>
      </Screen>
      <Navigation at="tickets" />
    </>
  );
}

function Ticket({ product }: { readonly product: HeldProduct }) {
  const say = useSay(moreWords);
  const { view, way } = useWallet();
  const { id, maxUses, uses } = product;
  const bought = view.items.find((item) => item.product?.id === id);
  const isOver = isSpent(product, Date.now());
  return (
    <article>
      <h2>{bought?.note || product.code}</h2>
      <p>
        <TicketTerms product={product} uses={uses} />
      </p>
      {isOver && <p class="hint">{say('spent')}</p>}
      <div class="row">
        {maxUses !== undefined && !isOver && (
          <button type="button" class="main" onClick={() => way.go({ at: 'ticket', id, use: true })}>
            {say('useTicket')}
          </button>
        )}
        <button type="button" onClick={() => way.go({ at: 'ticket', id, use: false })}>
          {say('showTicket')}
        </button>
      </div>
    </article>
  );
}
