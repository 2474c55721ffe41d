/** One line of the history, and what can be done with it. */

import { amountOf } from '@retap/model';
import type { Item as PhoneItem } from '@retap/phone';
import { Name } from '../parts/name.tsx';
import { Screen } from '../parts/screen.tsx';
import { useRefused } from '../refused.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { Gone } from './gone.tsx';
import { historyWords } from './history-words.ts';
import { ItemState, ItemTitle } from './state.tsx';
import { TicketTerms } from './ticket-terms.tsx';

export function Item({ id }: { readonly id: string }) {
  const { view } = useWallet();
  const item = view.items.find((each) => each.id === id);
  return item ? <Details item={item} /> : <Gone />;
}

function Details({ item }: { readonly item: PhoneItem }) {
  const say = useSay(historyWords);
  const { money, change, moment } = useMoney();
  const { way } = useWallet();
  const { other, note, product, validUntil, refunded } = item;
  const rows = [
    [say('what'), <ItemState key="state" item={item} />],
    [say('time'), moment(item.time)],
    ...(other ? [[say('other'), <OtherPhone key="other" other={other} />]] : []),
    ...(note ? [[say('note'), <Name key="note">{note}</Name>]] : []),
    ...(product ? [[say('ticket'), <Ticket key="ticket" product={product} />]] : []),
    ...(validUntil !== null && item.state === 'unreported' ? [[say('validUntil'), moment(validUntil)]] : []),
    ...(refunded > 0 ? [[say('refunded'), money(refunded)]] : []),
    [say('balance'), money(item.balance)],
    [say('id'), item.id],
  ];
  return (
    <Screen title={<ItemTitle item={item} />} name={say('history')} onBack={way.back}>
      {item.amount !== 0 && <p class="sum">{change(item.amount)}</p>}
      <dl>
        {rows.map(([term, description], index) => (
          <div key={index}>
            <dt>{term}</dt>
            <dd>{description}</dd>
          </div>
        ))}
      </dl>
      <Doing item={item} />
    </Screen>
  );
}

function OtherPhone({ other }: { readonly other: NonNullable<PhoneItem['other']> }) {
  return (
    <>
      <Name>{other.name}</Name> <span class="digits">({other.terminal})</span>
    </>
  );
}

function Ticket({ product }: { readonly product: NonNullable<PhoneItem['product']> }) {
  return (
    <>
      {product.code}, <TicketTerms product={product} />
    </>
  );
}

function Doing({ item }: { readonly item: PhoneItem }) {
  const say = useSay(historyWords);
  const { view, way } = useWallet();
  const isIn = item.amount > 0;
  const isMerchant = view.document.kind === 'merchant';
  const canRefund = isMerchant && isIn && item.kind === 'payment' && item.refunded < item.amount;
  return (
    <>
      {item.batch !== null && item.other && (
        <button type="button" class="main" onClick={() => way.go({ at: 'show', id: item.id })}>
          {say(isIn ? 'showReceipt' : 'show')}
        </button>
      )}
      {!isIn && item.other && item.otherBatch === null && (
        <button type="button" onClick={() => way.go({ at: 'scan', wanted: 'receipt' })}>
          {say('scanReceipt')}
        </button>
      )}
      {canRefund && (
        <button type="button" onClick={() => way.go({ at: 'refund', id: item.id })}>
          {say('refund')}
        </button>
      )}
      {item.state === 'reclaimable' && <Reclaim item={item} />}
    </>
  );
}

function Reclaim({ item }: { readonly item: PhoneItem }) {
  const say = useSay(historyWords);
  const { money } = useMoney();
  const { phone, view, sync } = useWallet();
  const refused = useRefused();
  const wish = view.document.wishes.find(({ kind, serial }) => kind === 'reclaim' && serial === item.serial);
  const reclaim = async () => {
    const wanted = { kind: 'reclaim', amount: amountOf(0), serial: item.serial, code: '' } as const;
    const outcome = await phone.wish(wanted);
    if (outcome.outcome === 'refused') refused(outcome.reason, null);
    else await sync('payment');
  };
  if (wish) {
    return <p role="status">{wish.isRefused ? say('reclaimRefused', { code: wish.answer }) : say('reclaimWished')}</p>;
  }
  return (
    <button type="button" onClick={() => void reclaim()}>
      {say('reclaimButton', { amount: money(-item.amount) })}
    </button>
  );
}
