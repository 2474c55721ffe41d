/** The account A as it is read from the card's files (layout.ts), and whether the files agree with each other. */
import { type Amount, amountOf, type HeldProduct, LOG_ENTRIES_MAX, type LogEntry, PRODUCTS_MAX } from '@retap/model';
import { fromLittleEndian, fromSigned32 } from '../bytes.ts';
import { BLOCKED, LAST, LOG_RECORD, LOG_TYPES, type LogType, PRODUCT } from '../layout.ts';

const SLOTS_READ_MAX = 4;
/** Of the numbers of a terminal and of a commit, in a record. */
const NUMBER_MAX = 2 ** 31 - 1;

/** The last-transaction file. */
export interface LastTransaction {
  readonly type: LogType;
  readonly isBlocked: boolean;
  readonly mediumSerial: number;
  readonly terminal: number;
  readonly time: number;
  readonly amount: Amount;
  readonly balance: Amount;
  /** One bit for each slot in use. */
  readonly held: number;
  readonly actionSerial: number;
}

/**
 * A stolen gate can write any number on a card. One that no record can have must not get into a record: the journal with it
 * could not be read again, nor be uploaded.
 */
function isTerminal(number: number): boolean {
  return number >= 1 && number <= NUMBER_MAX;
}

/** A product with the slot it lies in. */
export interface SlottedProduct {
  readonly slot: number;
  readonly purchased: number;
  readonly product: HeldProduct;
}

/** @param bytes the first {@link LAST}`.endWithAction` of the file @returns null where no terminal of ours wrote it */
export function lastTransactionOf(bytes: Uint8Array): LastTransaction | 'blank' | null {
  const [typeByte = 0] = bytes;
  if (typeByte === 0) return bytes.every((byte) => byte === 0) ? 'blank' : null;
  const type = LOG_TYPES[(typeByte & ~BLOCKED) - 1];
  if (type === undefined) return null;
  const last: LastTransaction = {
    type,
    isBlocked: (typeByte & BLOCKED) !== 0,
    mediumSerial: fromLittleEndian(bytes.subarray(LAST.mediumSerial, LAST.terminal)),
    terminal: fromLittleEndian(bytes.subarray(LAST.terminal, LAST.time)),
    time: fromLittleEndian(bytes.subarray(LAST.time, LAST.amount)),
    amount: amountOf(fromSigned32(bytes.subarray(LAST.amount, LAST.balance))),
    balance: amountOf(fromSigned32(bytes.subarray(LAST.balance, LAST.productSlot))),
    held: bytes[LAST.held] ?? 0,
    actionSerial: fromLittleEndian(bytes.subarray(LAST.actionSerial, LAST.endWithAction)),
  };
  return isTerminal(last.terminal) && last.mediumSerial <= NUMBER_MAX ? last : null;
}

/** The pieces in which the product file is read, as far as it holds any: four slots fit one answer of 256 bytes. */
export function piecesHeld(held: number): readonly { readonly offset: number; readonly length: number }[] {
  const slots = 32 - Math.clz32(held);
  const pieces: { offset: number; length: number }[] = [];
  for (let slot = 0; slot < slots; slot += SLOTS_READ_MAX) {
    const length = Math.min(SLOTS_READ_MAX, slots - slot) * PRODUCT.bytes;
    pieces.push({ offset: slot * PRODUCT.bytes, length });
  }
  return pieces;
}

/** P, oldest purchase first. @param bytes the product file, as far as it holds any */
export function productsOf(bytes: Uint8Array, held: number): SlottedProduct[] {
  const products: SlottedProduct[] = [];
  for (let slot = 0; slot < PRODUCTS_MAX; slot += 1) {
    const start = slot * PRODUCT.bytes;
    if (held & (1 << slot)) products.push({ slot, ...productOf(bytes.subarray(start, start + PRODUCT.end)) });
  }
  return products.sort((a, b) => a.purchased - b.purchased);
}

function productOf(bytes: Uint8Array): Omit<SlottedProduct, 'slot'> {
  const number = (from: number, to: number): number => fromLittleEndian(bytes.subarray(from, to));
  const [flags = 0] = bytes.subarray(PRODUCT.flags);
  const maxUses = number(PRODUCT.maxUses, PRODUCT.flags);
  const code = bytes.subarray(PRODUCT.code, PRODUCT.end).filter((byte) => byte !== 0);
  const product: HeldProduct = {
    id: `${number(PRODUCT.terminal, PRODUCT.serial)}-${number(PRODUCT.serial, PRODUCT.uses)}`,
    code: String.fromCharCode(...code),
    ...(flags & 1 && { validFrom: number(PRODUCT.validFrom, PRODUCT.validUntil) }),
    ...(flags & 2 && { validUntil: number(PRODUCT.validUntil, PRODUCT.code) }),
    ...(maxUses > 0 && { maxUses }),
    uses: number(PRODUCT.uses, PRODUCT.endOfUse),
  };
  return { purchased: number(PRODUCT.purchased, PRODUCT.maxUses), product };
}

/** H, newest first, from the last transaction alone. */
export function newestEntry({ time, terminal, amount, balance, mediumSerial }: LastTransaction): LogEntry {
  return { time, terminal, amount, balance, mediumSerial };
}

/** H, newest first; null where it contradicts the last transaction. @param bytes all records, oldest first */
export function logOf(bytes: Uint8Array, last: LastTransaction): LogEntry[] | null {
  const entries: LogEntry[] = [];
  let { balance, mediumSerial } = last;
  for (let end = bytes.length; end > 0 && entries.length < LOG_ENTRIES_MAX; end -= LOG_RECORD.bytes) {
    const record = bytes.subarray(end - LOG_RECORD.bytes, end);
    const terminal = fromLittleEndian(record.subarray(LOG_RECORD.terminal, LOG_RECORD.time));
    const time = fromLittleEndian(record.subarray(LOG_RECORD.time, LOG_RECORD.amount));
    const amount = amountOf(fromSigned32(record.subarray(LOG_RECORD.amount, LOG_RECORD.written)));
    entries.push({ time, terminal, amount, balance, mediumSerial });
    // w(n−1) = w(n) − a(n)
    balance = amountOf(balance - amount);
    mediumSerial -= 1;
  }
  return isLogOf(entries, balance, last) ? entries : null;
}

/** @param rest balance before the oldest entry */
function isLogOf(entries: readonly LogEntry[], rest: Amount, last: LastTransaction): boolean {
  const [newest] = entries;
  if (newest?.time !== last.time || newest.terminal !== last.terminal || newest.amount !== last.amount) return false;
  if (entries.some(({ terminal, mediumSerial = 0 }) => !isTerminal(terminal) || mediumSerial < 0)) return false;
  // A log that is not full begins with the opening, before which there was nothing.
  const isOpeningIn = entries.at(-1)?.mediumSerial === 0;
  return isOpeningIn ? rest === 0 : entries.length === LOG_ENTRIES_MAX;
}
