/** Clones in a neighbourhood: overlapping intervals and repeated commit counters (paper eq. 13). */
import { clonedTransactions, isInOrder } from '@retap/model';
import { type Evidence, isTransactionFact, momentOf } from '../fact.ts';
import type { Neighbourhood } from '../neighbourhood.ts';
import type { Case } from './case.ts';
import type { Settled } from './chain.ts';

/**
 * Marks every transaction that entered, and every one it meets, if they are in two states at once.
 *
 * Whom can X = (l, t] meet? Those that end within it; the next node after it; and those that reach over that next node
 * from before t: each of these overlaps the next node as well and so is marked already, or entered in this round too.
 * The sweep over all that were found sees the pairs of the last sort.
 */
export async function findClones(careful: Case, { entering, leaving }: Settled): Promise<void> {
  const { hood, changes } = careful;
  const shaken = new Set([...leaving].filter(isTransactionFact).map((fact) => fact.mediumId));
  const former = await membersOf(hood, [...shaken]); // someone left: those it made suspects may be none any more
  const asked = [...new Set([...[...entering].filter(isTransactionFact), ...former])].filter((fact) => fact.effective);
  const pool = new Map<number, Set<Evidence>>();
  for (const fact of [...asked, ...(await met(hood, asked))]) {
    pool.set(fact.mediumId, (pool.get(fact.mediumId) ?? new Set()).add(fact));
  }
  for (const fact of former) changes.clonesGone.push(fact);
  for (const facts of pool.values()) {
    if (facts.size < 2) continue;
    const identities = new Set(clonedTransactions(facts).map((c) => `${c.terminal}-${c.serial}`));
    for (const fact of facts) if (identities.has(`${fact.terminal}-${fact.serial}`)) changes.clones.push(fact);
  }
}

async function met(hood: Neighbourhood, asked: readonly Evidence[]): Promise<Evidence[]> {
  const spans = asked.filter(isInOrder);
  const moments = spans.map(momentOf);
  const counted = asked.filter((fact) => fact.mediumSerial !== undefined);
  const { store } = hood;
  const found = [
    ...(spans.length > 0 ? await store.endingWithin(spans) : []),
    ...(spans.length > 0 ? await store.nextAfter(hood.searches(moments)) : []),
    ...(spans.length > 0 ? await store.clonesAround(moments) : []),
    ...(counted.length > 0 ? await store.sharingSerial(counted) : []),
  ];
  return found
    .map((fact) => hood.adopt(fact))
    .filter(isTransactionFact)
    .filter((fact) => fact.effective);
}

async function membersOf(hood: Neighbourhood, media: readonly number[]): Promise<Evidence[]> {
  if (media.length === 0) return [];
  return (await hood.store.clonesOf(media)).map((fact) => hood.adopt(fact)).filter(isTransactionFact);
}
