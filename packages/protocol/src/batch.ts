/** Bodies in which records reach the centre: an upload of one terminal, or a piece of journal files. */
import type { JournalRecord, TerminalNumber } from '@retap/model';
import { writeAscii } from './ascii.ts';
import { malformed } from './error.ts';
import { isBlank, parseJournalLine, parseRecord } from './record.ts';
import { writeRecord } from './record-line.ts';
import { integer, isObject, refusal, required, type Shape, shown } from './shape.ts';
import { readSignedBatch } from './signed/payload.ts';

/**
 * How a stored body is to be read. Bodies are kept for ever, so a word, once used, keeps its meaning. `signed` is a whole
 * COSE_Sign1, signature included.
 */
export const BATCH_FORMS = ['batch', 'journal', 'signed'] as const;
export type BatchForm = (typeof BATCH_FORMS)[number];

/** Content type of an uploaded {@link Batch}. */
export const BATCH_CONTENT_TYPE = 'application/json';
export const BATCH_RECORDS_MAX = 100_000;
export const BATCH_BYTES_MAX = 64 * 2 ** 20;

/** Records of one terminal with the serials `from` … `to`, both included. */
export interface Batch {
  readonly terminal: TerminalNumber;
  readonly from: number;
  readonly to: number;
  readonly records: readonly JournalRecord[];
}

/** `position` counts records in a batch, or lines in a journal piece, from 1. */
export interface PositionedRecord {
  readonly position: number;
  readonly record: JournalRecord;
}

/** A record that is left out, and why; the others are not affected. */
export interface RejectedRecord {
  readonly position: number;
  readonly reason: string;
}

export interface ParsedBody {
  readonly records: readonly PositionedRecord[];
  readonly rejected: readonly RejectedRecord[];
}

export interface ParsedBatch extends ParsedBody {
  readonly terminal: TerminalNumber;
  readonly from: number;
  readonly to: number;
}

/** The bytes of an upload. Equal batches give equal bytes, so that a repeat can be recognised. */
export function encodeBatch({ terminal, from, to, records }: Batch): Uint8Array {
  if (from > to || records.length > BATCH_RECORDS_MAX) {
    throw new RangeError(`not a batch: serials ${from} to ${to}, ${records.length} records`);
  }
  let room: Uint8Array = ROOM;
  let at = writeAscii(`{"terminal":${terminal},"from":${from},"to":${to},"records":[`, room, 0);
  for (const record of records) {
    if (strayReason(record, terminal, from, to) !== null) {
      throw new RangeError(`record ${record.terminal}-${record.serial} is not of this batch`);
    }
    let end = writeRecord(record, room, at);
    while (end + END_BYTES > room.length) {
      room = withRoom(room, at);
      end = writeRecord(record, room, at);
    }
    room[end] = COMMA;
    at = end + 1;
  }
  // The last comma goes.
  if (records.length > 0) at -= 1;
  return room.slice(0, writeAscii(']}', room, at));
}

const COMMA = 0x2c;
/** What follows a record at most: a comma, and the end. */
const END_BYTES = 3;
/** What most batches fit into. Written and copied from within one call, so that any number of terminals share it. */
const ROOM = new Uint8Array(2 ** 16);

/** Twice as much, with the bytes before `at` in it. */
function withRoom(room: Uint8Array, at: number): Uint8Array {
  const more = new Uint8Array(2 * room.length);
  more.set(room.subarray(0, at));
  return more;
}

const NUMBER = integer(1, 2 ** 31 - 1, 'from 1 to 2^31-1');
const BATCH: Shape = [
  required('terminal', NUMBER),
  required('from', NUMBER),
  required('to', NUMBER),
  required('records', (holder, key) =>
    Array.isArray(holder[key]) ? null : `"records" must be a list, not ${shown(holder[key])}`,
  ),
];

/**
 * Parses an upload. A record that is bad, of another terminal or outside `from` … `to` is rejected, the rest goes on.
 * @throws ProtocolError `batch-malformed` where the body is not one whole batch.
 */
export function parseBatch(bytes: Uint8Array): ParsedBatch {
  const value = parseJson(bytes);
  if (!isObject(value))
    throw malformed(`it must be an object with terminal, from, to and records, not ${shown(value)}`);
  const reason = refusal(BATCH, value, '');
  if (reason !== null) throw malformed(reason);
  const { terminal, from, to, records } = value as { terminal: number; from: number; to: number; records: unknown[] };
  if (from > to) throw malformed(`"from" ${from} is greater than "to" ${to}`);
  if (records.length > BATCH_RECORDS_MAX) {
    throw malformed(`it has ${records.length} records; send at most ${BATCH_RECORDS_MAX} at a time`);
  }
  return { terminal, from, to, ...sorted(records, terminal, from, to) };
}

function sorted(values: readonly unknown[], terminal: TerminalNumber, from: number, to: number): ParsedBody {
  const records: PositionedRecord[] = [];
  const rejected: RejectedRecord[] = [];
  values.forEach((value, index) => {
    const position = index + 1;
    const parsed = parseRecord(value);
    const reason = 'reason' in parsed ? parsed.reason : strayReason(parsed.record, terminal, from, to);
    if (reason !== null) rejected.push({ position, reason });
    else if ('record' in parsed) records.push({ position, record: parsed.record });
  });
  return { records, rejected };
}

function strayReason(record: JournalRecord, terminal: TerminalNumber, from: number, to: number): string | null {
  if (record.terminal !== terminal) return `record of terminal ${record.terminal} in a batch of terminal ${terminal}`;
  if (record.serial < from || record.serial > to) return `serial ${record.serial} is outside ${from} to ${to}`;
  return null;
}

/**
 * Parses a piece of journals, of any terminals: one record a line, blank lines ignored, a byte-order mark at the start
 * ignored. @throws ProtocolError `batch-malformed` where the piece is too large.
 */
export function parseJournalPiece(bytes: Uint8Array): ParsedBody {
  requireSize(bytes);
  const records: PositionedRecord[] = [];
  const rejected: RejectedRecord[] = [];
  linesOf(bytes).forEach((line, index) => {
    const position = index + 1;
    if (line === null) rejected.push({ position, reason: NOT_UTF8 });
    else if (!isBlank(line)) {
      const parsed = parseJournalLine(line);
      if ('record' in parsed) records.push({ position, record: parsed.record });
      else rejected.push({ position, reason: parsed.reason });
    }
  });
  return { records, rejected };
}

/** Reason for a line of a journal whose bytes are no text. */
export const NOT_UTF8 = 'not UTF-8 text';

/** The lines of a piece; null for one that is not UTF-8. */
function linesOf(bytes: Uint8Array): (string | null)[] {
  const whole = decoded(bytes);
  if (whole !== null) return whole.split('\n');
  const lines: (string | null)[] = [];
  let start = 0;
  while (start <= bytes.length) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    const line = decoded(bytes.subarray(start, end), { ignoreBOM: start > 0 });
    lines.push(line);
    start = end + 1;
  }
  return lines;
}

/**
 * Reads a body of a form; of a signed one the signature is not looked at, as that was done before it was stored.
 * @throws ProtocolError `batch-malformed` where the body is not one whole body of its form; `terminal-mismatch`
 */
export function readBody(form: BatchForm, bytes: Uint8Array): ParsedBody {
  if (form === 'signed') return readSignedBatch(bytes);
  return form === 'batch' ? parseBatch(bytes) : parseJournalPiece(bytes);
}

function parseJson(bytes: Uint8Array): unknown {
  requireSize(bytes);
  const body = decoded(bytes);
  if (body === null) throw malformed('it is not UTF-8 text');
  try {
    return JSON.parse(body);
  } catch {
    throw malformed(`its ${bytes.length} bytes are not one whole JSON object, it was cut off or damaged on the way`);
  }
}

function requireSize(bytes: Uint8Array): void {
  if (bytes.length > BATCH_BYTES_MAX) {
    throw malformed(`it has ${bytes.length} bytes; send at most ${BATCH_BYTES_MAX} at a time`);
  }
}

/** The text, or null where the bytes are not UTF-8: replacing them silently would alter a record. */
function decoded(bytes: Uint8Array, options: { readonly ignoreBOM?: boolean } = {}): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: options.ignoreBOM ?? false }).decode(bytes);
  } catch {
    return null;
  }
}
