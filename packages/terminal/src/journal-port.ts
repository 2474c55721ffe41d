/** What a journal needs of the world: a store that keeps bytes in segments, a hash, and, to be unreadable at rest, a sealer. */

/** Why the bytes of a journal could not be kept or read. The words are stable. */
export const JOURNAL_ERROR_CODES = [
  /** No room; nothing was written. */
  'journal-full',
  /** Writing or syncing failed, so that what is on the disk is not known before it is read anew. */
  'journal-failed',
  /** Bytes are not what was written, or do not open with this key. Serials may be lost: the terminal must be enrolled anew. */
  'journal-damaged',
  /** It is the journal of another terminal. */
  'journal-foreign',
  /** Another process has it open. */
  'journal-locked',
  /** Others than its owner may read or write it. */
  'journal-permissions',
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

/**
 * Where a journal's bytes are: a directory, a browser's storage, memory. It knows nothing of what they mean. Segments are
 * numbered from 1. Every method resolves when a power cut can no longer undo what it did.
 */
export interface JournalStore {
  /** Numbers of the segments, ascending. */
  list(): Promise<number[]>;
  /** All bytes of a segment. @throws JournalError `journal-failed` */
  read(segment: number): Promise<Uint8Array>;
  /**
   * A new segment with its first bytes: there as a whole, or not at all, also in a power cut.
   * @throws JournalError `journal-full` (there is no new segment), `journal-failed`
   */
  create(segment: number, bytes: Uint8Array): Promise<void>;
  /**
   * Adds bytes at a segment's end. They are its own only until it resolves: others are written in the same place then.
   * @param reserveBytes how much must still fit on the store afterwards; else `journal-full`, and nothing is written
   * @throws JournalError `journal-full`, `journal-failed`
   */
  append(segment: number, bytes: Uint8Array, reserveBytes: number): Promise<void>;
  /** Cuts a segment off after `lengthBytes`: what a power cut left of the last append. @throws JournalError `journal-failed` */
  truncate(segment: number, lengthBytes: number): Promise<void>;
  /** @throws JournalError `journal-failed` */
  remove(segment: number): Promise<void>;
}

/** SHA-256 (FIPS 180-4). @returns 32 bytes */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Authenticated encryption under a key of this terminal; what it needs to be never the same twice is in the sealed bytes. */
export interface Sealer {
  /** @param associated where the bytes belong: sealed for one place, they open at no other */
  seal(plain: Uint8Array, associated: Uint8Array): Uint8Array;
  /** @returns null where the key is another one, the bytes were altered, or they belong elsewhere */
  open(sealed: Uint8Array, associated: Uint8Array): Uint8Array | null;
}

/** @param what is not as it was written */
export function damaged(what: string): JournalError {
  const advice = 'enrol the terminal anew, under a new number';
  return new JournalError('journal-damaged', `the journal is damaged: ${what}; ${advice}`);
}

/** Nothing need be wrong with it: to enrol anew would give up what waits in it. */
export function otherKey(segment: number): JournalError {
  const advice =
    'open it with the key store it was written with; only if that is lost, enrol the terminal anew, under a new number';
  return new JournalError(
    'journal-damaged',
    `segment ${segment} does not open: it was sealed by another key, or altered; ${advice}`,
  );
}
