/** The TransactionMAC file: counter, MAC and reader identity of the last commit, and the key they are proved with. */
import { concat, toLittleEndian } from '../../bytes.ts';
import type { CardKey, FileSettings } from '../state.ts';

export interface TransactionMacFile extends FileSettings {
  readonly kind: 'transaction-mac';
  /** AppTransactionMACKey */
  readonly key: CardKey;
  /** TMC: commits so far. */
  readonly counter: number;
  /** TMV of the last commit, 8 bytes. */
  readonly mac: Uint8Array;
  /** TMRIPrev: the reader that the last commit was for, 16 bytes. */
  readonly readerId: Uint8Array;
}

export const COUNTER_MAX = 0xffff_ffff;

/** What ReadData reads of it: TMC ‖ TMV. */
export function transactionMacData(file: TransactionMacFile): Uint8Array {
  return concat(toLittleEndian(file.counter, 4), file.mac);
}
