/**
 * Money as text: minor units with two decimals, by integer arithmetic alone. Dividing by 100 would print some
 * balances wrong by a cent.
 */

/** @type {Readonly<Record<string, string>>} */
const DECIMAL_MARK = { en: '.', sl: ',' };

/**
 * @param {number} amount whole minor units
 * @param {string} language
 */
export function formatAmount(amount, language) {
  const minor = BigInt(amount);
  const size = minor < 0n ? -minor : minor;
  const whole = new Intl.NumberFormat(language).format(size / 100n);
  const cents = String(size % 100n).padStart(2, '0');
  return `${minor < 0n ? '−' : ''}${whole}${DECIMAL_MARK[language] ?? '.'}${cents}`;
}

/**
 * With its sign in front also when it is positive, as of what was added.
 * @param {number} amount
 * @param {string} language
 */
export function formatChange(amount, language) {
  return amount > 0 ? `+${formatAmount(amount, language)}` : formatAmount(amount, language);
}
