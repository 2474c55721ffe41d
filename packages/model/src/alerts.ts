/** Alerts of one medium: conditions that hold in its state (spec, "Alerts"; one function a family, in the table's words). */
import { type Amount, amountOf, ZERO } from './amount.ts';
import { commitCounter, expectedMediumSerial, isInOrder, isStale, type Node } from './chain.ts';
import { clonedTransactions } from './clones.ts';
import type { ProductState } from './products.ts';
import type { EvidenceRecord, JournalRecord, RecordIdentity, Time, TransactionRecord } from './record.ts';
import type { Resolution } from './resolution.ts';
import type { Alert, Configuration } from './state.ts';

/** *X is late* means `asOf > X.time + maxDelay`. */
export function isLate(time: Time, asOf: Time, maxDelay: number): boolean {
  return asOf > time + maxDelay;
}

/** What evidence is checked against: its predecessor, with the commit counter the medium had after it (0 after a root). */
interface Preceding {
  readonly terminal: number;
  readonly balance: Amount;
  readonly mediumSerial?: number | undefined;
}

/** What contradicts between evidence E and its predecessor P. */
export type ChainFault =
  | { readonly kind: 'balance-mismatch'; readonly amount: Amount }
  | { readonly kind: 'medium-serial-mismatch' }
  | { readonly kind: 'terminal-chain-mismatch' };

export function chainFaults(
  evidence: Preceding & {
    readonly type: JournalRecord['type'];
    readonly lastTerminal: number;
    readonly amount?: Amount;
  },
  predecessor: Preceding,
): ChainFault[] {
  const faults: ChainFault[] = [];
  // w(E) − a(E) = w(P); an observation has a = 0
  const amount = amountOf(evidence.balance - (evidence.amount ?? ZERO) - predecessor.balance);
  if (amount !== 0) faults.push({ kind: 'balance-mismatch', amount });
  if (predecessor.mediumSerial !== undefined && evidence.mediumSerial !== undefined) {
    const expected = expectedMediumSerial(evidence, predecessor.mediumSerial);
    if (evidence.mediumSerial !== expected) faults.push({ kind: 'medium-serial-mismatch' });
  }
  // (12)  z(E) = y(P)
  if (predecessor.terminal !== evidence.lastTerminal) faults.push({ kind: 'terminal-chain-mismatch' });
  return faults;
}

/** Whether a node's amount has the wrong sign for its type: refill a > 0, debit a ≤ 0, purchase a ≤ 0, validation a = 0 (eqs. 3–6). */
export function hasInvalidSign(node: { readonly type: JournalRecord['type']; readonly amount: Amount }): boolean {
  switch (node.type) {
    case 'refill':
      return node.amount <= 0;
    case 'debit':
    case 'purchase':
      return node.amount > 0;
    case 'validation':
      return node.amount !== 0;
    default:
      return false;
  }
}

export function mediumAlerts(
  medium: string,
  records: readonly JournalRecord[],
  resolution: Resolution,
  products: ProductState,
  asOf: Time,
  configuration: Configuration,
): Alert[] {
  const { maxDelay, clockTolerance } = configuration;
  const of = ({ terminal, serial }: RecordIdentity) => ({ medium, terminal, serial });
  const late = (record: { readonly time: Time }) => isLate(record.time, asOf, maxDelay);
  const alerts: Alert[] = [];

  const cloned = clonedTransactions(resolution.effective as ReadonlySet<TransactionRecord>);
  if (cloned.length > 0) alerts.push({ kind: 'cloned-medium', medium, transactions: cloned });
  for (const e of staleEvidence(resolution, clockTolerance)) alerts.push({ kind: 'stale-medium', ...of(e) });
  for (const e of resolution.evidence) {
    const predecessor = resolution.predecessors.get(e);
    if (predecessor) {
      const { terminal, balance } = predecessor;
      const preceding = { terminal, balance, mediumSerial: commitCounter(predecessor) };
      for (const fault of chainFaults(e, preceding)) alerts.push({ ...fault, ...of(e) });
    } else if (late(e)) {
      alerts.push({ kind: 'missing-transaction', medium, terminal: e.lastTerminal, time: e.lastTime });
    }
    if (!isInOrder(e)) alerts.push({ kind: 'invalid-time', ...of(e) });
  }
  for (const t of resolution.transactions) {
    if (t.status === 'unsuccessful' && resolution.confirmed.has(t))
      alerts.push({ kind: 'commit-contradiction', ...of(t) });
  }
  for (const record of records) {
    if (record.time > asOf + clockTolerance) alerts.push({ kind: 'future-time', ...of(record) });
  }
  for (const node of resolution.nodes) {
    if (node.balance < configuration.minimumBalance || hasInvalidSign(node)) {
      alerts.push({ kind: 'invalid-amount', ...of(node) });
    }
  }
  for (const v of products.pending) if (late(v)) alerts.push({ kind: 'validation-without-purchase', ...of(v) });
  for (const v of products.invalid) alerts.push({ kind: 'invalid-validation', ...of(v) });
  for (const p of products.duplicates) alerts.push({ kind: 'duplicate-product', ...of(p) });
  if (!resolution.root && records.some(late)) alerts.push({ kind: 'unknown-medium', medium });
  if (resolution.opens > 1) alerts.push({ kind: 'duplicate-open', medium });
  return distinct(alerts);
}

function staleEvidence({ evidence, effective, nodes }: Resolution, clockTolerance: number): EvidenceRecord[] {
  return evidence.filter((e) => {
    if (effective.has(e)) return false;
    const next = firstAfter(nodes, e.lastTime); // if not even the earliest such node is old enough, no later one is
    return next !== undefined && isStale(e, next, clockTolerance);
  });
}

/** The first node with `time > after`, by bisection; nodes are in order of time. */
function firstAfter(nodes: readonly Node[], after: Time): Node | undefined {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle] as Node).time > after) high = middle;
    else low = middle + 1;
  }
  return nodes[low];
}

/** The alerts are a set: two with equal keys are one (two taps may wait for the same missing transaction). */
function distinct(alerts: readonly Alert[]): Alert[] {
  return [...new Map(alerts.map((alert) => [JSON.stringify(alert), alert])).values()];
}
