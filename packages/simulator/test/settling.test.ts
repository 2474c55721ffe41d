import type { DebitRecord, JournalRecord, ObservationRecord, OpenRecord, TransactionRecord } from '@retap/model';
import { amountOf } from '@retap/model';
import { expect, test } from 'vitest';
import { EVIDENCE_STEPS, settledBy } from '../src/index.ts';

const TOLERANCE = 120_000;
const MEDIUM = '04aa';
const opened: OpenRecord = {
  ...{ type: 'open', terminal: 9, serial: 1, medium: MEDIUM, time: 1_000_000, status: 'successful' },
  ...{ amount: amountOf(1000), balance: amountOf(1000) },
};

interface Tap {
  readonly at: number;
  readonly terminal: number;
  readonly serial: number;
  readonly read: { readonly time: number; readonly terminal: number };
  readonly status?: TransactionRecord['status'];
}
const debit = ({ at, terminal, serial, read, status = 'successful' }: Tap): DebitRecord => ({
  ...{ type: 'debit', terminal, serial, medium: MEDIUM, time: at, lastTime: read.time, lastTerminal: read.terminal },
  ...{ status, amount: amountOf(-100), balance: amountOf(900) },
});
const observed = ({ at, terminal, serial, read }: Tap): ObservationRecord => ({
  ...{
    type: 'observation',
    terminal,
    serial,
    medium: MEDIUM,
    time: at,
    lastTime: read.time,
    lastTerminal: read.terminal,
  },
  balance: amountOf(900),
});

/** Records arrive in this order, at 1, 2, 3 … */
function timesOf(
  torn: DebitRecord,
  committed: boolean,
  records: readonly JournalRecord[],
  retaps: readonly string[] = [],
) {
  const history = records.map((record, index) => ({ record, at: index + 1 }));
  const note = { record: torn, committed, retaps: new Set(retaps) };
  return EVIDENCE_STEPS.map((step) => {
    const { at, status } = settledBy(step, note, history, TOLERANCE);
    return [step, at, status];
  });
}

test('the next trip’s tap settles a torn one by the time chain alone', () => {
  const torn = debit({ at: 2_000_000, terminal: 1, serial: 1, read: opened, status: 'unverified' });
  const later = debit({ at: 9_000_000, terminal: 2, serial: 1, read: torn });
  expect(timesOf(torn, true, [opened, torn, later])).toEqual(EVIDENCE_STEPS.map((step) => [step, 3, 'successful']));
});

test('a later serial of the same terminal refutes at once; the time chain waits until the clocks cannot be the reason', () => {
  const torn = debit({ at: 2_000_000, terminal: 1, serial: 1, read: opened, status: 'unverified' });
  const soon = debit({ at: 2_010_000, terminal: 1, serial: 2, read: opened, status: 'unsuccessful' });
  const late = debit({ at: 3_000_000, terminal: 1, serial: 3, read: opened, status: 'unsuccessful' });
  expect(timesOf(torn, false, [opened, torn, soon, late])).toEqual([
    ['chain', 4, 'unsuccessful'],
    ...['serial', 'log', 'retap'].map((step) => [step, 3, 'unsuccessful']),
  ]);
});

test('the card’s log settles what the chain cannot while a record is missing', () => {
  const torn = debit({ at: 2_000_000, terminal: 1, serial: 1, read: opened, status: 'unverified' });
  const missing = debit({ at: 3_000_000, terminal: 3, serial: 1, read: torn });
  const entry = { time: torn.time, terminal: 1, amount: amountOf(-100), balance: amountOf(900) };
  const later = { ...debit({ at: 4_000_000, terminal: 2, serial: 1, read: missing }), log: [entry] };
  expect(timesOf(torn, true, [opened, torn, later, missing])).toEqual([
    ...['chain', 'serial'].map((step) => [step, 4, 'successful']),
    ...['log', 'retap'].map((step) => [step, 3, 'successful']),
  ]);
});

test('a re-tap settles at once; without it the next trip is what would have been', () => {
  const torn = debit({ at: 2_000_000, terminal: 1, serial: 1, read: opened, status: 'unverified' });
  const again = debit({ at: 2_004_000, terminal: 1, serial: 2, read: opened });
  const later = debit({ at: 9_000_000, terminal: 2, serial: 1, read: again });
  expect(timesOf(torn, false, [opened, torn, again, later], ['1-2'])).toEqual([
    ...['chain', 'serial', 'log'].map((step) => [step, 4, 'unsuccessful']),
    ['retap', 3, 'unsuccessful'],
  ]);
});

test('an inspection is evidence of the last step only', () => {
  const torn = debit({ at: 2_000_000, terminal: 1, serial: 1, read: opened, status: 'unverified' });
  const inspected = observed({ at: 9_000_000, terminal: 5, serial: 1, read: torn });
  expect(timesOf(torn, true, [opened, torn, inspected])).toEqual([
    ...['chain', 'serial', 'log'].map((step) => [step, null, 'unverified']),
    ['retap', 3, 'successful'],
  ]);
});
