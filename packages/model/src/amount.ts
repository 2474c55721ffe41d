/**
 * Money: a signed integer of minor currency units (cents). Never a float: 0.1 + 0.2 must not decide
 * whether a gate opens. The brand makes {@link amountOf} the one door through which a number becomes money.
 */
export type Amount = number & { readonly [minorUnits]: 'minor units' };
declare const minorUnits: unique symbol;

/** @throws RangeError if `value` is not an integer that a JavaScript number holds exactly. */
export function amountOf(value: number): Amount {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an amount: an integer of minor units`);
  return (value === 0 ? 0 : value) as Amount; // −0 would print and compare as another amount
}

export const ZERO = amountOf(0);
