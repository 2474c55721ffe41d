/**
 * Reconciling over SQL. Each look-up is by index and costs what it finds: `lateral … offset 0` holds the planner to starting from
 * the keys, for without statistics on a young table it prefers to read all of it and filter.
 */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../../database/database.ts';
import type { Remembered } from '../../remembered.ts';
import type { AccountRow } from '../account.ts';
import type { Changes } from '../changes.ts';
import type { Claim } from '../claim.ts';
import { type Evidence, type Fact, isEvidenceFact, type Moment } from '../fact.ts';
import type { ProductKey } from '../products.ts';
import type { ReconcileStore, Search, Stretch } from '../store.ts';
import { storedAccounts } from './accounts.ts';
import { factsAt, factsReading, nodeTimes } from './chain.ts';
import { clonesAround, clonesOf, endingWithin, nextAfter } from './clones.ts';
import { sharingSerial } from './counters.ts';
import { doubtsWithin, idleAround, logsAround, logsOf } from './doubts.ts';
import { insertExceptional, setAside } from './exceptional.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';
import { effectivePurchases, effectiveValidations, productsNamed, purchasesOf } from './products.ts';
import { writeChanges, writeUncommitted } from './write.ts';

export class SqlStore implements ReconcileStore {
  readonly #sql: Sql;
  readonly #claim: Claim;
  readonly #remembered: Remembered;
  /** Media that have an account in the tables. */
  readonly #stored = new Set<number>();
  /** Records with a greater receipt are not of this round: another one decides them, with all they touch. */
  readonly #target: number;

  /** @param sql the transaction of the round */
  constructor(sql: Sql, claim: Claim, remembered: Remembered) {
    this.#sql = sql;
    this.#claim = claim;
    this.#remembered = remembered;
    this.#target = claim.target;
  }

  async accounts(media: readonly number[]) {
    const accounts: AccountRow[] = [];
    const others = this.#remembered.accounts(this.#claim, media, (account) => accounts.push(account));
    if (others.length > 0) for (const account of await storedAccounts(this.#sql, others)) accounts.push(account);
    for (const { mediumId } of accounts) this.#stored.add(mediumId);
    return accounts;
  }
  setAside(evidence: readonly Evidence[]) {
    return setAside(this.#sql, evidence, this.#target);
  }
  at(moments: readonly Moment[]) {
    return factsAt(this.#sql, moments, this.#target);
  }
  reading(searches: readonly Search[]) {
    return factsReading(this.#sql, searches, this.#target);
  }
  neighbours(direction: 'before' | 'after', searches: readonly Search[]) {
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
  nextAfter(searches: readonly Search[]) {
    return nextAfter(this.#sql, searches, this.#target);
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
  async write(changes: Changes) {
    // Observations that went straight: several may read what one straight transaction reads.
    await insertExceptional(this.#sql, changes.uncommitted.filter(isEvidenceFact));
    await writeChanges(this.#sql, changes, (mediumId) => this.#stored.has(mediumId));
  }
}

/** What waits for the partitions claimed. */
export async function waitingRecords(sql: Sql, claim: Claim, remembered: Remembered): Promise<Fact[]> {
  const { facts, missing } = remembered.waiting(claim);
  return missing.length === 0 ? facts : facts.concat(await storedRecords(sql, claim, missing));
}

async function storedRecords(sql: Sql, { partitions }: Claim, receipts: readonly number[]): Promise<Fact[]> {
  const [from, to] = [receipts[0], receipts.at(-1)];
  const isRun = receipts.length === (to as number) - (from as number) + 1;
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from (select * from record r where r.receipt between $1 and $2
       ${isRun ? '' : 'and r.receipt = any($4::bigint[])'} offset 0) r
     join partition p on p.id = partition_of(r.medium_id)
     left join uncommitted u on false
     where p.id = any($3::integer[]) and r.receipt > p.reconciled`,
    [from, to, `{${partitions.map(({ id }) => id).join(',')}}`, ...(isRun ? [] : [`{${receipts.join(',')}}`])],
  );
  return rows.map((row) => ({ ...factOf(row), resolved: row.status === 'unsuccessful' ? 'unsuccessful' : null }));
}
