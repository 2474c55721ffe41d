/** Money as it is typed and written: whole minor units, by integer arithmetic alone. */

/** Whole minor units; null where it is no amount of that currency. Decimal comma and point are one to us, and nothing groups. */
export function amountIn(text: string, digits: number): number | null {
  const [, sign = '', whole = '', , fraction = ''] = /^\s*([-−]?)(\d{1,12})([.,](\d{1,4}))?\s*$/.exec(text) ?? [];
  if (whole === '' || fraction.length > digits) return null;
  const size = Number(whole + fraction.padEnd(digits, '0'));
  return sign === '' ? size : -size;
}

/** By integer arithmetic alone: dividing by 100 would print some balances wrong by a cent. */
export function decimalOf(amount: number, digits: number): string {
  const size = String(Math.abs(amount)).padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? `${sign}${size}` : `${sign}${size.slice(0, -digits)}.${size.slice(-digits)}`;
}
