/** An amount as somebody writes it. */

/** In minor units, by its digits alone; null where it is none, is 0, or has more digits than the currency. */
export function amountIn(text: string, digits: number): number | null {
  const [, whole, , fraction = ''] = /^(\d{1,9})([.,](\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  const amount = Number(whole + fraction.padEnd(digits, '0'));
  return amount > 0 ? amount : null;
}
