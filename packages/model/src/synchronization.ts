/** Wallet credit synchronization: the credit that moved between two nodes and is not explained (paper eq. 10). */
import { type Amount, amountOf, ZERO } from './amount.ts';
import type { RecordIdentity, Time } from './record.ts';
import type { SynchronizationRow } from './state.ts';

interface Posted extends RecordIdentity {
  readonly time: Time;
  readonly amount: Amount;
  readonly balance: Amount;
}

/**
 * (10)  X′ row of a node n, with `prev` the node before it and `predecessor` the one it names:
 *       D = w(n) − a(n) − w(prev), the credit between the two that no known transaction explains.
 * @param node a node; `lastTime` is absent for a root, whose row (it has one only if it does not come first) is a gap at its own time
 * @returns undefined where the two are in sync
 */
export function synchronizationRow(
  node: Posted & { readonly lastTime?: Time | undefined },
  prev: Posted | undefined,
  predecessor: RecordIdentity | undefined,
): SynchronizationRow | undefined {
  const isRoot = node.lastTime === undefined;
  if (isRoot && prev === undefined) return undefined; // a root that comes first
  const amount = amountOf(node.balance - node.amount - (prev?.balance ?? ZERO));
  const time = node.lastTime ?? node.time;
  if (predecessor === undefined) return { time, amount, kind: 'gap' };
  const follows = prev !== undefined && prev.terminal === predecessor.terminal && prev.serial === predecessor.serial;
  if (!follows) return { time, amount, kind: 'fork' };
  return amount === 0 ? undefined : { time, amount, kind: 'mismatch' };
}

/** Order of the report: `time, amount, kind`. */
export function bySynchronization(a: SynchronizationRow, b: SynchronizationRow): number {
  return a.time - b.time || a.amount - b.amount || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
}
