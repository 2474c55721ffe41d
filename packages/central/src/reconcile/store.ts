/**
 * What reconciling asks of the stored records, and what it writes: one port, so that the same decisions run over SQL and over
 * memory. Whatever is asked is answered for the records of the round and before it; a later one decides what came after.
 * Facts are copies: what is decided of them is stored by writing it, and by nothing else.
 */
import type { RecordIdentity } from '@retap/model';
import type { AccountRow, Place } from './account.ts';
import type { Changes } from './changes.ts';
import type { Evidence, Fact, Moment } from './fact.ts';
import type { ProductKey, ProductRow } from './products.ts';

/** What a medium's own log said, as far as the rules ask. */
export interface LogRow {
  readonly mediumId: number;
  readonly terminal: number;
  readonly serial: number;
  readonly lastTime: number;
  readonly log: readonly { readonly time: number; readonly terminal: number }[];
}

/** Where to look from, in a medium whose root is known or not, and between which times it has records at all. */
export interface Search extends Moment {
  readonly root: Place | null;
  readonly firstTime: number;
  readonly maxTime: number;
  /** Time of its last transaction that went straight; −1 without any. */
  readonly lastStraight: number;
}

/** Times of a medium, both included. */
export interface Stretch {
  readonly mediumId: number;
  readonly from: number;
  readonly to: number;
}

export interface ReconcileStore {
  accounts(media: readonly number[]): Promise<AccountRow[]>;
  /** Evidence of this round that does not go straight. Precedes whatever is asked about its media. */
  setAside(evidence: readonly Evidence[]): Promise<void>;
  /** Opens and transactions of these times. */
  at(moments: readonly Moment[]): Promise<Fact[]>;
  /** Evidence that read these times as the last commit's. */
  reading(searches: readonly Search[]): Promise<Fact[]>;
  /** The greatest time of a node before each of these moments, or the smallest after. What is effective must be written. */
  neighbours(
    direction: 'before' | 'after',
    searches: readonly Search[],
  ): Promise<readonly (Moment & { readonly found: number | null })[]>;
  /** Logs with entries on both sides of a moment. */
  logsAround(moments: readonly Moment[]): Promise<LogRow[]>;
  logsOf(evidence: readonly RecordIdentity[]): Promise<LogRow[]>;
  /** Transactions that did not report a commit. */
  doubtsWithin(stretches: readonly Stretch[]): Promise<Fact[]>;
  /** Evidence in order, not effective, that read a commit before or at one of these moments and is of then or later. */
  idleAround(moments: readonly Moment[]): Promise<Fact[]>;
  /** Effective transactions in order that end within `(lastTime, time]` of one of these. */
  endingWithin(spans: readonly Evidence[]): Promise<Fact[]>;
  /** Of each moment the first effective transaction in order that is later. */
  nextAfter(searches: readonly Search[]): Promise<Fact[]>;
  /** Members of clones, in order, whose interval `[lastTime, time]` has one of these moments in it. */
  clonesAround(moments: readonly Moment[]): Promise<Fact[]>;
  /** Effective transactions with the commit counter of one of these. */
  sharingSerial(evidence: readonly Evidence[]): Promise<Fact[]>;
  clonesOf(media: readonly number[]): Promise<Fact[]>;
  /** As they are kept, with their uses. */
  products(keys: readonly ProductKey[]): Promise<ProductRow[]>;
  /** What these purchases bought, with no uses. */
  purchases(purchases: readonly RecordIdentity[]): Promise<ProductRow[]>;
  /** All of these products, in order of `(time, terminal, serial)`, with no uses. */
  effectivePurchases(keys: readonly ProductKey[]): Promise<ProductRow[]>;
  /** All of these products, in order of `(time, terminal, serial)`. */
  effectiveValidations(keys: readonly ProductKey[]): Promise<Fact[]>;
  /** Evidence that did not report a commit, with what is concluded of it: kept, or kept anew. */
  writeUncommitted(evidence: readonly Fact[]): Promise<void>;
  /** What is gone goes first: a condition that is found again is both gone and there. */
  write(changes: Changes): Promise<void>;
}
