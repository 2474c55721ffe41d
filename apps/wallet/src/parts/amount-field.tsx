/** An amount, by keys of our own that are large, or by a keyboard. */
import type { Amount } from '@retap/model';
import { useMoney } from '../wallet.tsx';
import { amountIn } from '../words/amount.ts';
import { useSay } from '../words/language.tsx';
import { partWords } from './words.ts';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '00', '0'] as const;
const LENGTH_MAX = 9;

export interface AmountFieldProps {
  readonly text: string;
  onText(text: string): void;
  readonly fault: string | null;
}

/** @returns null where what is typed is no amount above 0 */
export function useAmountIn(text: string): Amount | null {
  const { digits } = useMoney();
  const amount = amountIn(text, digits);
  return amount === null || amount <= 0 ? null : amount;
}

export function AmountField({ text, onText, fault }: AmountFieldProps) {
  const say = useSay(partWords);
  const { typed } = useMoney();
  // As on a till: digits come in from the right, the mark stands where it stands.
  const press = (key: string) => {
    const keys = text.replaceAll(/\D/g, '').slice(0, LENGTH_MAX) + key;
    onText(typed(Number(keys.slice(0, LENGTH_MAX))));
  };
  const drop = () => {
    const left = Number(text.replaceAll(/\D/g, '').slice(0, -1));
    onText(left === 0 ? '' : typed(left));
  };
  return (
    <div class="amount-field">
      <label for="amount">{say('amount')}</label>
      <input
        id="amount"
        inputMode="none"
        autocomplete="off"
        placeholder={typed(0)}
        value={text}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : 'amount-fault'}
      />
      {fault !== null && (
        <p id="amount-fault" class="fault" role="alert">
          {fault}
        </p>
      )}
      <div class="keypad">
        {DIGITS.map((key) => (
          <button type="button" key={key} onClick={() => press(key)}>
            {key}
          </button>
        ))}
        <button type="button" aria-label={say('delete')} onClick={drop}>
          ⌫
        </button>
      </div>
    </div>
  );
}
