/**
 * When a torn tap would have been settled at the centre, had there been only some kinds of evidence. The definitions
 * are those of the specification, by the model itself; what is taken away is taken out of the records it is given.
 */
import {
  type CommitStatus,
  type EvidenceRecord,
  identityOf,
  isTransaction,
  type JournalRecord,
  type LogEntry,
  resolve,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import type { TornNote } from './tally.ts';

/**
 * Each with all before it. `chain`: times and terminals that later transactions read. `serial`: a later serial of the same
 * terminal. `log`: the medium's own log. `retap`: the person's tries right after, and inspections: all there is.
 */
export const EVIDENCE_STEPS = ['chain', 'serial', 'log', 'retap'] as const;
export type EvidenceStep = (typeof EVIDENCE_STEPS)[number];

/** A record of the medium, and when the centre first had it. */
export interface Arrived {
  readonly record: JournalRecord;
  readonly at: Time;
}

export interface Settled {
  /** Arrival of what settled it for good; null: still unverified when all had arrived. */
  readonly at: Time | null;
  readonly status: CommitStatus;
}

const SERIAL_MAX = 2 ** 31 - 1;

/** @param history of the medium, in order of arrival */
export function settledBy(
  step: EvidenceStep,
  torn: TornNote,
  history: readonly Arrived[],
  clockTolerance: number,
): Settled {
  const seen = step === 'retap' ? history : withoutRetaps(step, torn, history);
  const identity = step === 'chain' ? `${torn.record.terminal}-${SERIAL_MAX}` : identityOf(torn.record);
  const records: JournalRecord[] = [];
  let settled: Settled = { at: null, status: 'unverified' };
  let hasArrived = false;
  for (const { record, at } of seen) {
    records.push(record);
    hasArrived ||= identityOf(record) === identity;
    if (!hasArrived) continue;
    const status = statusOf(identity, records, clockTolerance);
    if (status === null) continue;
    // Evidence that comes later may overturn it, and then it was not settled for good.
    if (status === 'unverified') settled = { at: null, status };
    else settled = { at: settled.at ?? at, status };
  }
  return settled;
}

function statusOf(identity: string, records: readonly JournalRecord[], clockTolerance: number): CommitStatus | null {
  for (const [transaction, status] of resolve(records, clockTolerance).statuses) {
    if (identityOf(transaction) === identity) return status;
  }
  return null;
}

/** As if the person had walked away, and nobody had inspected the medium: what came later read it as the torn tap left it. */
function withoutRetaps(step: EvidenceStep, torn: TornNote, history: readonly Arrived[]): Arrived[] {
  const { record: own, committed, retaps } = torn;
  const removed = new Set(
    history
      .filter(({ record }) => retaps.has(identityOf(record)))
      .map(({ record }) => placeOf(record.time, record.terminal)),
  );
  const left = committed
    ? { lastTime: own.time, lastTerminal: own.terminal }
    : { lastTime: own.lastTime, lastTerminal: own.lastTerminal };
  return history.flatMap(({ record, at }): Arrived[] => {
    if (record.type === 'observation' || retaps.has(identityOf(record))) return [];
    if (!isTransaction(record)) return [{ record, at }];
    const follows = removed.has(placeOf(record.lastTime, record.lastTerminal));
    const reading: TransactionRecord = follows ? { ...record, ...left } : record;
    return [{ record: evidenceOf(step, own, reading, removed), at }];
  });
}

function evidenceOf(
  step: EvidenceStep,
  own: TransactionRecord,
  record: TransactionRecord,
  removed: ReadonlySet<string>,
): EvidenceRecord {
  const { log, ...rest } = record;
  if (step === 'log') {
    return log === undefined ? record : { ...record, log: log.filter((entry) => !isRemoved(entry, removed)) };
  }
  // The highest serial there is: none of the same terminal is greater, and so says nothing of it.
  const isOwn = step === 'chain' && identityOf(record) === identityOf(own);
  return isOwn ? { ...rest, serial: SERIAL_MAX } : rest;
}

function isRemoved({ time, terminal }: LogEntry, removed: ReadonlySet<string>): boolean {
  return removed.has(placeOf(time, terminal));
}

function placeOf(time: Time, terminal: number): string {
  return `${time}-${terminal}`;
}
