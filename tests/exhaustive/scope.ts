/** The small scope of which every case is tried: n taps on one medium, by n in RETAP_EXHAUSTIVE_TAPS (default 3). */
import type { Configuration, JournalRecord } from '@retap/model';
import { amountOf } from '@retap/model';
import { type ExhaustiveCase, exhaustiveAsOf, exhaustiveCases, exhaustiveCount } from '@retap/testkit';

/** 3: 6,144 cases, in CI. 4: 153,600 cases, by `npm run test:exhaustive`. */
export const TAPS = Number(process.env.RETAP_EXHAUSTIVE_TAPS ?? 3);
export const CASES = exhaustiveCount(TAPS);
export const asOf = exhaustiveAsOf(TAPS);
export const configuration: Configuration = {
  maxDelay: 72 * 3_600_000,
  clockTolerance: 120_000,
  minimumBalance: amountOf(0),
};

/** All cases, so many at a time: 153,600 of them are not held in memory at once. */
export function* casesInGroups(size: number): Generator<readonly ExhaustiveCase[]> {
  let group: ExhaustiveCase[] = [];
  for (const drawn of exhaustiveCases(TAPS)) {
    group.push(drawn);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** What has arrived after so many steps. */
export function arrivedBy(step: number, { records }: ExhaustiveCase): readonly JournalRecord[] {
  return records.slice(0, step + 1);
}
