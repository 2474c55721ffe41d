/** The chain of one medium: who follows whom, and what that proves (paper section 3.4, eqs. 9, 11, 12). */
import type {
  CommitStatus,
  JournalRecord,
  LogEntry,
  OpenRecord,
  RecordIdentity,
  Time,
  TransactionRecord,
} from './record.ts';

/** What can precede evidence: the root, or a transaction of whatever status. */
export type Committable = OpenRecord | TransactionRecord;
/** The root, or an effective transaction. */
export type Node = Committable;

type Logged = Pick<LogEntry, 'time' | 'terminal'>;
type Placed = RecordIdentity & { readonly time: Time };
type Reading = RecordIdentity & { readonly lastTime: Time; readonly lastTerminal: number };

export function isSame(a: RecordIdentity, b: RecordIdentity): boolean {
  return a.terminal === b.terminal && a.serial === b.serial;
}

/**
 * Predecessor of evidence E (definition 1).
 * @param sameTime the transactions and the root (no other `open`) with `time = E.lastTime`, in any order; E itself is passed over
 */
export function predecessorOf<C extends Placed & { readonly status: CommitStatus | null }>(
  evidence: Reading,
  sameTime: readonly C[],
): C | undefined {
  let linked: C | undefined;
  let fallback: C | undefined;
  for (const candidate of sameTime) {
    // (11)  X.time = E.lastTime
    if (candidate.time !== evidence.lastTime || isSame(candidate, evidence)) continue;
    // (12)  X.terminal = E.lastTerminal
    if (candidate.terminal === evidence.lastTerminal) {
      if (linked === undefined || candidate.serial < linked.serial) linked = candidate;
    } else if (candidate.status === 'successful') {
      if (fallback === undefined || precedes(candidate, fallback)) fallback = candidate;
    }
  }
  return linked ?? fallback;
}

function precedes(a: RecordIdentity, b: RecordIdentity): boolean {
  return a.terminal < b.terminal || (a.terminal === b.terminal && a.serial < b.serial);
}

/** Whether the medium's own log, as some evidence carried it, names this commit (definition 2). */
export function isLogged(transaction: Placed, log: readonly Logged[]): boolean {
  return log.some((entry) => entry.time === transaction.time && entry.terminal === transaction.terminal);
}

/** Whether a log reaches back beyond B and the medium was committed after B, and yet the log does not name B (definition 4). */
export function isRefutedByLog(
  unverified: Placed,
  reading: { readonly lastTime: Time; readonly log?: readonly Logged[] },
): boolean {
  const log = reading.log ?? [];
  return (
    reading.lastTime > unverified.time &&
    log.some((entry) => entry.time < unverified.time) &&
    !isLogged(unverified, log)
  );
}

/**
 * Whether a sibling E, which read the same last commit as B did, proves that B never committed (definition 4).
 * @param sibling other evidence with `E.lastTime = B.lastTime`
 */
export function isRefutedBySibling(
  unverified: Placed,
  sibling: Placed & { readonly effective: boolean },
  clockTolerance: number,
): boolean {
  return (
    sibling.effective || // two commits cannot follow the same one
    (sibling.terminal === unverified.terminal && sibling.serial > unverified.serial) ||
    sibling.time >= unverified.time + clockTolerance // the medium was seen, after B, as it was before B
  );
}

/** Resolved status (definition 5). */
export function resolvedStatus(reported: CommitStatus, effective: boolean, refuted: boolean): CommitStatus {
  if (effective) return 'successful';
  if (reported === 'unsuccessful' || refuted) return 'unsuccessful';
  return 'unverified';
}

/** (9)  t > l: a transaction is later than the commit it follows. Only such ones span an interval `(lastTime, time]`. */
export function isInOrder(evidence: { readonly time: Time; readonly lastTime: Time }): boolean {
  return evidence.time > evidence.lastTime;
}

/** Whether an old state was presented: the medium had committed `node` at least `clockTolerance` before E, yet E read an earlier state. */
export function isStale(
  evidence: { readonly time: Time; readonly lastTime: Time },
  node: { readonly time: Time },
  clockTolerance: number,
): boolean {
  return evidence.lastTime < node.time && node.time + clockTolerance <= evidence.time;
}

/** The medium's commit counter after a node: 0 after the root. */
export function commitCounter(node: {
  readonly type: JournalRecord['type'];
  readonly mediumSerial?: number | undefined;
}): number | undefined {
  return node.type === 'open' ? 0 : node.mediumSerial;
}

/** The commit counter that evidence which follows P must carry: P's plus one, or P's own where E changed nothing. */
export function expectedMediumSerial(evidence: Pick<JournalRecord, 'type'>, predecessorSerial: number): number {
  return evidence.type === 'observation' ? predecessorSerial : predecessorSerial + 1;
}
