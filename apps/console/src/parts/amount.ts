/** Amounts as they are typed: whole minor units of what stands in a field. */

/** Null where it is no amount that the currency has. @param digits behind the decimal mark */
export function minorUnits(text: string, digits: number): number | null {
  const [, whole, fraction = ''] = /^\s*(\d{1,12})(?:[.,](\d{1,4}))?\s*$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  return Number(whole + fraction.padEnd(digits, '0'));
}
