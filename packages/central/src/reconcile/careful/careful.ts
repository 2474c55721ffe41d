/**
 * The careful path: whatever is not the plain next record of its medium (a gap, a torn tap, a late one, a fork). It
 * loads the neighbourhood of what arrived, decides with F's rules, and writes the difference. The steps follow the
 * definitions of the spec; each loads what the next one asks for, for all media at once.
 */
import { type AccountRow, count } from '../account.ts';
import { type Fact, isEvidenceFact } from '../fact.ts';
import type { Case } from './case.ts';
import { settleChain } from './chain.ts';
import { findClones } from './clones.ts';
import { checkChain, checkStale } from './conditions.ts';
import { followNodes } from './nodes.ts';
import { matchProducts } from './products.ts';

export async function goCarefully(careful: Case): Promise<void> {
  const { hood, fresh, accounts, changes } = careful;
  await hood.store.setAside(fresh.filter(isEvidenceFact));
  const formerRoots = new Map([...accounts.values()].map((account) => [account.mediumId, account.root]));
  for (const fact of fresh) {
    const account = accounts.get(fact.mediumId) as AccountRow;
    count(account, fact);
    if (fact.type === 'open' && precedesRoot(fact, account)) {
      account.root = { time: fact.time, terminal: fact.terminal, serial: fact.serial };
    }
  }
  const settled = await settleChain(careful, formerRoots); // definitions 1–5
  await followNodes(careful, settled); // definition 6, X′ and the tip
  await checkChain(careful, settled);
  await checkStale(careful, settled);
  await findClones(careful, settled);
  await matchProducts(careful, settled);
  changes.accounts.push(...accounts.values());
}

function precedesRoot(open: Fact, { root }: AccountRow): boolean {
  if (root === null) return true;
  return (
    open.time < root.time ||
    (open.time === root.time && (open.terminal - root.terminal || open.serial - root.serial) < 0)
  );
}
