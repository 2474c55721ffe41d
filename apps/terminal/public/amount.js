/** Money as text: whole minor units, in the form of currency and language, without a float in between. */

/**
 * @param {number} amount whole minor units
 * @param {{ readonly code: string, readonly digits: number }} currency
 * @param {string} language
 * @param {'auto' | 'exceptZero'} [sign]
 */
export function formatMoney(amount, { code, digits }, language, sign = 'auto') {
  const form = new Intl.NumberFormat(language, {
    style: 'currency',
    currency: code,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: sign,
  });
  // Intl reads decimal text exactly; a number divided by 100 would not be exact.
  return form.format(/** @type {any} */ (decimalOf(amount, digits)));
}

/**
 * `-1234` with two digits is `-12.34`.
 * @param {number} amount
 * @param {number} digits
 */
export function decimalOf(amount, digits) {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${amount < 0 ? '-' : ''}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ''}`;
}
