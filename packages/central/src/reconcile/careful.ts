/**
 * The careful path: whatever is not the plain next record of its medium (a gap, a torn tap, a late one, a fork). It
 * loads the neighbourhood of what arrived, decides with F's rules, and writes the difference. The steps follow the
 * definitions of the spec; each loads what the next one asks for, for all media at once.
 */
import type { AccountRow } from './account.ts';
import { count } from './account.ts';
import { settleChain } from './careful-chain.ts';
import { findClones } from './careful-clones.ts';
import { checkChain, checkStale } from './careful-conditions.ts';
import { followNodes } from './careful-nodes.ts';
import { matchProducts } from './careful-products.ts';
import type { Changes } from './changes.ts';
import { type Fact, isEvidenceFact } from './fact.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { Products } from './products.ts';

/** What a round decided so far about the media on the careful path. */
export interface Careful {
  readonly hood: Neighbourhood;
  readonly accounts: ReadonlyMap<number, AccountRow>;
  readonly clockTolerance: number;
  readonly products: Products;
  readonly changes: Changes;
  /** The records that arrived, in order of medium and time. */
  readonly fresh: readonly Fact[];
  readonly isFresh: ReadonlySet<Fact>;
}

export async function goCarefully(careful: Careful): Promise<void> {
  const { fresh, accounts, changes } = careful;
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

export function momentOf(fact: Fact) {
  return { mediumId: fact.mediumId, time: fact.time };
}

/** The moment that evidence names as the last commit's. */
export function readMomentOf(fact: Fact) {
  if (!isEvidenceFact(fact)) throw new Error(`an open reads no commit: ${fact.terminal}-${fact.serial}`);
  return { mediumId: fact.mediumId, time: fact.lastTime };
}
