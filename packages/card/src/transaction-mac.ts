/**
 * The proof of a commit (MF2DLHX0 section 10.3): the card chains what a transaction did into the transaction MAC input (TMI) and
 * MACs it with a session key of its TransactionMAC file. Card and centre both build TMI here, so that they agree on one rule:
 *
 *     TMI = piece ‖ piece ‖ …    in the order of the commands that succeeded since the last select, commit or abort
 *     piece = zero-padded(code ‖ header) ‖ zero-padded(data)    to 16 bytes each; nothing where there are no data
 *
 * | command                       | header                     | data            |
 * |-------------------------------|----------------------------|-----------------|
 * | WriteData 3D, 8D              | file 1, offset 3, length 3 | what is written |
 * | WriteRecord 3B, 8B            | file 1, offset 3, length 3 | what is written |
 * | Credit, Debit, LimitedCredit  | file 1, value 4            | –               |
 * | ClearRecordFile EB            | file 1                     | –               |
 * | CommitReaderID C8             | TMRI 16, EncTMRI 16        | –               |
 * | ReadData BD, AD               | file 1, offset 3, length 3 | what was read   |
 * | ReadRecords BB, AB            | file 1, newest 3, count 3  | what was read   |
 * | GetValue 6C                   | file 1, value 4            | –               |
 *
 * **Reads count** (section 10.3.4.2), in every file but the TransactionMAC file itself. A reader whose proof shall follow from
 * what it wrote sends AbortTransaction (A7) between its reads and its writes, as that section advises: TMI starts anew.
 *
 * The code is the one that was sent; data are in plain whatever the communication mode; a length or count of 0 (all) is
 * replaced by the real one. The piece of CommitReaderID is an assumption until it is seen on silicon.
 */
import { concat, toLittleEndian } from './bytes.ts';
import { truncatedMac, ZERO_IV } from './messaging.ts';
import type { AesKey } from './port.ts';

const BLOCK = 16;
const NONE = new Uint8Array(0);

/** Codes of the commands that change a transactional file, as TMI names them. */
export const TRANSACTION_CODES = {
  writeData: 0x8d,
  writeRecord: 0x8b,
  credit: 0x0c,
  debit: 0xdc,
  limitedCredit: 0x1c,
  clearRecordFile: 0xeb,
  commitReaderId: 0xc8,
} as const;

/** TMI as it grows, command by command. */
export class TransactionMacInput {
  #pieces: Uint8Array[] = [];

  /** One command that succeeded. @param header without the code @param data in plain */
  add(code: number, header: Uint8Array, data: Uint8Array = NONE): this {
    this.#pieces.push(zeroPadded(concat([code], header)), zeroPadded(data));
    return this;
  }

  /** WriteData or WriteRecord. */
  addWrite(code: number, file: number, offset: number, data: Uint8Array): this {
    return this.add(code, concat([file], toLittleEndian(offset, 3), toLittleEndian(data.length, 3)), data);
  }

  /** Credit, Debit or LimitedCredit. @param amount in minor units, positive */
  addValueChange(code: number, file: number, amount: number): this {
    return this.add(code, concat([file], toLittleEndian(amount, 4)));
  }

  /** CommitReaderID. @param readerId TMRI of this reader, 16 bytes @param encryptedPrevious EncTMRI, as the card answered it */
  addReaderId(readerId: Uint8Array, encryptedPrevious: Uint8Array): this {
    return this.add(TRANSACTION_CODES.commitReaderId, concat(readerId, encryptedPrevious));
  }

  /** Nothing was done: a commit leaves TMC and TMV as they are. */
  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** TMI: a multiple of 16 bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    return concat(...this.#pieces);
  }
}

/**
 * Session keys of one transaction.
 *
 * @param key AppTransactionMACKey @param counter TMC of this commit, as the card answers it: one more than before it
 * @param uid 7 bytes
 */
export function transactionSessionKeys(
  key: AesKey,
  counter: number,
  uid: Uint8Array,
): { mac: AesKey; encryption: AesKey } {
  const context = concat([0x00, 0x01, 0x00, 0x80], toLittleEndian(counter, 4), uid);
  // SesTMMACKey = CMAC(AppTransactionMACKey, 5A 0001 0080 ‖ TMC + 1 ‖ UID)
  const mac = key.derive(concat([0x5a], context));
  // SesTMENCKey = CMAC(AppTransactionMACKey, A5 0001 0080 ‖ TMC + 1 ‖ UID)
  const encryption = key.derive(concat([0xa5], context));
  return { mac, encryption };
}

/** TMV: what the card answers to a commit beside TMC. 8 bytes. @param mac SesTMMACKey @param input TMI */
export function transactionMac(mac: AesKey, input: Uint8Array): Uint8Array {
  // TMV = MACt(SesTMMACKey, TMI)
  return truncatedMac(mac.cmac(input));
}

/** EncTMRI: the identity of the reader before, that only the centre can read. @param encryption SesTMENCKey */
export function encryptReaderId(encryption: AesKey, previous: Uint8Array): Uint8Array {
  // EncTMRI = E(SesTMENCKey, TMRIPrev), IV 0
  return encryption.encrypt(ZERO_IV, previous);
}

/** TMRIPrev, of the EncTMRI that a card answered. @param encryption SesTMENCKey */
export function decryptReaderId(encryption: AesKey, encrypted: Uint8Array): Uint8Array {
  return encryption.decrypt(ZERO_IV, encrypted);
}

function zeroPadded(data: Uint8Array): Uint8Array {
  return concat(data, new Uint8Array((BLOCK - (data.length % BLOCK)) % BLOCK));
}
