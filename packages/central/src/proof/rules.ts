/** The card's own proofs, rule by rule (docs/proof.md). Pure: the records received and the keys decide, nothing else. */
import {
  byIdentity,
  identityOf,
  type MediumName,
  type RecordIdentity,
  type TerminalNumber,
  type TransactionRecord,
} from '@retap/model';
import type { ProofAlert, ProofJudge, ProofJudgement } from '../port.ts';

/**
 * What becomes of a transaction of a medium that can prove.
 * `missing`: it should have a proof and has none. `none`: it has none, and its terminal saw no commit that could give one.
 */
type ProofVerdict = ProofJudgement['verdict'] | 'missing' | 'none';

const TERMINAL_MAX = 2 ** 31 - 1;

export interface ProofLine extends RecordIdentity {
  readonly verdict: ProofVerdict;
  /** TMC of a valid proof. */
  readonly counter: number | null;
  readonly mediumSerial: number | null;
  /** Terminal of the commit before, of a valid proof. */
  readonly reader: TerminalNumber | null;
  readonly readerDiffers: boolean;
}

/** What of a transaction the rules between two commits look at. */
export interface ProofFact extends ProofLine {
  readonly time: number;
  readonly lastTime: number;
  readonly lastTerminal: TerminalNumber;
  readonly amount: number;
  readonly balance: number;
}

/** @param record of a medium that can prove */
export function proofLine(record: TransactionRecord, judge: ProofJudge): ProofLine {
  const { terminal, serial, lastTerminal } = record;
  const mediumSerial = record.mediumSerial ?? null;
  const line = { terminal, serial, counter: null, mediumSerial, reader: null, readerDiffers: false };
  if (!record.proof) {
    // Without the commit counter no later proof could ever settle it, and no card is without one.
    const isDue = record.status === 'successful' || mediumSerial === null;
    return { ...line, verdict: isDue ? 'missing' : 'none' };
  }
  const judgement = judge.judge(record);
  if (judgement.verdict === 'invalid') return { ...line, verdict: 'invalid' };
  const previousReader = terminalNumber(judgement.previousReader);
  return {
    ...line,
    verdict: 'valid',
    counter: record.proof.counter,
    reader: previousReader,
    readerDiffers: previousReader !== lastTerminal,
  };
}

/** Null for a number that no terminal has: what stands on a card may have been written by anyone who had a key of it. */
function terminalNumber(reader: number | null): TerminalNumber | null {
  return reader !== null && Number.isInteger(reader) && reader >= 1 && reader <= TERMINAL_MAX ? reader : null;
}

function proofFact(record: TransactionRecord, judge: ProofJudge): ProofFact {
  const { time, lastTime, lastTerminal, amount, balance } = record;
  return { ...proofLine(record, judge), time, lastTime, lastTerminal, amount, balance };
}

/**
 * Whether `next` shows that the transaction before it took place: by whom, as which commit, with what result. It is one
 * with a valid proof, or one without that is settled itself: of several torn one after the other the last is settled by a
 * proof and each by the one after it. The number of commits between two proofs is the card's word, and so is the value.
 */
export function isSettledBy(torn: ProofFact, next: ProofFact & { readonly settled: boolean }): boolean {
  return (
    (next.verdict === 'valid' ? next.reader === torn.terminal : next.settled) &&
    isUnproved(torn) &&
    isNextCommit(torn, next) &&
    next.lastTime === torn.time &&
    next.lastTerminal === torn.terminal &&
    next.balance - next.amount === torn.balance
  );
}

/**
 * Whether the proof of another commit shows that this one did not take place as it was told. Looks at nothing that the
 * other's terminal merely says: else one liar could discredit an honest record.
 */
export function isContradictedBy(torn: ProofFact, other: ProofFact): boolean {
  if (other.verdict !== 'valid' || !isUnproved(torn) || torn.mediumSerial === null) return false;
  if (other.mediumSerial === torn.mediumSerial) return true;
  if (!isNextCommit(torn, other)) return false;
  return (other.reader !== null && other.reader !== torn.terminal) || other.balance - other.amount !== torn.balance;
}

function isNextCommit(torn: ProofLine, next: ProofLine): boolean {
  return torn.mediumSerial !== null && next.mediumSerial === torn.mediumSerial + 1;
}

function isUnproved({ verdict }: ProofLine): boolean {
  return verdict === 'missing' || verdict === 'none';
}

/** TMC − `mediumSerial`: both count every commit of the card, so it never changes. Null where there is no valid proof. */
export function shiftOf({ counter, mediumSerial }: ProofLine): number | null {
  return counter === null || mediumSerial === null ? null : counter - mediumSerial;
}

/** A row of the table, as the records received make it. */
export interface ProofRow extends ProofLine {
  readonly settled: boolean;
  readonly contradicted: boolean;
}

export function proofRows(records: readonly TransactionRecord[], judge: ProofJudge): ProofRow[] {
  const ofSerial = new Map<number | null, (ProofFact & { readonly settled: boolean })[]>();
  const facts = records.map((record) => proofFact(record, judge));
  const valid = facts.filter((fact) => fact.verdict === 'valid');
  // From the last commit back, for what settles one is the commit after it.
  return facts.sort(byCommitBackwards).map((fact) => {
    const { terminal, serial, verdict, counter, mediumSerial, reader, readerDiffers } = fact;
    const next = mediumSerial === null ? [] : (ofSerial.get(mediumSerial + 1) ?? []);
    const settled = next.some((other) => isSettledBy(fact, other));
    ofSerial.set(mediumSerial, [...(ofSerial.get(mediumSerial) ?? []), { ...fact, settled }]);
    return {
      ...{ terminal, serial, verdict, counter, mediumSerial, reader, readerDiffers, settled },
      contradicted: isUnproved(fact) && valid.some((other) => isContradictedBy(fact, other)),
    };
  });
}

function byCommitBackwards(a: ProofLine, b: ProofLine): number {
  return (b.mediumSerial ?? -1) - (a.mediumSerial ?? -1);
}

/**
 * The alerts of one medium that can prove.
 * @param rows of its transactions @param isEffective definition 3 of the specification
 */
export function proofAlertsOfMedium(
  medium: MediumName,
  rows: readonly ProofRow[],
  isEffective: (identity: string) => boolean,
): ProofAlert[] {
  const ofRecord = (
    kind: 'proof-missing' | 'proof-invalid' | 'proof-contradiction' | 'proof-reader',
    holds: (row: ProofRow) => boolean,
  ): ProofAlert[] => rows.filter(holds).map(({ terminal, serial }) => ({ kind, medium, terminal, serial }));
  return [
    ...ofRecord('proof-invalid', (row) => row.verdict === 'invalid'),
    ...ofRecord('proof-missing', (row) => row.verdict === 'missing' && !row.settled),
    ...ofRecord(
      'proof-contradiction',
      (row) => row.verdict === 'none' && row.contradicted && isEffective(identityOf(row)),
    ),
    ...ofRecord('proof-reader', (row) => row.readerDiffers),
    ...repeatedCounters(medium, rows),
    ...movedCounter(medium, rows),
  ];
}

function repeatedCounters(medium: MediumName, rows: readonly ProofRow[]): ProofAlert[] {
  const ofCounter = new Map<number, ProofRow[]>();
  for (const row of rows) {
    if (row.counter !== null) ofCounter.set(row.counter, [...(ofCounter.get(row.counter) ?? []), row]);
  }
  return [...ofCounter]
    .filter(([, repeated]) => repeated.length > 1)
    .map(([counter, repeated]) => ({
      kind: 'proof-repeated',
      medium,
      counter,
      transactions: repeated.map(identity).sort(byIdentity),
    }));
}

/** Of each difference the first commit, so that one sees where the counters parted. */
function movedCounter(medium: MediumName, rows: readonly ProofRow[]): ProofAlert[] {
  const first = new Map<number, ProofRow>();
  for (const row of rows) {
    const shift = shiftOf(row);
    if (shift === null) continue;
    const earliest = first.get(shift);
    if (!earliest || byCounter(row, earliest) < 0) first.set(shift, row);
  }
  if (first.size < 2) return [];
  return [{ kind: 'proof-counter', medium, transactions: [...first.values()].map(identity).sort(byIdentity) }];
}

function byCounter(a: ProofRow, b: ProofRow): number {
  return (a.counter ?? 0) - (b.counter ?? 0) || byIdentity(a, b);
}

function identity({ terminal, serial }: RecordIdentity): RecordIdentity {
  return { terminal, serial };
}

/** Whether the transaction counts, and only its terminal's word and what was read later speak for it so far. */
export function isUnsettled(row: ProofRow, isEffective: (identity: string) => boolean): boolean {
  return row.verdict === 'none' && !row.settled && !row.contradicted && isEffective(identityOf(row));
}
