/** A ticket on the screen, signed just now; and again before it is too old. */
import { useEffect, useState } from 'preact/hooks';
import { Passing, QrCode } from '../parts/qr-code.tsx';
import { Screen } from '../parts/screen.tsx';
import { comeBackTo } from '../place.ts';
import { useRefused } from '../refused.ts';
import { useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { moreWords } from './more-words.ts';
import { TicketTerms } from './ticket-terms.tsx';

/** Half of what it is good for (PRESENTATION_VALID_MS). */
const AGAIN_MS = 30_000;

export function Ticket({ id, use }: { readonly id: string; readonly use: boolean }) {
  const say = useSay(moreWords);
  const { phone, view, way } = useWallet();
  const refused = useRefused();
  const [message, setMessage] = useState<Uint8Array | null>(null);
  const { go } = way;
  useEffect(() => {
    let isGone = false;
    const show = async (using: boolean) => {
      // The place is one without a use before the use is made: a reload, or Back, makes no second one.
      if (using) comeBackTo({ at: 'ticket', id, use: false });
      const outcome = await phone.showTicket(id, using);
      if (isGone) return;
      if (outcome.outcome === 'refused') refused(outcome.reason, null);
      else setMessage(outcome.message);
    };
    void show(use);
    const timer = setInterval(() => void show(false), AGAIN_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [phone, id, use, refused]);
  const product = view.document.account.products.find((each) => each.id === id);
  return (
    <Screen title={say('shown')} onBack={way.back}>
      {product && (
        <p class="lead">
          <strong>{product.code}</strong>, <TicketTerms product={product} uses={product.uses} />
        </p>
      )}
      {message === null ? <p role="status">{say('signing')}</p> : <QrCode message={message} />}
      <p class="hint">{say(use ? 'useLead' : 'showLead')}</p>
      <button type="button" class="main" onClick={() => go({ at: 'tickets' })}>
        {say('tickets')}
      </button>
      {message && <Passing message={message} />}
    </Screen>
  );
}
