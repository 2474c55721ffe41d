/** Batches as people look at them: what came, what of it was left out and why, and whether it would be now (docs/console.md). */
import type { RecordIdentity, TerminalNumber, Time } from '@retap/model';
import type { BatchForm } from '@retap/protocol';
import type { RawBytes } from '../records/port.ts';

export interface BatchLine {
  readonly receipt: number;
  readonly receivedAt: Time;
  readonly form: BatchForm;
  /** Whose it is; null of a piece of journals, and where none of its records was new. */
  readonly terminal: TerminalNumber | null;
  /** Records read from it, new or not. */
  readonly accepted: number;
  readonly quarantined: number;
  /** Bytes that are kept of it. */
  readonly size: number;
}

export interface BatchQuery {
  /** Only those of which something was left out. */
  readonly isQuarantined?: boolean | undefined;
  /** Only smaller receipts. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface QuarantinedLine {
  /** Counts records in the batch, or lines in the journal piece, from 1. */
  readonly position: number;
  readonly reason: string;
  /** The line as it was received; null where the form packs records together. */
  readonly raw: RawBytes | null;
}

export interface BatchDetail extends BatchLine {
  /** SHA-256 of form and body, in hexadecimal digits. */
  readonly digest: string;
  /** Bytes of the body as it was received. */
  readonly receivedSize: number;
  /** Records that stand by this batch: it was the first to bring them. */
  readonly standing: number;
  /** The first and last of these, by terminal and serial. */
  readonly first: RecordIdentity | null;
  readonly last: RecordIdentity | null;
  /** Records that contradict one that was received before. At most 100. */
  readonly conflicts: readonly (RecordIdentity & { readonly position: number })[];
  /** At most 100, by position. */
  readonly left: readonly QuarantinedLine[];
}

/** What this version makes of a record that was left out. */
export interface ReadAgain {
  readonly position: number;
  /** Why it was left out then. */
  readonly reason: string;
  /** Why it would be left out now; null: it would be read. */
  readonly now: string | null;
  /** Which record it is, where it is read. */
  readonly record: RecordIdentity | null;
  /** A rebuild has applied it already. */
  readonly stands: boolean;
}

/** @property reason why the whole body is no batch any more: a mistake of this version */
export type BatchReading =
  | { readonly outcome: 'read'; readonly accepted: number; readonly records: readonly ReadAgain[] }
  | { readonly outcome: 'unreadable'; readonly reason: string };

export interface Batches {
  /** The newest first. */
  batches(query: BatchQuery): Promise<readonly BatchLine[]>;
  batch(receipt: number): Promise<BatchDetail | null>;
  /** Reads the stored bytes with this version, and changes nothing. At most 1,000 of the records left out. */
  read(receipt: number): Promise<BatchReading | null>;
}
