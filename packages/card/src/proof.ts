/**
 * The centre's check of a commit's proof: that the card of that name did what the record says, at that terminal and time. The key
 * is on the card and at the centre only, so that no terminal can invent a transaction.
 *
 * TMI is rebuilt from the record alone. Covered are medium, type, amount, balance, mediumSerial, terminal, time, product or
 * productId, action (its serial, and whether it blocks), and the proof's own parts; lastTime and lastTerminal too where the
 * terminal read no more than the last transaction (a debit in a hurry). Not covered is what the card is not told: the
 * record's serial, its log (each entry has a proof of its own), reason and references.
 *
 * | part             | bytes                                                                                    |
 * |------------------|------------------------------------------------------------------------------------------|
 * | `counter`        | TMC                                                                                      |
 * | `mac`            | TMV 8                                                                                    |
 * |                  | purchase, validation: slot of the product 1, its uses 2 (least significant first)        |
 * |                  | purchase, action: slots held 1                                                           |
 * |                  | where the reads are covered: of the last transaction as it was read, type 1, amount 4, and from `productSlot` 8 |
 * | `previousReader` | EncTMRI 16, which only who has the key can read                                          |
 *
 * What `mac` has after TMV is what was written or read that no other part of the record says. It is under TMV like the rest.
 */
import type { CommitProof, TerminalNumber, TransactionRecord } from '@retap/model';
import { concat, fromHex, fromLittleEndian, isEqual, toHex, toLittleEndian, toSigned32 } from './bytes.ts';
import { type CommitContent, terminalOfReaderId, transactionMacInputOf } from './commit-writes.ts';
import { mediumNameOf } from './diversification.ts';
import { LAST, NO_SLOT, READER_ID } from './layout.ts';
import type { AesKey } from './port.ts';
import { decryptReaderId, transactionMac, transactionSessionKeys } from './transaction-mac.ts';

const COUNTER_BYTES = 4;
const COUNTER_MAX = 0xffff_ffff;
const TMV_BYTES = 8;
/** TMC ‖ TMV */
export const COMMIT_ANSWER_BYTES: number = COUNTER_BYTES + TMV_BYTES;
const PLACE_BYTES = 3;
/** Of what was read, the bytes that the record does not say: type, amount, and all from `productSlot`. */
const READ_BYTES = 1 + (LAST.balance - LAST.amount) + (LAST.endWithAction - LAST.productSlot);

export type ProofVerdict = 'valid' | 'invalid';

/** The proof as a record carries it. @param answer TMC ‖ TMV, as the card answered the commit @param previous EncTMRI */
export function proofOf(content: CommitContent, answer: Uint8Array, previous: Uint8Array): CommitProof {
  const { product, held, read } = content;
  const place = product ? concat([product.slot], toLittleEndian(product.uses, 2)) : [];
  const readOnly = read
    ? concat(read.subarray(0, 1), read.subarray(LAST.amount, LAST.balance), read.subarray(LAST.productSlot))
    : [];
  return {
    counter: fromLittleEndian(answer.subarray(0, COUNTER_BYTES)),
    mac: toHex(concat(answer.subarray(COUNTER_BYTES), place, isHeldWritten(content) ? [held] : [], readOnly)),
    previousReader: toHex(previous),
  };
}

/**
 * Whether the card made this proof over this record. A record without proof is `invalid`.
 * @param transactionMacKey the card's own (diversified) @param uid of the card that the key is of
 */
export function verifyProof(record: TransactionRecord, transactionMacKey: AesKey, uid: Uint8Array): ProofVerdict {
  const parts = partsOf(record, uid);
  const input = parts && transactionMacInputOf(parts.content, parts.previous);
  if (!parts || !input) return 'invalid';
  const session = transactionSessionKeys(transactionMacKey, parts.counter, uid);
  const expected = transactionMac(session.mac, input.bytes());
  session.mac.discard();
  session.encryption.discard();
  return isEqual(expected, parts.mac) ? 'valid' : 'invalid';
}

/**
 * The terminal that the card committed with before: it settles whether a torn commit took place. Believe it only where the
 * proof is valid. Null: none, or it cannot be read.
 */
export function previousReaderOf(
  record: TransactionRecord,
  transactionMacKey: AesKey,
  uid: Uint8Array,
): TerminalNumber | null {
  const parts = partsOf(record, uid);
  if (!parts) return null;
  const session = transactionSessionKeys(transactionMacKey, parts.counter, uid);
  const id = decryptReaderId(session.encryption, parts.previous);
  session.mac.discard();
  session.encryption.discard();
  return terminalOfReaderId(id);
}

interface Parts {
  readonly counter: number;
  readonly mac: Uint8Array;
  readonly previous: Uint8Array;
  readonly content: CommitContent;
}

/** Null where the record cannot be one of that card's. */
function partsOf(record: TransactionRecord, uid: Uint8Array): Parts | null {
  const { proof, mediumSerial } = record;
  if (!proof?.previousReader || mediumSerial === undefined || record.medium !== mediumNameOf(uid)) return null;
  if (!isHexadecimal(proof.mac) || !isHexadecimal(proof.previousReader)) return null;
  if (!Number.isInteger(proof.counter) || proof.counter < 0 || proof.counter > COUNTER_MAX) return null;
  const bytes = fromHex(proof.mac);
  const previous = fromHex(proof.previousReader);
  const content = contentOf(record, mediumSerial, bytes.subarray(TMV_BYTES));
  if (content === null || previous.length !== READER_ID.bytes) return null;
  return { counter: proof.counter, mac: bytes.subarray(0, TMV_BYTES), previous, content };
}

/** @param rest what `proof.mac` has after TMV @returns null where it has another length than such a record's */
function contentOf(record: TransactionRecord, mediumSerial: number, rest: Uint8Array): CommitContent | null {
  const { type, amount, balance, terminal, time, action } = record;
  const placeBytes = type === 'purchase' || type === 'validation' ? PLACE_BYTES : 0;
  const writtenBytes = placeBytes + (isHeldWritten(record) ? 1 : 0);
  const readOnly = rest.subarray(writtenBytes);
  if (rest.length < writtenBytes || (readOnly.length !== 0 && readOnly.length !== READ_BYTES)) return null;
  const [held = 0] = rest.subarray(placeBytes, writtenBytes);
  const read = readOnly.length > 0 && readOf(record, mediumSerial, readOnly);
  const base = {
    type,
    amount,
    balance,
    mediumSerial,
    terminal,
    time,
    held,
    ...(action && { action }),
    ...(read && { read }),
  };
  const [slot = NO_SLOT, ...uses] = rest.subarray(0, placeBytes);
  const place = { slot, uses: fromLittleEndian(Uint8Array.from(uses)) };
  if (record.type === 'purchase') {
    return { ...base, product: { ...place, id: record.product.id, bought: record.product } };
  }
  return record.type === 'validation' ? { ...base, product: { ...place, id: record.productId } } : base;
}

/** The last transaction as it was read: what the record says of the commit before, and what only the proof has. */
function readOf(record: TransactionRecord, mediumSerial: number, readOnly: Uint8Array): Uint8Array {
  const typeBytes = 1;
  const amountEnd = typeBytes + LAST.balance - LAST.amount;
  return concat(
    readOnly.subarray(0, typeBytes),
    toLittleEndian(mediumSerial - 1, 4),
    toLittleEndian(record.lastTerminal, 4),
    toLittleEndian(record.lastTime, 6),
    readOnly.subarray(typeBytes, amountEnd),
    // w before = w − a
    toSigned32(record.balance - record.amount),
    readOnly.subarray(amountEnd),
  );
}

function isHeldWritten({ type, action }: { readonly type: CommitContent['type']; readonly action?: object }): boolean {
  return type === 'purchase' || action !== undefined;
}

function isHexadecimal(text: string): boolean {
  return /^([0-9A-Fa-f]{2})+$/.test(text);
}
