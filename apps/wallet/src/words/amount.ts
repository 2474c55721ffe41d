/** Money as it is typed and written: whole minor units, by integer arithmetic alone. */
import { type Amount, amountOf } from '@retap/model';

/** Null where it is no amount of that currency, or below 0. Decimal comma and point are one to us, and nothing groups. */
export function amountIn(text: string, digits: number): Amount | null {
  const [, whole = '', , fraction = ''] = /^\s*(\d{1,9})([.,](\d{0,4}))?\s*$/.exec(text) ?? [];
  if (whole === '' || fraction.length > digits) return null;
  return amountOf(Number(whole + fraction.padEnd(digits, '0')));
}

/** By integer arithmetic alone: dividing by 100 would print some balances wrong by a cent. */
export function decimalOf(amount: number, digits: number): string {
  const size = String(Math.abs(amount)).padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? `${sign}${size}` : `${sign}${size.slice(0, -digits)}.${size.slice(-digits)}`;
}

/** Digits of a currency behind its decimal mark, as ISO 4217 has them. */
export function digitsOf(currency: string): number {
  const form = new Intl.NumberFormat('en', { style: 'currency', currency });
  return form.resolvedOptions().maximumFractionDigits ?? 2;
}
