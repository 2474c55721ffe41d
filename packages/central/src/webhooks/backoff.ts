/** When a webhook that failed is tried again, and when no more. */
const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Whoever has not answered for so long has forgotten it. */
export const FAILING_MS_MAX = 5 * 86_400_000;

/**
 * Doubles from 5 s to an hour, of which a random half is left out: those that failed together do not come back together.
 * @param failures in a row, 1 or more @param random 0 … 1
 */
export function pauseAfter(failures: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return Math.round((full / 2) * (1 + random));
}
