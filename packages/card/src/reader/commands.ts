/** The native commands that a terminal sends (MF2DLHX0 section 11), as bytes. Three-byte numbers are offsets and lengths. */
import { concat, toLittleEndian } from '../bytes.ts';
import { type CardWrite, READ_CODES } from '../commit-writes.ts';
import { TRANSACTION_CODES } from '../transaction-mac.ts';
import type { Command } from './session.ts';

export function getValue(file: number): Command {
  return { code: READ_CODES.getValue, header: [file] };
}

export function readData(file: number, offset: number, length: number): Command {
  return { code: READ_CODES.readData, header: concat([file], toLittleEndian(offset, 3), toLittleEndian(length, 3)) };
}

/** All records, oldest first. */
export function readRecords(file: number): Command {
  return { code: READ_CODES.readRecords, header: concat([file], toLittleEndian(0, 3), toLittleEndian(0, 3)) };
}

export function write(command: CardWrite): Command {
  if (command.kind === 'value') {
    return { code: command.code, header: [command.file], data: toLittleEndian(command.amount, 4) };
  }
  const { code, file, offset, data } = command;
  return { code, header: concat([file], toLittleEndian(offset, 3), toLittleEndian(data.length, 3)), data };
}

/** Says who commits; answers who did before (EncTMRI). @param readerId TMRI, 16 bytes */
export function commitReaderId(readerId: Uint8Array): Command {
  return { code: TRANSACTION_CODES.commitReaderId, data: readerId };
}

/** Option 01: TMC and TMV are wanted in the answer. */
export function commitTransaction(): Command {
  return { code: 0xc7, header: [0x01] };
}

/** Forgets what was changed and not committed, and what was read: the transaction MAC begins anew. */
export function abortTransaction(): Command {
  return { code: 0xa7 };
}
