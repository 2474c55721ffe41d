/**
 * What this process remembers of the database: numbers of media, records that it has just recorded, and accounts that it was
 * the last to write. The database is the truth. Whatever is remembered is used only where the database says, in the same SQL
 * transaction and under its locks, that nobody has changed it since; and nothing of what a transaction did before its commit.
 */
import type { JournalRecord } from '@retap/model';
import type { AccountRow } from './reconcile/account.ts';
import { type Claim, partitionOf } from './reconcile/claim.ts';
import { type Fact, factOfRecord } from './reconcile/fact.ts';

/** A record of this process's last transactions, with the number of its medium. */
export interface RecordedRow {
  readonly receipt: number;
  readonly mediumId: number;
  readonly record: JournalRecord;
}

/** What a transaction recorded; remembered once it is committed. */
export interface Recorded {
  readonly epoch: number;
  readonly rows: readonly RecordedRow[];
  /** Numbers of media that were asked for. */
  readonly media: ReadonlyMap<string, number>;
}

/** Bounds of memory: some 100 bytes a medium, 600 a record, 300 an account. */
const MEDIA_MAX = 1_000_000;
const RECORDS_MAX = 150_000;
const ACCOUNTS_MAX = 250_000;

export class Remembered {
  /** Counts rebuilds, which number media anew. */
  #epoch = -1;
  readonly #media = new Map<string, number>();
  /** By receipt and partition; gone as soon as they are reconciled. */
  readonly #records = new Map<number, Map<number, RecordedRow[]>>();
  #recordCount = 0;
  /** The least recently used first. */
  readonly #accounts = new Map<number, AccountRow>();
  /** Rounds and cursor of each partition when its accounts were last written here. */
  readonly #rounds = new Map<number, string>();

  forget(): void {
    this.#media.clear();
    this.#records.clear();
    this.#recordCount = 0;
    this.#accounts.clear();
    this.#rounds.clear();
  }

  /** Numbers of media, as of an epoch that the database just told. */
  media(epoch: number): ReadonlyMap<string, number> {
    this.#enter(epoch);
    return this.#media;
  }

  /** After the commit of a transaction that recorded all of these receipts. */
  keepRecorded({ epoch, rows, media }: Recorded, receipts: readonly number[]): void {
    this.#enter(epoch);
    for (const [name, id] of media) {
      if (this.#media.size >= MEDIA_MAX) this.#media.clear();
      this.#media.set(name, id);
    }
    // What is remembered already is reconciled first, so that is what stays where there is too much.
    if (this.#recordCount + rows.length > RECORDS_MAX) return;
    this.#recordCount += rows.length;
    for (const receipt of receipts) this.#records.set(receipt, new Map());
    for (const row of rows) {
      const ofReceipt = this.#records.get(row.receipt) as Map<number, RecordedRow[]>;
      const partition = partitionOf(row.mediumId);
      const ofPartition = ofReceipt.get(partition);
      if (ofPartition) ofPartition.push(row);
      else ofReceipt.set(partition, [row]);
    }
  }

  /**
   * What waits for a claim, as far as it is remembered.
   * @returns receipts that are not, of those after the least cursor up to the target
   */
  waiting({ epoch, partitions, from, target }: Claim): { readonly facts: Fact[]; readonly missing: readonly number[] } {
    this.#enter(epoch);
    const missing: number[] = [];
    const facts: Fact[] = [];
    for (let receipt = from + 1; receipt <= target; receipt += 1) {
      const ofReceipt = this.#records.get(receipt);
      if (ofReceipt === undefined) {
        missing.push(receipt);
        continue;
      }
      for (const { id, reconciled } of partitions) {
        if (receipt <= reconciled) continue;
        for (const { record, mediumId } of ofReceipt.get(id) ?? []) facts.push(factOfRecord(record, mediumId));
      }
    }
    return { facts, missing };
  }

  /**
   * Accounts of these media that nobody has written since, taken out: the round changes them, and whether that is what the database
   * has is known at its commit. One that does not come back by {@link keepRound} is read.
   * @param found is given each @returns media whose accounts have to be read
   */
  accounts({ epoch, partitions }: Claim, media: readonly number[], found: (account: AccountRow) => void): number[] {
    this.#enter(epoch);
    const rounds = new Map(partitions.map((partition) => [partition.id, roundOf(partition)]));
    return media.filter((id) => {
      const partition = partitionOf(id);
      const account = this.#rounds.get(partition) === rounds.get(partition) ? this.#accounts.get(id) : undefined;
      if (account === undefined) return true;
      this.#accounts.delete(id);
      found(account);
      return false;
    });
  }

  /** After the commit of a round, which counts one more for each of its partitions. */
  keepRound({ epoch, partitions, target }: Claim, accounts: readonly AccountRow[]): void {
    if (epoch !== this.#epoch) return;
    for (const partition of partitions) {
      const { id, rounds, reconciled } = partition;
      if (this.#rounds.get(id) !== roundOf(partition)) this.#forgetAccounts(id);
      this.#rounds.set(id, roundOf({ rounds: rounds + 1, reconciled: Math.max(reconciled, target) }));
    }
    for (const account of accounts) this.#accounts.set(account.mediumId, account);
    for (const id of this.#accounts.keys()) {
      if (this.#accounts.size <= ACCOUNTS_MAX) break;
      this.#accounts.delete(id);
    }
    for (const [receipt, ofReceipt] of this.#records) {
      if (receipt > target) break;
      for (const { id } of partitions) {
        this.#recordCount -= ofReceipt.get(id)?.length ?? 0;
        ofReceipt.delete(id);
      }
      if (ofReceipt.size === 0) this.#records.delete(receipt);
    }
  }

  /** Others have written to this partition since. */
  #forgetAccounts(partition: number): void {
    if (!this.#rounds.has(partition)) return;
    for (const id of this.#accounts.keys()) if (partitionOf(id) === partition) this.#accounts.delete(id);
  }

  #enter(epoch: number): void {
    if (epoch !== this.#epoch) this.forget();
    this.#epoch = epoch;
  }
}

/** With the cursor, for a process of the version before moves that and counts no rounds. */
function roundOf({ rounds, reconciled }: { readonly rounds: number; readonly reconciled: number }): string {
  return `${rounds} ${reconciled}`;
}
