/** A payment, a refund or a receipt on the screen, for the other phone. It can be shown as often as one likes: it is the same one. */
import type { Item } from '@retap/phone';
import { Name } from '../parts/name.tsx';
import { Passing, QrCode } from '../parts/qr-code.tsx';
import { Screen } from '../parts/screen.tsx';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { Gone } from './gone.tsx';
import { payWords } from './pay-words.ts';

export function Show({ id }: { readonly id: string }) {
  const { phone, view } = useWallet();
  const item = view.items.find((each) => each.id === id);
  const message = phone.messageOf(id);
  if (!item?.other || message === null) return <Gone />;
  return <Shown item={item} other={item.other} message={message} />;
}

interface ShownProps {
  readonly item: Item;
  readonly other: NonNullable<Item['other']>;
  readonly message: Uint8Array;
}

function Shown({ item, other, message }: ShownProps) {
  const say = useSay(payWords);
  const { money, moment } = useMoney();
  const { way } = useWallet();
  const name = <Name>{other.name}</Name>;
  const isReceipt = item.amount > 0;
  const isTaken = item.state === 'taken';
  const [title, lead] = isReceipt
    ? (['showReceipt', 'receiptAmount'] as const)
    : item.kind === 'refund'
      ? (['showRefund', 'refundAmount'] as const)
      : (['showPayment', item.state === 'unreported' ? 'paidAmount' : 'paidReported'] as const);
  const amount = money(Math.abs(item.amount));
  return (
    <Screen title={say.parts(title, { name })} name={say('payAmount', { amount })}>
      <QrCode message={message} />
      <p role="status" class={isTaken && !isReceipt ? 'good' : 'lead'}>
        {isTaken && !isReceipt ? say.parts('has', { name }) : say.parts(lead, { name, amount })}
      </p>
      {!isReceipt && !isTaken && item.validUntil !== null && (
        <p class="hint">{say('validUntil', { time: moment(item.validUntil) })}</p>
      )}
      {!isReceipt && !isTaken && (
        <div class="row">
          <button type="button" onClick={() => way.go({ at: 'scan', wanted: 'receipt' })}>
            {say('scanReceipt')}
          </button>
          <button type="button" onClick={() => way.go({ at: 'scan', wanted: 'receipt', paste: true })}>
            {say('paste')}
          </button>
        </div>
      )}
      <button type="button" class="main" onClick={() => way.go({ at: 'home' })}>
        {say('done')}
      </button>
      <Passing message={message} />
    </Screen>
  );
}
