/** Definition 6 in a neighbourhood: who stands before whom, the rows of X′ (paper eq. 10), and the tip of the chain. */
import { byTime, predecessorOf, synchronizationRow } from '@retap/model';
import { type AccountRow, tipOf } from '../account.ts';
import { type Fact, isEvidenceFact, momentOf, readMomentOf } from '../fact.ts';
import type { Case } from './case.ts';
import type { Settled } from './chain.ts';

export async function followNodes(careful: Case, { entering, leaving, linked }: Settled): Promise<void> {
  const { hood, changes, isFresh } = careful;
  const followers = await nodesAfter(careful, [...entering, ...leaving]);
  const concerned = new Set([...entering, ...[...linked].filter((fact) => fact.effective), ...followers]);
  await hood.loadNeighbours('before', [...concerned].map(momentOf));
  const before = [...concerned].map((node) => ({
    mediumId: node.mediumId,
    time: hood.timeBefore(momentOf(node)) ?? -1,
  }));
  const read = [...concerned].filter(isEvidenceFact).map(readMomentOf);
  await hood.loadAt([...[...concerned].map(momentOf), ...before, ...read]);

  for (const gone of [...leaving, ...concerned]) if (!isFresh.has(gone)) changes.synchronizationGone.push(gone);
  for (const node of concerned) {
    const predecessor = isEvidenceFact(node) ? predecessorOf(node, hood.committableAt(readMomentOf(node))) : undefined;
    const row = synchronizationRow(node, nodeBefore(careful, node), predecessor);
    if (row) changes.synchronization.push({ node, row });
  }
  await findTips(careful);
}

/** The node before, in order of `(time, terminal, serial)`: of its own time, or the last of the greatest time before. */
function nodeBefore({ hood }: Case, node: Fact): Fact | undefined {
  const same = hood.nodesAt(momentOf(node)).filter((other) => byTime(other, node) < 0);
  const time = hood.timeBefore(momentOf(node));
  const earlier = time === null ? [] : hood.nodesAt({ mediumId: node.mediumId, time });
  return [...earlier.sort(byTime), ...same.sort(byTime)].at(-1);
}

async function nodesAfter({ hood }: Case, moved: readonly Fact[]): Promise<Fact[]> {
  await hood.loadNeighbours('after', moved.map(momentOf));
  // A medium has no record of a time before 0, so that none stands for none.
  const after = moved.map((fact) => ({ mediumId: fact.mediumId, time: hood.timeAfter(momentOf(fact)) ?? -1 }));
  await hood.loadAt([...moved.map(momentOf), ...after]);
  return moved.flatMap((fact, i) => {
    const same = hood.nodesAt(momentOf(fact)).filter((other) => byTime(other, fact) > 0);
    const later = hood.nodesAt(after[i] as (typeof after)[number]);
    return [...same.sort(byTime), ...later.sort(byTime)].slice(0, 1);
  });
}

async function findTips({ hood, accounts }: Case): Promise<void> {
  const ends = [...accounts.values()].map(({ mediumId, maxTime }) => ({ mediumId, time: maxTime + 1 }));
  await hood.loadNeighbours('before', ends);
  const tips = ends.map(({ mediumId, time }) => ({ mediumId, time: hood.timeBefore({ mediumId, time }) ?? -1 }));
  await hood.loadAt(tips);
  for (const moment of tips) {
    const account = accounts.get(moment.mediumId) as AccountRow;
    const last = hood.nodesAt(moment).sort(byTime).at(-1);
    account.tip = last ? tipOf(last) : null;
    account.tipAlone = hood.committableAt(moment).length === 1;
  }
}
