/** Cuts the text of a journal into lines, and gathers lines into pieces. */
import { Buffer, isUtf8 } from 'node:buffer';
import type { JournalRecord } from '@retap/model';
import { NOT_UTF8 } from './batch.ts';
import { isBlank, parseJournalLine } from './record.ts';

/** A line that is no record, and why; lines count from 1. */
export interface RejectedLine {
  readonly line: number;
  readonly reason: string;
}

/** Some lines of a journal that follow one another. */
export interface JournalPiece {
  /** Number of the first line that this piece covers, from 1. */
  readonly firstLine: number;
  /** The lines that are records, as they stood in the file, joined with \n: a body of form `journal`, free of bad lines. */
  readonly body: Uint8Array;
  /** The records of `body`, in order. */
  readonly records: readonly JournalRecord[];
  readonly rejected: readonly RejectedLine[];
  /** Bytes of the file taken in so far (compressed ones, if it is compressed): how far reading has come. */
  readonly bytesRead: number;
}

/** A record takes a few kilobytes at most; what is longer is no journal line, and is not kept in memory. */
const LINE_BYTES_MAX = 2 ** 20;
const TOO_LONG = 'longer than 1 MiB';
/** Well below what one body may hold, even if the last line added is of the greatest length. */
const PIECE_BYTES_MAX = 16 * 2 ** 20;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type Piece = Omit<JournalPiece, 'bytesRead'>;

export class JournalPieces {
  readonly #recordsMax: number;
  /** Lines ended so far. */
  #lines = 0;
  /** The line under way, in the parts in which it came; null once it is too long to be kept. */
  #parts: Uint8Array[] | null = [];
  #partsBytes = 0;
  #firstLine = 1;
  #texts: string[] = [];
  #textsBytes = 0;
  #records: JournalRecord[] = [];
  #rejected: RejectedLine[] = [];

  constructor(recordsMax: number) {
    if (!Number.isInteger(recordsMax) || recordsMax < 1) throw new RangeError(`recordsMax ${recordsMax} is no count`);
    this.#recordsMax = recordsMax;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Takes the next bytes; yields the pieces that are full. */
  *add(block: Uint8Array): Generator<Piece, void, undefined> {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      if (this.#parts?.length === 0) this.#endLine(bytes.subarray(start, end));
      else this.#endParts(bytes.subarray(start, end));
      start = end + 1;
      if (this.#isFull()) yield* this.rest();
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  /** Takes the last line, which needs no end, and yields what is left. */
  *end(): Generator<Piece, void, undefined> {
    if (this.#partsBytes > 0) this.#endParts(Buffer.alloc(0));
    yield* this.rest();
  }

  /** Yields what is left, less the line under way. */
  *rest(): Generator<Piece, void, undefined> {
    if (this.#records.length + this.#rejected.length > 0) {
      const body = new TextEncoder().encode(this.#texts.join('\n'));
      yield { firstLine: this.#firstLine, body, records: this.#records, rejected: this.#rejected };
    }
    this.#firstLine = this.#lines + 1;
    this.#texts = [];
    this.#textsBytes = 0;
    this.#records = [];
    this.#rejected = [];
  }

  #isFull(): boolean {
    const count = this.#records.length + this.#rejected.length;
    return count >= this.#recordsMax || this.#textsBytes >= PIECE_BYTES_MAX;
  }

  #keep(part: Uint8Array): void {
    this.#partsBytes += part.length;
    if (this.#partsBytes > LINE_BYTES_MAX) this.#parts = null;
    // A copy: the reader may fill the same memory again with the next block.
    else this.#parts?.push(new Uint8Array(part));
  }

  #endParts(part: Uint8Array): void {
    this.#keep(part);
    const parts = this.#parts;
    this.#parts = [];
    this.#partsBytes = 0;
    this.#endLine(parts === null ? null : Buffer.concat(parts));
  }

  /** Counts a line and files it as record, rejected or blank; null is a line too long to have been kept. */
  #endLine(bytes: Buffer | null): void {
    this.#lines += 1;
    const line = bytes === null ? { reason: TOO_LONG } : textOf(bytes, this.#lines === 1);
    if ('reason' in line) this.#rejected.push({ line: this.#lines, reason: line.reason });
    else if (!isBlank(line.text)) this.#parse(line.text);
  }

  #parse(text: string): void {
    const parsed = parseJournalLine(text);
    if ('reason' in parsed) this.#rejected.push({ line: this.#lines, reason: parsed.reason });
    else {
      this.#records.push(parsed.record);
      this.#texts.push(text);
      this.#textsBytes += text.length;
    }
  }
}

/** The text of a line, without CR and, on the first line, byte-order mark; or why it has none. */
function textOf(bytes: Buffer, first: boolean): { readonly text: string } | { readonly reason: string } {
  if (bytes.length > LINE_BYTES_MAX) return { reason: TOO_LONG };
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  const text = bytes.toString('utf8', 0, end);
  // Decoding replaces what is not UTF-8 by U+FFFD, which may also stand there rightly.
  if (text.includes('\ufffd') && !isUtf8(bytes)) return { reason: NOT_UTF8 };
  return { text: first && text.startsWith('\ufeff') ? text.slice(1) : text };
}
