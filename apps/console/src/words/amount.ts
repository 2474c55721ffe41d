/** Money as somebody types it. */
import { decimalOf } from './forms.tsx';

/** Whole minor units; null where it is no amount of that currency. Decimal comma and point are one to us, and nothing groups. */
export function amountIn(text: string, digits: number): number | null {
  const [, sign = '', whole = '', , fraction = ''] = /^\s*([-−]?)(\d{1,12})([.,](\d{1,4}))?\s*$/.exec(text) ?? [];
  if (whole === '' || fraction.length > digits) return null;
  const size = Number(whole + fraction.padEnd(digits, '0'));
  return sign === '' ? size : -size;
}

/** As {@link amountIn} reads it again. */
export function amountText(amount: number, digits: number): string {
  return decimalOf(amount, digits);
}
