/** Each kind of alert with its condition, and the same story without it; for every engine that derives alerts. */
import type { Alert, AlertKind } from '../src/index.ts';

export interface AlertCase {
  /** In the spec's words: what makes the difference. */
  readonly condition: string;
  readonly alert: Alert;
  readonly told: readonly string[];
  /** The line (from 0) said otherwise; null: left out. */
  readonly unless: readonly [line: number, told: string | null];
}

/** The point in time and the configuration under which each case is told: what is before 300 is late, 300 is not. */
export const CASES_AS_OF = 1000;
export const CASES_MAX_DELAY = 700;
export const CASES_CLOCK_TOLERANCE = 20;

const of = (terminal: number, serial = 1) => ({ medium: 'M', terminal, serial });
const OPEN = '100: T1 opens M with 100';
const bought = (terms: string) => `200: T2 buys p for 10${terms}`;

type OfRecordKind = Exclude<
  AlertKind,
  | 'cloned-medium'
  | 'missing-transaction'
  | 'balance-mismatch'
  | 'terminal-serial-gap'
  | 'unknown-medium'
  | 'duplicate-open'
  | 'conflicting-record'
  | 'terminal-time-order'
>;

function ofRecord(
  kind: OfRecordKind,
  condition: string,
  [terminal, serial]: readonly [number, number],
  told: readonly string[],
  unless: AlertCase['unless'],
): AlertCase {
  return { condition, alert: { kind, ...of(terminal, serial) }, told, unless };
}

const cloned = (condition: string, told: readonly string[], unless: AlertCase['unless']): AlertCase => ({
  condition,
  alert: {
    kind: 'cloned-medium',
    medium: 'M',
    transactions: [
      { terminal: 2, serial: 1 },
      { terminal: 3, serial: 1 },
    ],
  },
  told,
  unless,
});

export const ALERT_CASES: readonly AlertCase[] = [
  cloned(
    'two commits follow the same one',
    [OPEN, '200: T2 debits 10', '300: T3 debits 10, after 100'],
    [2, '300: T3 debits 10'],
  ),
  cloned(
    'two intervals overlap',
    [OPEN, '200: T2 debits 10', '300: T3 debits 10, from terminal 9 at 199'],
    [2, '300: T3 debits 10, from terminal 9 at 200'],
  ),
  cloned(
    'a commit counter comes twice',
    [OPEN, '200: T2 debits 10, counter 1', '300: T3 debits 10, counter 1'],
    [2, '300: T3 debits 10, counter 2'],
  ),
  cloned(
    'one of the two is proved by a later tap',
    [OPEN, '200: T2 debits 10', '250: T3 debits 10, after 100, unverified', '300: T4 reads, after 250'],
    [3, '300: T4 reads, after 200'],
  ),
  ofRecord(
    'stale-medium',
    'read a state that was gone for the tolerance',
    [3, 1],
    [OPEN, '200: T2 debits 10', '220: T3 reads, after 100'],
    [2, '219: T3 reads, after 100'],
  ),
  ofRecord(
    'stale-medium',
    'a failed tap shows it too',
    [3, 1],
    [OPEN, '200: T2 debits 10', '220: T3 debits 5, after 100, unsuccessful'],
    [2, '220: T3 debits 5, after 200, unsuccessful'],
  ),
  {
    condition: 'a late record goes on from one that has not arrived',
    alert: { kind: 'missing-transaction', medium: 'M', terminal: 9, time: 150 },
    told: [OPEN, '299: T2 debits 10, from terminal 9 at 150'],
    unless: [1, '300: T2 debits 10, from terminal 9 at 150'],
  },
  {
    condition: 'it has arrived',
    alert: { kind: 'missing-transaction', medium: 'M', terminal: 2, time: 150 },
    told: [OPEN, '160: T2 debits 1, after 100', '250: T3 reads, from terminal 2 at 150'],
    unless: [1, '150: T2 debits 1'],
  },
  {
    condition: 'credit came from nowhere',
    alert: { kind: 'balance-mismatch', ...of(2), amount: 5 as never },
    told: [OPEN, '200: T2 debits 10, balance 95'],
    unless: [1, '200: T2 debits 10'],
  },
  {
    condition: 'credit was gone when the medium was read',
    alert: { kind: 'balance-mismatch', ...of(3), amount: -1 as never },
    told: [OPEN, '200: T2 debits 10', '300: T3 reads, balance 89'],
    unless: [2, '300: T3 reads'],
  },
  ofRecord(
    'medium-serial-mismatch',
    'the counter jumped',
    [2, 1],
    [OPEN, '200: T2 debits 10, counter 2'],
    [1, '200: T2 debits 10, counter 1'],
  ),
  ofRecord(
    'medium-serial-mismatch',
    'the counter moved between two readings',
    [3, 1],
    [OPEN, '200: T2 debits 10, counter 1', '300: T3 reads, counter 2'],
    [2, '300: T3 reads, counter 1'],
  ),
  ofRecord(
    'medium-serial-mismatch',
    'one that does not say its counter contradicts nothing',
    [2, 1],
    [OPEN, '200: T2 debits 10, counter 5'],
    [1, '200: T2 debits 10'],
  ),
  ofRecord(
    'terminal-chain-mismatch',
    'the last terminal is another',
    [2, 1],
    [OPEN, '200: T2 debits 10, from terminal 9 at 100, balance 90'],
    [1, '200: T2 debits 10'],
  ),
  ofRecord(
    'commit-contradiction',
    'reported as failed, yet the next tap goes on from it',
    [2, 1],
    [OPEN, '200: T2 debits 10, unsuccessful', '300: T3 debits 10, after 200'],
    [1, '200: T2 debits 10, unverified'],
  ),
  ofRecord(
    'commit-contradiction',
    "reported as failed, yet the medium's log names it",
    [2, 1],
    [OPEN, '200: T2 debits 10, unsuccessful', '300: T3 reads, after 100, log 200@T2 100@T1'],
    [2, '300: T3 reads, after 100, log 100@T1'],
  ),
  ofRecord(
    'invalid-time',
    'not later than the last commit',
    [2, 1],
    [OPEN, '100: T2 debits 10, from terminal 1 at 100'],
    [1, '101: T2 debits 10'],
  ),
  ofRecord(
    'future-time',
    'ahead of us by more than the tolerance',
    [1, 1],
    ['1021: T1 opens M with 100'],
    [0, '1020: T1 opens M with 100'],
  ),
  {
    condition: 'the next serial is not later',
    alert: { kind: 'terminal-time-order', terminal: 2, serial: 2 },
    told: [OPEN, '200: T2 debits 10', '200: T2 reads, after 100'],
    unless: [2, '201: T2 reads, after 100'],
  },
  {
    condition: 'the next serial received is not later, over a hole',
    alert: { kind: 'terminal-time-order', terminal: 2, serial: 5 },
    told: [OPEN, '400: T2 debits 10', '400: T2#5 reads, after 100'],
    unless: [2, '401: T2#5 reads, after 100'],
  },
  ofRecord(
    'invalid-amount',
    'the wallet is overdrawn',
    [2, 1],
    [OPEN, '200: T2 debits 101'],
    [1, '200: T2 debits 100'],
  ),
  ofRecord('invalid-amount', 'opened with a debt', [1, 1], ['100: T1 opens M with -1'], [0, '100: T1 opens M with 0']),
  ofRecord(
    'invalid-amount',
    'an overdraft that did not commit is none',
    [2, 1],
    [OPEN, '200: T2 debits 101'],
    [1, '200: T2 debits 101, unsuccessful'],
  ),
  ofRecord('invalid-amount', 'a refill of nothing', [2, 1], [OPEN, '200: T2 refills 0'], [1, '200: T2 refills 1']),
  ofRecord('invalid-amount', 'a debit that gives', [2, 1], [OPEN, '200: T2 debits -1'], [1, '200: T2 debits 0']),
  ofRecord(
    'invalid-amount',
    'a purchase that gives',
    [2, 1],
    [OPEN, '200: T2 buys p for -1'],
    [1, '200: T2 buys p for 0'],
  ),
  ofRecord(
    'invalid-amount',
    'a validation that costs',
    [3, 1],
    [OPEN, bought(''), '300: T3 uses p for 1'],
    [2, '300: T3 uses p'],
  ),
  ofRecord(
    'validation-without-purchase',
    'late, and still no purchase',
    [3, 1],
    [OPEN, '299: T3 uses p'],
    [1, '300: T3 uses p'],
  ),
  ofRecord(
    'validation-without-purchase',
    'bought only afterwards',
    [3, 1],
    [OPEN, '250: T3 uses p', '260: T2 buys p for 10'],
    [2, '250: T2 buys p for 10, after 100'],
  ),
  ofRecord(
    'invalid-validation',
    'before it is valid',
    [3, 1],
    [OPEN, bought(', valid 250-400'), '249: T3 uses p'],
    [2, '250: T3 uses p'],
  ),
  ofRecord(
    'invalid-validation',
    'when it is no longer valid',
    [3, 1],
    [OPEN, bought(', valid 250-400'), '400: T3 uses p'],
    [2, '399: T3 uses p'],
  ),
  ofRecord(
    'invalid-validation',
    'used more often than sold',
    [3, 2],
    [OPEN, bought(', 1 uses'), '300: T3 uses p', '400: T3 uses p'],
    [1, bought(', 2 uses')],
  ),
  ofRecord(
    'duplicate-product',
    'an id bought twice',
    [3, 1],
    [OPEN, bought(''), '300: T3 buys p for 10'],
    [2, '300: T3 buys q for 10'],
  ),
  {
    condition: 'late, and never opened',
    alert: { kind: 'unknown-medium', medium: 'M' },
    told: ['299: T2 reads, from terminal 1 at 100', '900: T3 reads, from terminal 1 at 100'],
    unless: [0, '300: T2 reads, from terminal 1 at 100'],
  },
  {
    condition: 'opened at last',
    alert: { kind: 'unknown-medium', medium: 'M' },
    told: ['100: T1 opens N with 0', '299: T2 reads, from terminal 1 at 100'],
    unless: [0, OPEN],
  },
  {
    condition: 'opened twice',
    alert: { kind: 'duplicate-open', medium: 'M' },
    told: [OPEN, '110: T1 opens M with 100'],
    unless: [1, '110: T1 opens N with 100'],
  },
  {
    condition: 'serials are missing below a late record',
    alert: { kind: 'terminal-serial-gap', terminal: 2, from: 2, to: 4 },
    told: [OPEN, '200: T2 debits 10', '299: T2#5 debits 10'],
    unless: [2, '300: T2#5 debits 10'],
  },
  {
    condition: 'the first serials are missing',
    alert: { kind: 'terminal-serial-gap', terminal: 2, from: 1, to: 1 },
    told: [OPEN, '200: T2#2 debits 10'],
    unless: [1, '200: T2 debits 10'],
  },
  {
    condition: 'one identity, two stories',
    alert: { kind: 'conflicting-record', terminal: 1, serial: 1 },
    told: [OPEN, '101: T1#1 opens M with 100'],
    unless: [1, '100: T1#1 opens M with 100'],
  },
];

/** The lines of a case without its condition. */
export function withoutCondition({ told, unless: [line, otherwise] }: AlertCase): string[] {
  return told.flatMap((said, at) => (at === line ? (otherwise ?? []) : said));
}
