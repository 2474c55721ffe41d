/** Journals as files: opened with clear errors, streamed in pieces, plain or gzip. Needs Node; all else here does not. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ProtocolError, type ProtocolErrorCode } from './error.ts';
import { GzipFault, plainBytes } from './gzip.ts';
import { type JournalPiece, JournalPieces } from './journal-pieces.ts';

export type { JournalPiece, RejectedLine } from './journal-pieces.ts';

export interface ReadJournalOptions {
  /** Most lines, records and rejected ones together, in a piece; 10,000 unless given. */
  readonly recordsMax?: number;
}

/**
 * Streams a journal. gzip is recognised by content, also of several members; a byte-order mark at the start is ignored,
 * CRLF is fine, the last line needs no end. Lines that are no records, not UTF-8 or longer than 1 MiB are rejected and
 * reading goes on; memory is bounded by a piece whatever the file holds.
 * @throws ProtocolError `journal-truncated`, `journal-damaged`, `journal-unreadable` or `journal-is-directory`, after
 * the pieces that could be read were given out.
 */
export async function* readJournal(
  source: AsyncIterable<Uint8Array> | Readable,
  options: ReadJournalOptions = {},
): AsyncGenerator<JournalPiece, void, undefined> {
  const pieces = new JournalPieces(options.recordsMax ?? 10_000);
  let bytesRead = 0;
  const counted = counting(source, (length) => {
    bytesRead += length;
  });
  try {
    for await (const block of plainBytes(counted)) {
      for (const piece of pieces.add(block)) yield { ...piece, bytesRead };
    }
  } catch (error) {
    const fault = journalFault(error, `after line ${pieces.lines}`);
    // The line under way was cut off where reading broke; those before it are whole.
    for (const piece of pieces.rest()) yield { ...piece, bytesRead };
    throw fault;
  }
  for (const piece of pieces.end()) yield { ...piece, bytesRead };
}

export interface JournalFile {
  readonly bytes: Readable;
  /** Bytes in the file, to compare `bytesRead` with; null for what has no size, as a pipe. */
  readonly size: number | null;
}

/**
 * Opens a journal for {@link readJournal}.
 * @throws ProtocolError `journal-not-found`, `journal-is-directory`, `journal-forbidden` or `journal-unreadable`.
 */
export async function openJournal(path: string): Promise<JournalFile> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw journalFault(error, path);
  });
  const found = await handle.stat();
  if (found.isDirectory()) {
    await handle.close();
    throw journalFault({ code: 'EISDIR' }, path);
  }
  return { bytes: handle.createReadStream(), size: found.isFile() ? found.size : null };
}

async function* counting(
  source: AsyncIterable<Uint8Array>,
  onRead: (length: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of source) {
    onRead(bytes.length);
    yield bytes;
  }
}

const FAULTS: Readonly<Record<string, readonly [ProtocolErrorCode, string]>> = {
  ENOENT: ['journal-not-found', 'no such file; check the name'],
  ENOTDIR: ['journal-not-found', 'no such file; check the name'],
  EISDIR: ['journal-is-directory', 'is a directory; name the journal files in it'],
  EACCES: ['journal-forbidden', 'may not be read by this user; check its permissions'],
  EPERM: ['journal-forbidden', 'may not be read by this user; check its permissions'],
  'gzip-truncated': ['journal-truncated', 'the gzip stream ends early; get the whole file again'],
  'gzip-damaged': ['journal-damaged', 'the gzip stream is damaged; get the file again'],
};

/** The fault in the protocol's words; what is no fault of the file but our own mistake is thrown on as it is. */
function journalFault(error: unknown, where: string): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const cause = error instanceof GzipFault ? error.cause : error;
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== 'string') throw error;
  const [word, advice] = FAULTS[code] ?? ['journal-unreadable', `cannot be read (${code})`];
  return new ProtocolError(word, `${where}: ${advice}`, { cause });
}
