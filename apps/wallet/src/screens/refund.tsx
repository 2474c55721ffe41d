/** A payment that was taken goes back, all of it or a part. */
import { amountOf } from '@retap/model';
import { useState } from 'preact/hooks';
import { AmountField, useAmountIn } from '../parts/amount-field.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Name } from '../parts/name.tsx';
import { Screen } from '../parts/screen.tsx';
import { partWords } from '../parts/words.ts';
import { useRefused } from '../refused.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { Gone } from './gone.tsx';
import { historyWords } from './history-words.ts';

export function Refund({ id }: { readonly id: string }) {
  const say = useSay(historyWords);
  const sayPart = useSay(partWords);
  const { money, typed } = useMoney();
  const { phone, view, way, sync } = useWallet();
  const refused = useRefused();
  const item = view.items.find((each) => each.id === id);
  const left = amountOf((item?.amount ?? 0) - (item?.refunded ?? 0));
  const [text, setText] = useState(() => typed(left));
  const [fault, setFault] = useState<string | null>(null);
  const amount = useAmountIn(text);
  if (!item?.other) return <Gone />;
  const refund = async () => {
    setFault(amount === null ? sayPart('noAmount', { example: typed(left) }) : null);
    if (amount === null) return;
    const outcome = await phone.refund(id, amount);
    if (outcome.outcome === 'refused') return refused(outcome.reason, null);
    way.go({ at: 'show', id: outcome.item.id }, 'instead');
    void sync('payment');
  };
  return (
    <Screen
      title={say.parts('refundTitle', { name: <Name>{item.other.name}</Name> })}
      name={say('refund')}
      onBack={way.back}
    >
      <p class="hint">{say('refundMost', { amount: money(left) })}</p>
      <AmountField text={text} onText={setText} fault={fault} />
      <Confirm action={say('refundAmount', { amount: money(amount ?? 0) })} onConfirmed={refund} />
    </Screen>
  );
}
