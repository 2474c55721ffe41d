/** Money from the centre, and to it. */
import { amountOf } from '@retap/model';
import { useState } from 'preact/hooks';
import { AmountField, useAmountIn } from '../parts/amount-field.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Screen } from '../parts/screen.tsx';
import { partWords } from '../parts/words.ts';
import { useRefused } from '../refused.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { moreWords } from './more-words.ts';

const EXAMPLE = 2_000;

export function TopUp() {
  const say = useSay(moreWords);
  const sayPart = useSay(partWords);
  const { money, typed } = useMoney();
  const { phone, way, sync } = useWallet();
  const refused = useRefused();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const amount = useAmountIn(text);
  const submit = async (event: Event) => {
    event.preventDefault();
    setFault(amount === null ? sayPart('noAmount', { example: typed(EXAMPLE) }) : null);
    if (amount === null) return;
    const outcome = await phone.wish({ kind: 'top-up', amount, serial: 0, code: '' });
    if (outcome.outcome === 'refused') return refused(outcome.reason, null);
    way.go({ at: 'online' }, 'instead');
    await sync('hand');
  };
  return (
    <Screen title={say('topUp')} onBack={way.back}>
      <p class="lead">{say('topUpLead')}</p>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <AmountField text={text} onText={setText} fault={fault} />
        <button type="submit" class="main">
          {say('topUpAmount', { amount: money(amount ?? 0) })}
        </button>
      </form>
    </Screen>
  );
}

export function CashOut() {
  const say = useSay(moreWords);
  const sayPart = useSay(partWords);
  const { money, typed } = useMoney();
  const { phone, view, way, sync } = useWallet();
  const refused = useRefused();
  const { balance } = view.document.account;
  const [text, setText] = useState(() => (balance > 0 ? typed(balance) : ''));
  const [fault, setFault] = useState<string | null>(null);
  const amount = useAmountIn(text);
  const cashOut = async () => {
    setFault(amount === null ? sayPart('noAmount', { example: typed(EXAMPLE) }) : null);
    if (amount === null) return;
    const outcome = await phone.cashOut(amountOf(amount));
    if (outcome.outcome === 'refused') return refused(outcome.reason, null);
    way.go({ at: 'item', id: outcome.item.id }, 'instead');
    await sync('hand');
  };
  return (
    <Screen title={say('cashOut')} onBack={way.back}>
      <p class="lead">{say('cashOutLead')}</p>
      <AmountField text={text} onText={setText} fault={fault} />
      <Confirm action={say('cashOutAmount', { amount: money(amount ?? 0) })} onConfirmed={cashOut} />
    </Screen>
  );
}
