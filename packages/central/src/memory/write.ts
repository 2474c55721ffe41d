/** Writes what a round decided, into memory. */
import { identityOf, type RecordIdentity } from '@retap/model';
import type { Changes } from '../reconcile/changes.ts';
import type { MediumTable, Tables } from './tables.ts';

/** Deletes come first: a condition that is found again is deleted and written anew. */
export function writeChanges(tables: Tables, changes: Changes): void {
  const ofRecord = (identity: RecordIdentity): MediumTable => tables.ofId(tables.of(identity).fact.mediumId);
  for (const gone of changes.synchronizationGone) ofRecord(gone).synchronization.delete(identityOf(gone));
  for (const gone of changes.pendingGone) ofRecord(gone).pending.delete(identityOf(gone));
  for (const gone of changes.clonesGone) ofRecord(gone).clones.delete(identityOf(gone));
  for (const gone of changes.conditionsGone) ofRecord(gone).conditions.delete(`${identityOf(gone)} ${gone.kind}`);
  for (const { mediumId, productId } of changes.productsGone) tables.ofId(mediumId).products.delete(productId);

  for (const account of changes.accounts) tables.ofId(account.mediumId).account = { ...account };
  for (const { node, row } of changes.synchronization) {
    insert(tables.ofId(node.mediumId).synchronization, identityOf(node), row);
  }
  for (const condition of changes.conditions) {
    const key = `${identityOf(condition.owner)} ${condition.kind}`;
    insert(tables.ofId(condition.owner.mediumId).conditions, key, condition);
  }
  for (const product of changes.products) tables.ofId(product.mediumId).products.set(product.productId, { ...product });
  for (const fact of changes.pending) insert(tables.ofId(fact.mediumId).pending, identityOf(fact), fact);
  for (const fact of changes.clones) tables.ofId(fact.mediumId).clones.add(identityOf(fact));
}

/** As a primary key does: to write twice what may stand once is a mistake of whoever decided it. */
function insert<Value>(rows: Map<string, Value>, key: string, value: Value): void {
  if (rows.has(key)) throw new Error(`${key} is written twice`);
  rows.set(key, value);
}
