/** Whole numbers that others have written, and how large they may be. */

/** Of terminals, serials and versions. */
export const NUMBER_MAX = 2 ** 31 - 1;
/** Of times, in milliseconds since 1970. */
export const TIME_MAX = 2 ** 48 - 1;

export function isWhole(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}
