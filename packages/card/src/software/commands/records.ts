/** ReadRecords, WriteRecord, ClearRecordFile. BB and 3B chain by AF, AB and 8B by ISO/IEC 14443-4 (MF2DLHX0 section 11.8). */
import { concat, toLittleEndian } from '../../bytes.ts';
import { TRANSACTION_CODES } from '../../transaction-mac.ts';
import { readRecords, writeRecord } from '../files/record.ts';
import { DONE, isRefusal } from '../status.ts';
import { accessMode, targetFile } from './access.ts';
import type { Command } from './command.ts';
import { proves, rangeOf } from './data.ts';

/** file 1, offset or newest 3, length or count 3 */
const HEADER_BYTES = 7;

function readCommand(code: number, isAnsweredWhole: boolean): Command {
  return {
    code,
    headerBytes: HEADER_BYTES,
    isAnsweredWhole,
    mode: (card, [file = 0]) => accessMode(card, file, ['linear', 'cyclic'], ['read', 'readWrite']),
    run(card, header, data) {
      const { file: number, offset: newest, length: count } = rangeOf(header);
      const file = targetFile(card, number, 'linear', 'cyclic');
      if (isRefusal(file)) return file;
      if (data.length > 0) return 'length-error';
      const records = readRecords(file, newest, count);
      if (!isRefusal(records) && proves(card)) {
        // Count 0 reads all: the real count is what is proved.
        const read = toLittleEndian(records.length / file.recordBytes, 3);
        card.transaction.input.add(code, concat(header.subarray(0, 4), read), records);
      }
      return records;
    },
  };
}

function writeCommand(code: number, isChained: boolean): Command {
  return {
    code,
    headerBytes: HEADER_BYTES,
    mode: (card, [file = 0]) => accessMode(card, file, ['linear', 'cyclic'], ['write', 'readWrite']),
    ...(isChained ? { chainedBytes: (header: Uint8Array) => rangeOf(header).length } : {}),
    run(card, header, data) {
      const { file: number, offset, length } = rangeOf(header);
      const file = targetFile(card, number, 'linear', 'cyclic');
      if (isRefusal(file)) return file;
      if (data.length !== length || length === 0) return 'length-error';
      const refusal = card.transaction.change(writeRecord(card.transaction.record(file), offset, data));
      if (refusal === null && proves(card)) card.transaction.input.add(code, header, data);
      return refusal ?? DONE;
    },
  };
}

const clearRecordFile: Command = {
  code: TRANSACTION_CODES.clearRecordFile,
  headerBytes: 1,
  mode(card, [file = 0]) {
    const mode = accessMode(card, file, ['linear', 'cyclic'], ['readWrite']);
    // It has no data to encrypt.
    return mode === 'full' ? 'mac' : mode;
  },
  run(card, header, data) {
    const file = targetFile(card, header[0] ?? 0, 'linear', 'cyclic');
    if (isRefusal(file)) return file;
    if (data.length > 0) return 'length-error';
    const refusal = card.transaction.change({ kind: 'record', file, isCleared: true, record: null });
    if (refusal === null && proves(card)) card.transaction.input.add(TRANSACTION_CODES.clearRecordFile, header);
    return refusal ?? DONE;
  },
};

export const RECORD_COMMANDS: readonly Command[] = [
  readCommand(0xbb, false),
  readCommand(0xab, true),
  writeCommand(0x3b, true),
  writeCommand(0x8b, false),
  clearRecordFile,
];
