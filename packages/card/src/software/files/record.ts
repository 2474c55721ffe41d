/**
 * Record files, linear (full is full) and cyclic (the newest replaces the oldest). A cyclic file keeps one slot spare, so that
 * a record that is being written never costs the oldest one before the commit.
 */

import type { FileSettings } from '../state.ts';
import type { Refusal } from '../status.ts';

export interface RecordFile extends FileSettings {
  readonly kind: 'linear' | 'cyclic';
  readonly recordBytes: number;
  /** Slots; a cyclic file shows one fewer. */
  readonly slots: number;
  /** Records appended since the file was created or cleared. Record n is in slot n mod `slots`. */
  readonly appended: number;
  readonly data: Uint8Array;
}

/** A record file in a transaction. */
export interface RecordChange {
  readonly kind: 'record';
  /** As it is. */
  readonly file: RecordFile;
  readonly isCleared: boolean;
  /** The one record that is being written, by one or several commands. */
  readonly record: Uint8Array | null;
}

/** Records that can be read. */
export function recordCount(file: RecordFile): number {
  return Math.min(file.appended, file.kind === 'cyclic' ? file.slots - 1 : file.slots);
}

/** Oldest first. @param newest records to leave out, counted from the newest @param count 0: all before those */
export function readRecords(file: RecordFile, newest: number, count: number): Uint8Array | Refusal {
  const available = recordCount(file) - newest;
  if (available <= 0 || count > available) return 'boundary-error';
  const taken = count === 0 ? available : count;
  const records = new Uint8Array(taken * file.recordBytes);
  for (let index = 0; index < taken; index += 1) {
    const slot = (file.appended - newest - taken + index) % file.slots;
    const from = slot * file.recordBytes;
    records.set(file.data.subarray(from, from + file.recordBytes), index * file.recordBytes);
  }
  return records;
}

export function writeRecord(change: RecordChange, offset: number, bytes: Uint8Array): RecordChange | Refusal {
  const { file } = change;
  // Cleared and not committed yet: what it will hold is not known, so the card refuses until then.
  if (change.isCleared) return 'permission-denied';
  if (offset + bytes.length > file.recordBytes) return 'boundary-error';
  if (file.kind === 'linear' && file.appended === file.slots) return 'boundary-error';
  const record = change.record?.slice() ?? new Uint8Array(file.recordBytes);
  record.set(bytes, offset);
  return { ...change, record };
}

/** The file as the commit leaves it. */
export function committedRecords(change: RecordChange): RecordFile {
  const { file, record } = change;
  if (change.isCleared) return { ...file, appended: 0 };
  if (record === null) return file;
  const data = file.data.slice();
  data.set(record, (file.appended % file.slots) * file.recordBytes);
  return { ...file, data, appended: file.appended + 1 };
}
