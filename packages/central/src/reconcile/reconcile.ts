/** Straight or careful: decides the records of a round, on whatever store. */
import { byTime } from '@retap/model';
import { type AccountRow, newAccount } from './account.ts';
import { goCarefully } from './careful/careful.ts';
import { type Changes, noChanges } from './changes.ts';
import type { Fact } from './fact.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Products } from './products.ts';
import type { ReconcileStore } from './store.ts';
import { areStraight, goStraight } from './straight.ts';

export interface Decided {
  /** Records that took the careful path. */
  readonly careful: number;
  /** Media that took it. */
  readonly exceptional: readonly number[];
  readonly changes: Changes;
}

/**
 * Decides what has arrived and writes it.
 * @param fresh in any order
 */
export async function reconcile(
  store: ReconcileStore,
  fresh: readonly Fact[],
  clockTolerance: number,
): Promise<Decided> {
  const ofMedium = byMedium(fresh);
  const accounts = new Map((await store.accounts([...ofMedium.keys()])).map((account) => [account.mediumId, account]));
  const products = new Products();
  await products.load(store, fresh);
  const changes = noChanges();
  const exceptional: Fact[] = [];
  const exceptionalAccounts = new Map<number, AccountRow>();
  for (const [mediumId, facts] of ofMedium) {
    const account = accounts.get(mediumId) ?? newAccount(mediumId);
    if (areStraight(account, facts)) {
      goStraight(account, facts, products, changes);
    } else {
      exceptional.push(...facts);
      exceptionalAccounts.set(mediumId, account);
    }
  }
  if (exceptional.length > 0) {
    const hood = new Neighbourhood(store, exceptionalAccounts);
    const adopted = exceptional.map((fact) => hood.adopt(fact));
    await goCarefully({
      hood,
      accounts: exceptionalAccounts,
      clockTolerance,
      products,
      changes,
      fresh: adopted,
      isFresh: new Set(adopted),
    });
  }
  await store.write(changes);
  return { careful: exceptional.length, exceptional: [...exceptionalAccounts.keys()], changes };
}

/** By number of the medium, so that neighbours are read and written together; of each in order of `(time, terminal, serial)`. */
function byMedium(fresh: readonly Fact[]): Map<number, Fact[]> {
  const groups = new Map<number, Fact[]>();
  for (const fact of fresh) {
    const group = groups.get(fact.mediumId);
    if (group) group.push(fact);
    else groups.set(fact.mediumId, [fact]);
  }
  for (const group of groups.values()) if (group.length > 1) group.sort(byTime);
  const media = Int32Array.from(groups.keys()).sort();
  return new Map(Array.from(media, (id) => [id, groups.get(id) as Fact[]]));
}
