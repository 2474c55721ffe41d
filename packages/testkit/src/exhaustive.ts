/**
 * Exhaustive small scope: every history of one medium with n taps, each with every outcome, cloned at no or any point,
 * in every order of arrival. 4ⁿ outcomes × (n + 1)! orders (the opening arrives too) × (n + 1) points: 6,144 cases for
 * n = 3, 153,600 for n = 4.
 */
import { type Amount, amountOf, type CommitStatus, type JournalRecord, type TransactionRecord } from '@retap/model';

/** What the terminal saw, and what the medium did. */
export const TAP_OUTCOMES = [
  'successful',
  'unsuccessful',
  'unverified, committed',
  'unverified, not committed',
] as const;
export type TapOutcome = (typeof TAP_OUTCOMES)[number];

/** What nobody in the system sees: what the medium, and its copy, did and hold. */
export interface Truth {
  readonly outcomes: readonly TapOutcome[];
  /** The taps after which the medium was copied; null if it never was. */
  readonly clonedAfter: number | null;
  /** Whether the tap committed, tap by tap, on whichever of the two it was. */
  readonly committed: readonly boolean[];
  readonly balance: Amount;
  readonly lastTime: number;
  /** Of the copy; null if there is none. */
  readonly copyBalance: Amount | null;
}

export interface ExhaustiveCase {
  /** For the message of a failed test. */
  readonly name: string;
  /** Its own among all cases of n, as are its terminals: all may be loaded into one database at once. */
  readonly medium: string;
  /** The opening and the taps, in order of arrival. */
  readonly records: readonly JournalRecord[];
  readonly truth: Truth;
}

const START = 1_448_956_800_000;
/**
 * Half the default `clockTolerance`, so that each way to refute a tap in doubt has a pair of taps that it alone decides:
 * taps 2 and 3 are of one terminal (a re-tap); 1 and 3 are of two, and exactly the tolerance apart; 3 and 4 are of two
 * and nearer, so that 3 stays in doubt.
 */
const TAP_INTERVAL_MS = 60_000;
const OPENING_BALANCE = 1000;

/** A time after every tap of every case. */
export function exhaustiveAsOf(taps: number): number {
  return START + (taps + 1) * TAP_INTERVAL_MS;
}

export interface ExhaustiveOptions {
  /** Smallest terminal number used, where another n or other tests share the database. Default 1. */
  readonly firstTerminal?: number;
}

/** All cases with this many taps, one after the other; never all in memory. */
export function* exhaustiveCases(
  taps: number,
  { firstTerminal = 1 }: ExhaustiveOptions = {},
): Generator<ExhaustiveCase> {
  let number = 0;
  for (const clonedAfter of [null, ...countingTo(taps)]) {
    for (const outcomes of tuples(TAP_OUTCOMES, taps)) {
      for (const order of permutations(countingTo(taps + 1))) {
        const medium = `n${taps}-${String(number).padStart(6, '0')}`;
        const executed = execute(medium, firstTerminal + number * terminalsPerCase(taps), outcomes, clonedAfter);
        yield {
          name: `${medium}: ${outcomes.join('; ')}; cloned after ${clonedAfter ?? 'no'} taps; arrives ${order.join(' ')}`,
          medium,
          records: order.map((place) => executed.records[place] as JournalRecord),
          truth: executed.truth,
        };
        number += 1;
      }
    }
  }
}

/** How many cases {@link exhaustiveCases} gives. */
export function exhaustiveCount(taps: number): number {
  const orders = countingTo(taps + 1).reduce((product, n) => product * (n + 1), 1);
  return TAP_OUTCOMES.length ** taps * orders * (taps + 1);
}

interface Image {
  readonly balance: number;
  readonly lastTime: number;
  readonly lastTerminal: number;
}

/** Plays the taps on the medium, and from the copying on by turns on the medium and its copy, the medium first. */
function execute(medium: string, opener: number, outcomes: readonly TapOutcome[], clonedAfter: number | null) {
  const amount = amountOf(OPENING_BALANCE);
  const records: JournalRecord[] = [
    { terminal: opener, serial: 1, type: 'open', medium, time: START, amount, balance: amount, status: 'successful' },
  ];
  let original: Image = { balance: OPENING_BALANCE, lastTime: START, lastTerminal: opener };
  let copy: Image | null = null;
  const committed: boolean[] = [];
  for (const [tap, outcome] of outcomes.entries()) {
    if (tap === clonedAfter) copy = original;
    const onCopy: boolean = copy !== null && clonedAfter !== null && (tap - clonedAfter) % 2 === 1;
    const read: Image = onCopy && copy !== null ? copy : original;
    const record = debit(medium, opener, tap, statusOf(outcome), read);
    records.push(record);
    committed.push(outcome === 'successful' || outcome === 'unverified, committed');
    if (!committed[tap]) continue;
    const written = { balance: record.balance, lastTime: record.time, lastTerminal: record.terminal };
    if (onCopy) copy = written;
    else original = written;
  }
  const truth: Truth = {
    outcomes,
    clonedAfter,
    committed,
    balance: amountOf(original.balance),
    lastTime: original.lastTime,
    copyBalance: copy === null ? null : amountOf(copy.balance),
  };
  return { records, truth };
}

/** The tap's debit is 2 to the tap: every set of commits leaves another balance. No `mediumSerial`: eq. (13) has to find the clone. */
function debit(medium: string, opener: number, tap: number, status: CommitStatus, read: Image): TransactionRecord {
  return {
    ...identityOf(opener, tap),
    type: 'debit',
    medium,
    time: START + (tap + 1) * TAP_INTERVAL_MS,
    lastTime: read.lastTime,
    lastTerminal: read.lastTerminal,
    amount: amountOf(-(2 ** tap)),
    balance: amountOf(read.balance - 2 ** tap),
    status,
  };
}

/** The opening is one terminal's, the first tap another's, then each two taps another's. `tap` counts from 0. */
function identityOf(opener: number, tap: number): { terminal: number; serial: number } {
  return { terminal: opener + 1 + Math.ceil(tap / 2), serial: tap === 0 ? 1 : 2 - (tap % 2) };
}

function terminalsPerCase(taps: number): number {
  return 2 + Math.ceil((taps - 1) / 2);
}

function statusOf(outcome: TapOutcome): CommitStatus {
  return outcome === 'successful' || outcome === 'unsuccessful' ? outcome : 'unverified';
}

function countingTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function* tuples<T>(items: readonly T[], length: number): Generator<T[]> {
  if (length === 0) yield [];
  else for (const rest of tuples(items, length - 1)) for (const item of items) yield [...rest, item];
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [place, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(place, 1))) yield [item, ...rest];
  }
}
