/** The deciding code over memory, on small stories: in every order in which three records arrive, and in long ones both ways round. */
import { amountOf, centralState, firstReceived, type JournalRecord } from '@retap/model';
import { canonicalReport } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import {
  ALERT_CASES,
  CASES_AS_OF,
  CASES_CLOCK_TOLERANCE,
  CASES_MAX_DELAY,
  withoutCondition,
} from '../../model/test/alert-cases.ts';
import { told } from '../../model/test/told.ts';
import { openMemoryCentral } from '../src/memory/index.ts';
import { findings, journalPiece, reportOf } from './incremental.ts';

const CONFIGURATION = {
  maxDelay: CASES_MAX_DELAY,
  clockTolerance: CASES_CLOCK_TOLERANCE,
  minimumBalance: amountOf(0),
};

/** Each record in a batch and a round of its own, or all in one; after the last the state is F's, and nothing of it is stored otherwise. */
async function expectModel(records: readonly JournalRecord[]): Promise<void> {
  const received = firstReceived(records, (a, b) => JSON.stringify(a) === JSON.stringify(b));
  const expected = canonicalReport(centralState(received, CASES_AS_OF, CONFIGURATION));
  for (const batches of [records.map((record) => [record]), [records]]) {
    const central = await openMemoryCentral({ clockTolerance: CASES_CLOCK_TOLERANCE });
    for (const batch of batches) {
      await central.receive([journalPiece(batch)]);
      await central.drain();
    }
    expect(await reportOf(central, { asOf: CASES_AS_OF, configuration: CONFIGURATION })).toEqual(expected);
    expect(await findings(central, CASES_AS_OF, CONFIGURATION)).toEqual([]);
  }
}

function orders(records: readonly JournalRecord[]): JournalRecord[][] {
  if (records.length > 3) return [[...records], [...records].reverse()];
  if (records.length < 2) return [[...records]];
  return records.flatMap((first, at) => orders(records.filter((_, i) => i !== at)).map((rest) => [first, ...rest]));
}

describe('every alert with its condition and without it, as told and the other way round', () => {
  test.each(ALERT_CASES.map((one) => [one.alert.kind, one.condition, one] as const))('%s: %s', async (_, __, one) => {
    for (const lines of [one.told, withoutCondition(one)]) {
      const records = told(lines);
      for (const order of [records, [...records].reverse()]) await expectModel(order);
    }
  });
});

const OPENED = '100: T1 opens M with 100';

describe('in any order of arrival', () => {
  test.each<readonly [string, readonly string[]]>([
    ['a chain without faults', [OPENED, '200: T2 debits 10', '300: T3 refills 50', '400: T2 debits 20']],
    ['torn, and confirmed by the next tap', [OPENED, '200: T2 debits 10, unverified', '300: T3 debits 5, after 200']],
    ['torn, and refuted by the next tap', [OPENED, '200: T2 debits 10, unverified', '300: T3 debits 5']],
    ['torn, and nobody knows', [OPENED, '200: T2 debits 10, unverified']],
    ['torn twice at one terminal', [OPENED, '200: T2 debits 10, unverified', '201: T2 debits 10, unverified']],
    ['torn, and seen unchanged long after', [OPENED, '200: T2 debits 10, unverified', '900: T3 reads']],
    ['torn, and seen unchanged just after', [OPENED, '200: T2 debits 10, unverified', '202: T3 reads']],
    ['torn, and seen to have committed', [OPENED, '200: T2 debits 10, unverified', '300: T3 reads, after 200']],
    [
      'torn, and named by a log that comes later',
      [
        OPENED,
        '200: T2 debits 10, unverified',
        '300: T4 debits 5, unverified, after 200',
        '400: T3 reads, after 300, log 100@T1 200@T2 300@T4',
      ],
    ],
    [
      'torn, and missing in a log that reaches back beyond it',
      [OPENED, '200: T2 debits 10, unverified', '300: T4 debits 5', '400: T3 reads, log 100@T1 300@T4'],
    ],
    [
      'reported unsuccessful, and committed after all',
      [OPENED, '200: T2 debits 10, unsuccessful', '300: T3 debits 5, after 200'],
    ],
    ['a copy that taps at once', [OPENED, '200: T2 debits 10', '201: T3 debits 10, after 100']],
    ['two records of one commit counter', [OPENED, '200: T2 debits 10, counter 1', '300: T3 debits 10, counter 1']],
    [
      'a copy that is told by nothing but later taps',
      [OPENED, '200: T2 debits 10', '300: T2 debits 10', '250: T3 debits 5, after 100'],
    ],
    ['two opens, of which the earlier one counts', [OPENED, '50: T9 opens M with 70', '200: T2 debits 10, after 100']],
    ['two opens of one time', [OPENED, '100: T9 opens M with 70', '200: T2 debits 10']],
    ['credit that nobody explains', [OPENED, '300: T3 debits 10, from terminal 8 at 200, balance 140']],
    ['a gap that is filled', [OPENED, '200: T2 debits 10', '300: T3 debits 10']],
    [
      'a product bought, used and used up',
      [OPENED, '200: T2 buys p for 10, 1 uses', '300: T3 uses p', '400: T3 uses p'],
    ],
    ['a product used before it is known', [OPENED, '200: T2 buys p for 10', '300: T3 uses p']],
    ['a product bought twice', [OPENED, '200: T2 buys p for 10', '300: T3 buys p for 10', '400: T3 uses p']],
    [
      'a product used before it begins and after it ends',
      [OPENED, '200: T2 buys p for 10, valid 250-350', '240: T3 uses p', '400: T3 uses p'],
    ],
    [
      'a torn purchase that is confirmed by its use',
      [OPENED, '200: T2 buys p for 10, unverified', '300: T3 uses p, after 200'],
    ],
    [
      'a torn use that is refuted',
      [OPENED, '200: T2 buys p for 10, 1 uses', '300: T3 uses p, unverified', '400: T4 debits 5'],
    ],
  ])('%s', async (_, lines) => {
    const records = told(lines);
    for (const order of orders(records)) await expectModel(order);
  });

  test('of four records, each in the place of each', async () => {
    const records = told([OPENED, '200: T2 debits 10, unverified', '300: T3 debits 5, after 200', '400: T4 reads']);
    for (const [at, first] of records.entries()) {
      for (const rest of orders(records.filter((_, i) => i !== at))) await expectModel([first, ...rest]);
    }
  });
});
