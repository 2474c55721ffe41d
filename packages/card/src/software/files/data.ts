/** Standard and backup data files: bytes. A backup file changes at the commit, a standard file at once. */

import type { FileSettings } from '../state.ts';
import type { Refusal } from '../status.ts';

export interface DataFile extends FileSettings {
  readonly kind: 'standard' | 'backup';
  readonly data: Uint8Array;
}

/** @param length 0: to the end */
export function readData(data: Uint8Array, offset: number, length: number): Uint8Array | Refusal {
  const end = length === 0 ? data.length : offset + length;
  return offset >= data.length || end > data.length ? 'boundary-error' : data.slice(offset, end);
}

export function writeData(file: DataFile, offset: number, bytes: Uint8Array): DataFile | Refusal {
  if (offset + bytes.length > file.data.length) return 'boundary-error';
  const data = file.data.slice();
  data.set(bytes, offset);
  return { ...file, data };
}
