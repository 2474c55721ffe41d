/** The bytes in which a record was received. */
import type { JournalRecord, RecordIdentity } from '@retap/model';
import { type BatchForm, formatRecord, readBody } from '@retap/protocol';
import type { RawBytes } from './port.ts';

/** More of them nobody reads, and a browser would stand still. */
const BYTES_SHOWN_MAX = 16 * 2 ** 10;

export interface FoundInBody {
  readonly record: JournalRecord;
  readonly position: number;
  readonly raw: RawBytes;
}

/** Null where the body has no such record. @param body as it was received */
export function foundInBody(
  form: BatchForm,
  body: Uint8Array,
  { terminal, serial }: RecordIdentity,
): FoundInBody | null {
  const found = readBody(form, body).records.find(
    ({ record }) => record.terminal === terminal && record.serial === serial,
  );
  if (!found) return null;
  const entry = form === 'signed' ? null : entryOf(form, body, found.position, found.record);
  return { ...found, raw: entry ? rawOf('entry', entry) : rawOf('batch', body) };
}

export function rawOf(of: RawBytes['of'], bytes: Uint8Array): RawBytes {
  const hex = Buffer.from(bytes.subarray(0, BYTES_SHOWN_MAX)).toString('hex').toUpperCase();
  return { of, hex, size: bytes.length };
}

/** Null where the record is written otherwise than we would: then only the whole body shows it. */
function entryOf(form: BatchForm, body: Uint8Array, position: number, record: JournalRecord): Uint8Array | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (form === 'journal') return lineAt(bytes, position);
  const text = formatRecord(record);
  const at = bytes.indexOf(text);
  return at === -1 ? null : bytes.subarray(at, at + Buffer.byteLength(text));
}

/** A line of a piece of a journal, counted from 1. */
export function lineAt(bytes: Buffer, position: number): Buffer | null {
  let start = 0;
  for (let line = 1; line < position; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) return null;
    start = end + 1;
  }
  const end = bytes.indexOf(0x0a, start);
  return bytes.subarray(start, end === -1 ? bytes.length : end);
}
