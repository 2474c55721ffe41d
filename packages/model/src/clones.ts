/** Clone detection (paper eq. 13): one medium cannot be in two states at once. */
import { isInOrder } from './chain.ts';
import { byIdentity, type RecordIdentity, type Time } from './record.ts';

/** The part of an effective transaction that tells a clone. */
interface Span extends RecordIdentity {
  readonly time: Time;
  readonly lastTime: Time;
  readonly mediumSerial?: number | undefined;
}

/**
 * Every effective transaction whose interval overlaps another one's, or whose commit counter another one has.
 *
 * (13)  l(x) = l(y), x ≠ y is the case of equal starts of
 *       (l(x), t(x)] ∩ (l(y), t(y)] ≠ ∅  ⇔  l(x) < t(y) ∧ l(y) < t(x)
 */
export function clonedTransactions(effective: Iterable<Span>): RecordIdentity[] {
  const all = [...effective];
  const members = new Set([...overlapping(all.filter(isInOrder)), ...sharingSerial(all)]);
  return [...members].map(({ terminal, serial }) => ({ terminal, serial })).sort(byIdentity);
}

/**
 * A sweep by start. Whoever starts before the furthest end so far overlaps its holder; whoever else reaches beyond that
 * start overlaps the holder too and was marked when the later of those two was met.
 */
function overlapping(transactions: readonly Span[]): Set<Span> {
  const members = new Set<Span>();
  let furthest: Span | undefined;
  for (const next of [...transactions].sort((a, b) => a.lastTime - b.lastTime)) {
    if (furthest && next.lastTime < furthest.time) members.add(furthest).add(next);
    if (!furthest || next.time > furthest.time) furthest = next;
  }
  return members;
}

function sharingSerial(transactions: readonly Span[]): Set<Span> {
  const members = new Set<Span>();
  const first = new Map<number, Span>();
  for (const transaction of transactions) {
    if (transaction.mediumSerial === undefined) continue;
    const other = first.get(transaction.mediumSerial);
    if (other) members.add(other).add(transaction);
    else first.set(transaction.mediumSerial, transaction);
  }
  return members;
}
