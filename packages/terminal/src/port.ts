/** What a terminal needs of the world: a medium in its field, a store that keeps bytes, a link, a clock, chance. */
import type { CommitAnswer, MediumAccount, Time } from '@retap/model';

/** A card or phone in the terminal's field (the paper's MTD). One conversation at a time. */
export interface Medium {
  /** The account A as the medium holds it; null if it left before all of it was read. Changes nothing. */
  read(): Promise<MediumAccount | null>;
  /**
   * Replaces the account by A′, all of it or nothing. A medium whose `mediumSerial` is not one below that of A′ was
   * changed since it was read, and declines.
   */
  commit(after: MediumAccount): Promise<CommitAnswer>;
  /** Writes the first account on a medium that has none; a medium that has one declines. */
  open(first: MediumAccount): Promise<CommitAnswer>;
}

/** Why the bytes of a journal could not be kept or read. The words are stable. */
export const JOURNAL_ERROR_CODES = [
  /** No room; nothing was written. */
  'journal-full',
  /** Writing or syncing failed, so that what is on the disk is not known before it is read anew. */
  'journal-failed',
  /** Bytes in the middle are not what was written. Serials may be lost: the terminal must be enrolled anew. */
  'journal-damaged',
  /** It is the journal of another terminal. */
  'journal-foreign',
] as const;
export type JournalErrorCode = (typeof JOURNAL_ERROR_CODES)[number];

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Where a journal's bytes are: a file, a browser's storage, memory. It knows nothing of what they mean. */
export interface JournalStore {
  /** All bytes. Called once, before anything is written. */
  read(): Promise<Uint8Array>;
  /** Cuts the bytes off after `lengthBytes`: what a power cut left of the last append. */
  truncate(lengthBytes: number): Promise<void>;
  /**
   * Adds bytes at the end; resolves when a power cut cannot take them back.
   * @param reserveBytes how much must still fit afterwards; else `journal-full`, and nothing is written
   * @throws JournalError `journal-full`, `journal-failed`
   */
  append(bytes: Uint8Array, reserveBytes: number): Promise<void>;
  /**
   * Puts these bytes in the place of all others: all or nothing, also in a power cut.
   * @throws JournalError `journal-full` (the old bytes stand), `journal-failed`
   */
  replace(bytes: Uint8Array): Promise<void>;
}

/** `acknowledged`: the centre has the batch for ever. `fault`: it may have it or not; the same bytes must go again. */
export type UplinkAnswer = 'acknowledged' | 'fault';

/** The link to the centre. It may break at any moment and then answers `fault`; it never throws for that. */
export interface Uplink {
  send(batch: Uint8Array): Promise<UplinkAnswer>;
}

/** The terminal's wall clock, in milliseconds since the Unix epoch; it may be wrong, and may jump. */
export type Clock = () => Time;
/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;
export type Sleep = (milliseconds: number) => Promise<void>;
