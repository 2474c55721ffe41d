/**
 * Reconciling over SQL. Each look-up is by index and costs what it finds: `lateral … offset 0` holds the planner to starting from
 * the keys, for without statistics on a young table it prefers to read all of it and filter.
 */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../../database/database.ts';
import type { Changes } from '../changes.ts';
import type { Claim } from '../claim.ts';
import type { Evidence, Fact, Moment } from '../fact.ts';
import type { ProductKey } from '../products.ts';
import type { NodeSearch, ReconcileStore, Stretch } from '../store.ts';
import { storedAccounts } from './accounts.ts';
import { factsAt, factsReading, nodeTimes } from './chain.ts';
import { clonesAround, clonesOf, endingWithin, nextAfter, sharingSerial } from './clones.ts';
import { doubtsWithin, idleAround, logsAround, logsOf } from './doubts.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';
import { effectivePurchases, effectiveValidations, productsNamed, purchasesOf } from './products.ts';
import { writeChanges, writeUncommitted } from './write.ts';

export class SqlStore implements ReconcileStore {
  readonly #sql: Sql;
  /** Records with a greater receipt are not of this round: another one decides them, with all they touch. */
  readonly #target: number;

  /** @param sql the transaction of the round */
  constructor(sql: Sql, target: number) {
    this.#sql = sql;
    this.#target = target;
  }

  accounts(media: readonly number[]) {
    return storedAccounts(this.#sql, media);
  }
  at(moments: readonly Moment[]) {
    return factsAt(this.#sql, moments, this.#target);
  }
  reading(moments: readonly Moment[]) {
    return factsReading(this.#sql, moments, this.#target);
  }
  neighbours(direction: 'before' | 'after', searches: readonly NodeSearch[]) {
    return nodeTimes(this.#sql, direction, searches, this.#target);
  }
  logsAround(moments: readonly Moment[]) {
    return logsAround(this.#sql, moments, this.#target);
  }
  logsOf(evidence: readonly RecordIdentity[]) {
    return logsOf(this.#sql, evidence);
  }
  doubtsWithin(stretches: readonly Stretch[]) {
    return doubtsWithin(this.#sql, stretches);
  }
  idleAround(moments: readonly Moment[]) {
    return idleAround(this.#sql, moments);
  }
  endingWithin(spans: readonly Evidence[]) {
    return endingWithin(this.#sql, spans, this.#target);
  }
  nextAfter(moments: readonly Moment[]) {
    return nextAfter(this.#sql, moments, this.#target);
  }
  clonesAround(moments: readonly Moment[]) {
    return clonesAround(this.#sql, moments);
  }
  sharingSerial(evidence: readonly Evidence[]) {
    return sharingSerial(this.#sql, evidence, this.#target);
  }
  clonesOf(media: readonly number[]) {
    return clonesOf(this.#sql, media);
  }
  products(keys: readonly ProductKey[]) {
    return productsNamed(this.#sql, keys);
  }
  purchases(purchases: readonly RecordIdentity[]) {
    return purchasesOf(this.#sql, purchases);
  }
  effectivePurchases(keys: readonly ProductKey[]) {
    return effectivePurchases(this.#sql, keys, this.#target);
  }
  effectiveValidations(keys: readonly ProductKey[]) {
    return effectiveValidations(this.#sql, keys, this.#target);
  }
  writeUncommitted(evidence: readonly Fact[]) {
    return writeUncommitted(this.#sql, evidence);
  }
  write(changes: Changes) {
    return writeChanges(this.#sql, changes);
  }
}

/** What waits for the partitions claimed, in order of medium, time, terminal and serial. */
export async function waitingRecords(sql: Sql, claim: Claim): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from partition p
     cross join lateral (select * from record r where partition_of(r.medium_id) = p.id
       and r.receipt > p.reconciled and r.receipt <= $1 offset 0) r
     left join uncommitted u on false
     where p.id = any($2::integer[])
     order by r.medium_id, r.time, r.terminal, r.serial`,
    [claim.target, `{${claim.partitions.join(',')}}`],
  );
  return rows.map((row) => ({ ...factOf(row), resolved: row.status === 'unsuccessful' ? 'unsuccessful' : null }));
}
