/**
 * What a transaction writes on the card before its commit, in this order: value, last transaction, product, log. The reader sends
 * it and the centre rebuilds it from the record, both from here: so they cannot disagree on a byte that the proof covers.
 */
import type { Amount, Product, TerminalNumber, Time } from '@retap/model';
import { concat, fromLittleEndian, isSigned32, toLittleEndian, toSigned32 } from './bytes.ts';
import { BLOCKED, FILES, LAST, LOG_RECORD, LOG_TYPES, type LogType, NO_SLOT, PRODUCT, READER_ID } from './layout.ts';
import { TRANSACTION_CODES, TransactionMacInput } from './transaction-mac.ts';

/** All that the bytes are made of. */
export interface CommitContent {
  readonly type: LogType;
  readonly amount: Amount;
  readonly balance: Amount;
  readonly mediumSerial: number;
  readonly terminal: TerminalNumber;
  readonly time: Time;
  /** The product bought or used, where it lies and how often it was used, with this time. */
  readonly product?: { readonly slot: number; readonly uses: number; readonly id: string; readonly bought?: Product };
  /** Bits of the slots that hold P′. Written by purchases and actions. */
  readonly held: number;
  readonly action?: { readonly serial: number; readonly kind: string };
  /**
   * The last-transaction file as it was read, with the value, in the same transaction; nothing else was read. Absent where
   * reads were excluded by AbortTransaction. First {@link LAST}`.endWithAction` bytes.
   */
  readonly read?: Uint8Array;
}

/** One command of them. `amount` is positive. */
export type CardWrite =
  | { readonly kind: 'value'; readonly code: number; readonly file: number; readonly amount: number }
  | {
      readonly kind: 'data' | 'record';
      readonly code: number;
      readonly file: number;
      readonly offset: number;
      readonly data: Uint8Array;
    };

/** Commands that read, as TMI names them. */
export const READ_CODES = { getValue: 0x6c, readData: 0xad, readRecords: 0xab } as const;

/** What a name in a record is made of: with any other character the purchase could be written, and its journal not be read again. */
const CODE = new RegExp(`^[0-9A-Za-z._-]{1,${PRODUCT.codeBytes}}$`);
const USES_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
const TIME_MAX = 2 ** 48 - 1;

/** The commands, or null where the card has no room for a number of it: such a transaction is not for a card. */
export function writesOf(content: CommitContent): readonly CardWrite[] | null {
  if (!isHoldable(content)) return null;
  const { amount, product } = content;
  const { credit, debit, writeData, writeRecord } = TRANSACTION_CODES;
  const writes: CardWrite[] = [];
  if (amount !== 0) {
    writes.push({ kind: 'value', code: amount > 0 ? credit : debit, file: FILES.balance, amount: Math.abs(amount) });
  }
  writes.push({ kind: 'data', code: writeData, file: FILES.last, offset: 0, data: lastBytes(content) });
  if (product) {
    const data = productBytes(product, content.mediumSerial);
    const offset = product.slot * PRODUCT.bytes;
    writes.push({ kind: 'data', code: writeData, file: FILES.products, offset, data });
  }
  writes.push({ kind: 'record', code: writeRecord, file: FILES.log, offset: 0, data: logBytes(content) });
  return writes;
}

/** TMI of the transaction, as the card makes it up. @param previous EncTMRI, as the card answered it; null: not for a card */
export function transactionMacInputOf(content: CommitContent, previous: Uint8Array): TransactionMacInput | null {
  const writes = writesOf(content);
  if (!writes) return null;
  const input = new TransactionMacInput();
  const { read } = content;
  if (read) {
    // GetValue: W before; ReadData: the last transaction before
    input.add(READ_CODES.getValue, concat([FILES.balance], toSigned32(content.balance - content.amount)));
    input.add(READ_CODES.readData, concat([FILES.last], toLittleEndian(0, 3), toLittleEndian(read.length, 3)), read);
  }
  for (const write of writes) {
    if (write.kind === 'value') input.addValueChange(write.code, write.file, write.amount);
    else input.addWrite(write.code, write.file, write.offset, write.data);
  }
  return input.addReaderId(readerIdOf(content.terminal), previous);
}

/** Whether a product fits: an id of two numbers, a short code, at most 65,535 uses. */
export function isHoldableProduct(product: Product): boolean {
  const { id, code, maxUses, validFrom, validUntil } = product;
  return (
    productIdOf(id) !== null &&
    CODE.test(code) &&
    isCount(maxUses ?? 1, USES_MAX) &&
    maxUses !== 0 &&
    isCount(validFrom ?? 0, TIME_MAX) &&
    isCount(validUntil ?? 0, TIME_MAX)
  );
}

/** TMRI of a terminal. */
export function readerIdOf(terminal: TerminalNumber): Uint8Array {
  return concat(READER_ID.name, toLittleEndian(terminal, 4), new Uint8Array(READER_ID.bytes - READER_ID.end));
}

/** The terminal that committed under this TMRI; null for a new card, or a reader of somebody else's. */
export function terminalOfReaderId(id: Uint8Array): TerminalNumber | null {
  const terminal = fromLittleEndian(id.subarray(READER_ID.terminal, READER_ID.end));
  const own = readerIdOf(terminal);
  return id.length === own.length && id.every((byte, index) => byte === own[index]) ? terminal : null;
}

function isHoldable({ amount, balance, mediumSerial, terminal, time, product, action }: CommitContent): boolean {
  if (!isSigned32(amount) || !isSigned32(-amount) || !isSigned32(balance)) return false;
  if (!isCount(mediumSerial, UINT32_MAX) || !isCount(terminal, UINT32_MAX) || !isCount(time, TIME_MAX)) return false;
  if (action && !isCount(action.serial, UINT32_MAX)) return false;
  if (!product) return true;
  if (!isCount(product.uses, USES_MAX) || productIdOf(product.id) === null) return false;
  return product.bought === undefined || isHoldableProduct(product.bought);
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function lastBytes({ type, amount, balance, mediumSerial, terminal, time, ...content }: CommitContent): Uint8Array {
  const { product, held, action } = content;
  const bytes = concat(
    [typeByte(type) | (action?.kind === 'block' ? BLOCKED : 0)],
    toLittleEndian(mediumSerial, 4),
    toLittleEndian(terminal, 4),
    toLittleEndian(time, 6),
    toSigned32(amount),
    toSigned32(balance),
    [product?.slot ?? NO_SLOT],
    toLittleEndian(product?.uses ?? 0, 2),
    [held],
    toLittleEndian(action?.serial ?? 0, 4),
  );
  const end = action ? LAST.endWithAction : type === 'purchase' ? LAST.endWithHeld : LAST.end;
  return bytes.subarray(0, end);
}

function productBytes({ id, uses, bought }: NonNullable<CommitContent['product']>, mediumSerial: number): Uint8Array {
  const [terminal, serial] = productIdOf(id) ?? [0, 0];
  const used = concat(toLittleEndian(terminal, 4), toLittleEndian(serial, 4), toLittleEndian(uses, 2));
  if (!bought) return used;
  const { validFrom, validUntil, maxUses, code } = bought;
  return concat(
    used,
    toLittleEndian(mediumSerial, 4),
    toLittleEndian(maxUses ?? 0, 2),
    [(validFrom === undefined ? 0 : 1) | (validUntil === undefined ? 0 : 2)],
    toLittleEndian(validFrom ?? 0, 6),
    toLittleEndian(validUntil ?? 0, 6),
    Array.from(code.padEnd(PRODUCT.codeBytes, '\0'), (character) => character.charCodeAt(0)),
  );
}

function logBytes({ type, terminal, time, amount }: CommitContent): Uint8Array {
  const bytes = concat([typeByte(type)], toLittleEndian(terminal, 4), toLittleEndian(time, 6), toSigned32(amount));
  return bytes.subarray(0, LOG_RECORD.written);
}

function typeByte(type: LogType): number {
  return 1 + LOG_TYPES.indexOf(type);
}

/** Terminal and serial of `17-4711`; null where the id is of another form: it could not be read back as it was. */
function productIdOf(id: string): readonly [number, number] | null {
  const [terminal, serial] = id.split('-').map(Number);
  if (terminal === undefined || serial === undefined || `${terminal}-${serial}` !== id) return null;
  return isCount(terminal, UINT32_MAX) && isCount(serial, UINT32_MAX) ? [terminal, serial] : null;
}
