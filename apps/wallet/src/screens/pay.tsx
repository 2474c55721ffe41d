/** Who asks for how much; the holder confirms, and the payment is on this phone before it is shown. */
import type { ReadRequestOutcome } from '@retap/phone';
import { useEffect, useState } from 'preact/hooks';
import { Confirm } from '../parts/confirm.tsx';
import { Name } from '../parts/name.tsx';
import { Screen } from '../parts/screen.tsx';
import { useRefused } from '../refused.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { payWords } from './pay-words.ts';
import { TicketTerms } from './ticket-terms.tsx';

type Payable = Extract<ReadRequestOutcome, { readonly outcome: 'payable' }>;

export function Pay({ message }: { readonly message: Uint8Array }) {
  const say = useSay(payWords);
  const { phone, way } = useWallet();
  const refused = useRefused();
  const [payable, setPayable] = useState<Payable | null>(null);
  useEffect(() => {
    let isGone = false;
    void phone.readRequest(message).then((read) => {
      if (isGone) return;
      if (read.outcome === 'refused') refused(read.reason, 'request');
      else setPayable(read);
    });
    return () => {
      isGone = true;
    };
  }, [phone, message, refused]);
  if (payable === null) return <Screen title={say('reading')} onBack={way.back} />;
  const { paid } = payable;
  return paid === null ? (
    <Ask payable={payable} message={message} />
  ) : (
    <Screen title={say('paidTitle')} onBack={way.back}>
      <p class="lead">{say('paidLead')}</p>
      <Payee payable={payable} />
      <button type="button" class="main" onClick={() => way.go({ at: 'show', id: paid.id }, 'instead')}>
        {say('showAgain')}
      </button>
    </Screen>
  );
}

function Ask({ payable, message }: { readonly payable: Payable; readonly message: Uint8Array }) {
  const say = useSay(payWords);
  const { money } = useMoney();
  const { phone, way, sync } = useWallet();
  const refused = useRefused();
  const pay = async () => {
    const outcome = await phone.pay(message);
    if (outcome.outcome === 'refused') return refused(outcome.reason, 'request');
    way.go({ at: 'show', id: outcome.item.id }, 'instead');
    // The same record: whether the centre has it first, or the other phone, it is one payment.
    void sync('payment');
  };
  const { payee, request } = payable;
  return (
    <Screen title={say.parts('pay', { name: <Name>{payee.name}</Name> })} name="Pay" onBack={way.back}>
      <Payee payable={payable} />
      <Confirm action={say('payAmount', { amount: money(request.amount) })} wanted="request" onConfirmed={pay} />
      <button type="button" onClick={() => way.go({ at: 'home' }, 'instead')}>
        {say('cancel')}
      </button>
    </Screen>
  );
}

function Payee({ payable: { request, payee } }: { readonly payable: Payable }) {
  const say = useSay(payWords);
  const { money } = useMoney();
  const { amount, note, product } = request;
  return (
    <>
      <p class="sum">{money(amount)}</p>
      <dl>
        <dt>{say('payee')}</dt>
        <dd>
          <Name>{payee.name}</Name>, {say(payee.kind)}
        </dd>
        <dt>{say('number')}</dt>
        <dd class="digits">{payee.terminal}</dd>
        {note !== '' && (
          <>
            <dt>{say('forWhat')}</dt>
            <dd>
              <Name>{note}</Name>
            </dd>
          </>
        )}
        {product && (
          <>
            <dt>{say('ticket')}</dt>
            <dd>
              <TicketTerms product={product} />
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
