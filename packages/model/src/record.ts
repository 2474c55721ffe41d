/** Journal records: what a terminal writes down and the centre receives (spec, "Records"). */
import type { Amount } from './amount.ts';

/** Milliseconds since the Unix epoch, by a terminal's clock; 0 … 2⁴⁸−1. */
export type Time = number;
/** The number a terminal was enrolled under; 1 … 2³¹−1. */
export type TerminalNumber = number;
/** Name of a card or phone (the paper's MTD, c). */
export type MediumName = string;

/** The four transaction types, f (paper section 3.2). */
export const TRANSACTION_TYPES = ['refill', 'debit', 'purchase', 'validation'] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

/** Commit status s as the terminal saw it, eq. (8). */
export const COMMIT_STATUSES = ['successful', 'unsuccessful', 'unverified'] as const;
export type CommitStatus = (typeof COMMIT_STATUSES)[number];

/** Identity of a record: `serial` counts 1, 2, 3, … without holes on its terminal. */
export interface RecordIdentity {
  readonly terminal: TerminalNumber;
  readonly serial: number;
}

/** A product p bought by a `purchase`; `id` is unique on its medium. */
export interface Product {
  readonly id: string;
  readonly code: string;
  readonly validFrom?: Time;
  readonly validUntil?: Time;
  readonly maxUses?: number;
}

/** One line of the medium's own log, as a terminal read it. */
export interface LogEntry {
  readonly time: Time;
  readonly terminal: TerminalNumber;
  readonly amount: Amount;
  readonly balance: Amount;
  readonly mediumSerial?: number;
}

/** The medium's own proof of a commit; checked by the centre with a key that no terminal has. */
export interface CommitProof {
  readonly counter: number;
  readonly mac: string;
  readonly previousReader?: string;
}

/** Initialises a medium: the first `lastTime` and `lastTerminal` of its chain. */
export interface OpenRecord extends RecordIdentity {
  readonly type: 'open';
  readonly medium: MediumName;
  readonly time: Time;
  readonly amount: Amount;
  readonly balance: Amount;
  readonly status: 'successful';
}

/** What every record but `open` says of the medium as it was read: L and Z, the last commit's time and terminal. */
interface Reading extends RecordIdentity {
  readonly medium: MediumName;
  readonly time: Time;
  readonly lastTime: Time;
  readonly lastTerminal: TerminalNumber;
  readonly balance: Amount;
  readonly mediumSerial?: number;
  readonly log?: readonly LogEntry[];
}

interface TransactionBase extends Reading {
  readonly amount: Amount;
  readonly status: CommitStatus;
  readonly proof?: CommitProof;
  readonly action?: { readonly serial: number; readonly kind: string };
  readonly reason?: string;
  readonly counterparty?: string;
  readonly refersTo?: RecordIdentity;
}

export interface RefillRecord extends TransactionBase {
  readonly type: 'refill';
}
export interface DebitRecord extends TransactionBase {
  readonly type: 'debit';
}
export interface PurchaseRecord extends TransactionBase {
  readonly type: 'purchase';
  readonly product: Product;
}
export interface ValidationRecord extends TransactionBase {
  readonly type: 'validation';
  readonly productId: string;
}
/** A terminal read a medium and changed nothing: evidence, never a change. */
export interface ObservationRecord extends Reading {
  readonly type: 'observation';
}

export type TransactionRecord = RefillRecord | DebitRecord | PurchaseRecord | ValidationRecord;
/** Whatever says what a medium's last commit was. */
export type EvidenceRecord = TransactionRecord | ObservationRecord;
export type JournalRecord = OpenRecord | EvidenceRecord;

export function isTransaction(record: JournalRecord): record is TransactionRecord {
  return record.type !== 'open' && record.type !== 'observation';
}

export function isEvidence(record: JournalRecord): record is EvidenceRecord {
  return record.type !== 'open';
}

/** Identity as text, for maps and messages: `17-4711`. */
export function identityOf(record: RecordIdentity): string {
  return `${record.terminal}-${record.serial}`;
}

/** Order of nodes: `(time, terminal, serial)` (spec, definition 6). */
export function byTime(a: RecordIdentity & { time: Time }, b: RecordIdentity & { time: Time }): number {
  return a.time - b.time || a.terminal - b.terminal || a.serial - b.serial;
}

/** Order of `(terminal, serial)`. */
export function byIdentity(a: RecordIdentity, b: RecordIdentity): number {
  return a.terminal - b.terminal || a.serial - b.serial;
}

/** Order of strings by Unicode code point, as the report and the database (collation "C") have it. */
export function byCodePoint(a: string, b: string): number {
  // Comparing UTF-16 units differs from code points only above U+FFFF, which no name of ours may hold.
  return a < b ? -1 : a > b ? 1 : 0;
}
