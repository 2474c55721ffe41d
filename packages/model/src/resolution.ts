/** Definitions 1–6 of the spec over all records of one medium: root, predecessors, effective, refuted, nodes. */
import {
  type Committable,
  isLogged,
  isRefutedByLog,
  isRefutedBySibling,
  isSame,
  type Node,
  predecessorOf,
  resolvedStatus,
} from './chain.ts';
import {
  byTime,
  type CommitStatus,
  type EvidenceRecord,
  isEvidence,
  isTransaction,
  type JournalRecord,
  type LogEntry,
  type OpenRecord,
  type Time,
  type TransactionRecord,
} from './record.ts';

export interface Resolution {
  /** Earliest `open`; the others count for nothing. */
  readonly root: OpenRecord | undefined;
  readonly opens: number;
  readonly transactions: readonly TransactionRecord[];
  readonly evidence: readonly EvidenceRecord[];
  readonly predecessors: ReadonlyMap<EvidenceRecord, Committable>;
  /** Transactions whose commit the medium itself carried (definition 2). */
  readonly confirmed: ReadonlySet<Committable>;
  /** Reported successful, or confirmed (definition 3). */
  readonly effective: ReadonlySet<JournalRecord>;
  readonly statuses: ReadonlyMap<TransactionRecord, CommitStatus>;
  /** Root and effective transactions by `(time, terminal, serial)`. */
  readonly nodes: readonly Node[];
}

export function resolve(records: readonly JournalRecord[], clockTolerance: number): Resolution {
  const opens = records.filter((record) => record.type === 'open').sort(byTime);
  const root = opens[0];
  const transactions = records.filter(isTransaction);
  const evidence = records.filter(isEvidence);
  const committable: Committable[] = root ? [root, ...transactions] : transactions;

  const predecessors = findPredecessors(evidence, committable);
  const confirmed = new Set<Committable>([...predecessors.values(), ...findLogged(evidence, transactions)]);
  const effective = new Set(transactions.filter((t) => t.status === 'successful' || confirmed.has(t)));
  const refuted = findRefuted(evidence, transactions, effective, clockTolerance);
  const statuses = new Map(
    transactions.map((t) => [t, resolvedStatus(t.status, effective.has(t), refuted.has(t))] as const),
  );
  const nodes: Node[] = committable.filter((c) => c === root || effective.has(c as TransactionRecord)).sort(byTime);
  return { root, opens: opens.length, transactions, evidence, predecessors, confirmed, effective, statuses, nodes };
}

function findPredecessors(evidence: readonly EvidenceRecord[], committable: readonly Committable[]) {
  const atTime = groupBy(committable, (c) => c.time);
  const predecessors = new Map<EvidenceRecord, Committable>();
  for (const e of evidence) {
    const predecessor = predecessorOf(e, atTime.get(e.lastTime) ?? []);
    if (predecessor) predecessors.set(e, predecessor);
  }
  return predecessors;
}

function findLogged(evidence: readonly EvidenceRecord[], transactions: readonly TransactionRecord[]) {
  const atTime = groupBy(transactions, (t) => t.time);
  return evidence.flatMap((e) =>
    (e.log ?? []).flatMap((entry: LogEntry) => (atTime.get(entry.time) ?? []).filter((t) => isLogged(t, [entry]))),
  );
}

function findRefuted(
  evidence: readonly EvidenceRecord[],
  transactions: readonly TransactionRecord[],
  effective: ReadonlySet<JournalRecord>,
  clockTolerance: number,
): Set<TransactionRecord> {
  const unverified = transactions.filter((t) => t.status === 'unverified' && !effective.has(t));
  if (unverified.length === 0) return new Set();
  const readingSame = groupBy(evidence, (e) => e.lastTime);
  const logging = evidence.filter((e) => e.log !== undefined);
  return new Set(
    unverified.filter((b) => {
      const siblings = (readingSame.get(b.lastTime) ?? []).filter((e) => !isSame(e, b));
      return (
        siblings.some((e) =>
          isRefutedBySibling(b, { ...identityAndTime(e), effective: effective.has(e) }, clockTolerance),
        ) || logging.some((e) => isRefutedByLog(b, e))
      );
    }),
  );
}

function identityAndTime(e: EvidenceRecord) {
  return { terminal: e.terminal, serial: e.serial, time: e.time };
}

function groupBy<T>(items: readonly T[], key: (item: T) => Time): Map<Time, T[]> {
  const groups = new Map<Time, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
