/** ReadData, WriteData. BD and 3D chain by AF, AD and 8D by ISO/IEC 14443-4 (MF2DLHX0 section 11.8). */
import { concat, fromLittleEndian, toLittleEndian } from '../../bytes.ts';
import type { CommMode } from '../../messaging.ts';
import { type DataFile, readData, writeData } from '../files/data.ts';
import { type TransactionMacFile, transactionMacData } from '../files/transaction-mac-file.ts';
import { transactionMacFileOf, withFiles } from '../state.ts';
import { DONE, isRefusal, type Refusal } from '../status.ts';
import { accessMode, targetFile } from './access.ts';
import type { CardContext, Command } from './command.ts';

/** file 1, offset 3, length 3 */
const HEADER_BYTES = 7;

interface Range {
  readonly file: number;
  readonly offset: number;
  readonly length: number;
}

export function rangeOf(header: Uint8Array): Range {
  const [file = 0] = header;
  return { file, offset: fromLittleEndian(header.subarray(1, 4)), length: fromLittleEndian(header.subarray(4, 7)) };
}

/** A command of the selected application enters the transaction MAC where there is one. */
export function proves(card: CardContext): boolean {
  return card.application !== null && transactionMacFileOf(card.application) !== undefined;
}

function readCommand(code: number, isAnsweredWhole: boolean): Command {
  return {
    code,
    headerBytes: HEADER_BYTES,
    isAnsweredWhole,
    mode: (card, [file = 0]) =>
      accessMode(card, file, ['standard', 'backup', 'transaction-mac'], ['read', 'readWrite']),
    run(card, header, data) {
      const range = rangeOf(header);
      const file = targetFile(card, range.file, 'standard', 'backup', 'transaction-mac');
      if (isRefusal(file)) return file;
      if (data.length > 0) return 'length-error';
      const bytes = readData(contentOf(file), range.offset, range.length);
      if (!isRefusal(bytes) && file.kind !== 'transaction-mac' && proves(card)) {
        // Length 0 reads to the end: the real length is what is proved.
        card.transaction.input.add(code, concat(header.subarray(0, 4), toLittleEndian(bytes.length, 3)), bytes);
      }
      return bytes;
    },
  };
}

function contentOf(file: DataFile | TransactionMacFile): Uint8Array {
  return file.kind === 'transaction-mac' ? transactionMacData(file) : file.data;
}

function writeMode(card: CardContext, [file = 0]: Uint8Array): CommMode | Refusal {
  return accessMode(card, file, ['standard', 'backup'], ['write', 'readWrite']);
}

function writeCommand(code: number, isChained: boolean): Command {
  return {
    code,
    headerBytes: HEADER_BYTES,
    mode: writeMode,
    ...(isChained ? { chainedBytes: (header: Uint8Array) => rangeOf(header).length } : {}),
    run(card, header, data) {
      const range = rangeOf(header);
      const file = targetFile(card, range.file, 'standard', 'backup');
      if (isRefusal(file)) return file;
      if (data.length !== range.length || data.length === 0) return 'length-error';
      const refusal =
        file.kind === 'standard'
          ? writeNow(card, file, range.offset, data)
          : writeLater(card, file, range.offset, data);
      if (refusal === null && proves(card)) card.transaction.input.add(code, header, data);
      return refusal ?? DONE;
    },
  };
}

function writeNow(card: CardContext, file: DataFile, offset: number, data: Uint8Array): Refusal | null {
  const written = writeData(file, offset, data);
  if (isRefusal(written)) return written;
  return card.application === null ? 'permission-denied' : card.storeApplication(withFiles(card.application, written));
}

function writeLater(card: CardContext, file: DataFile, offset: number, data: Uint8Array): Refusal | null {
  const written = writeData(card.transaction.backup(file), offset, data);
  return isRefusal(written) ? written : card.transaction.change({ kind: 'backup', file: written });
}

export const DATA_COMMANDS: readonly Command[] = [
  readCommand(0xbd, false),
  readCommand(0xad, true),
  writeCommand(0x3d, true),
  writeCommand(0x8d, false),
];
