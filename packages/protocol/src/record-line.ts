/**
 * Journal lines: the one form in which a record is written, whatever the order of its keys was. As text, and as bytes
 * straight away: a tap writes its line to the journal, into the hash chain and into a batch.
 */
import type { JournalRecord, LogEntry, Product } from '@retap/model';
import { writeAscii } from './ascii.ts';

/** Every key of a record and of the objects inside it, in the order in which they are written. */
const WRITTEN_ORDER: string[] = [
  ...['terminal', 'serial', 'type', 'medium', 'time', 'lastTime', 'lastTerminal', 'amount', 'balance', 'status'],
  ...['mediumSerial', 'product', 'id', 'code', 'validFrom', 'validUntil', 'maxUses', 'productId', 'log'],
  ...['proof', 'counter', 'mac', 'previousReader', 'action', 'kind', 'reason', 'counterparty', 'refersTo'],
];

/** One journal line, without line end. Equal records give equal lines, whatever the order of their keys was. */
export function formatRecord(record: JournalRecord): string {
  return JSON.stringify(record, WRITTEN_ORDER);
}

/** Room for the line of any valid record: sixteen log entries take 2 kB of it. */
export const RECORD_BYTES_MAX = 4096;

/**
 * Writes the line of a valid record, ASCII: the bytes of {@link formatRecord}, five times as fast.
 * @param at where it is to begin @returns where it ends; beyond the room where it did not fit, and then it is not whole
 */
export function writeRecord(record: JournalRecord, room: Uint8Array, at: number): number {
  try {
    return written(record, room, at);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const line = new TextEncoder().encode(formatRecord(record));
    if (at + line.length <= room.length) room.set(line, at);
    return at + line.length;
  }
}

/** Thrown where a value is none that a valid record has; it is written the slow way, as JSON has it. */
const UNUSUAL = new RangeError('no value of a valid record');

/** A record of whatever type: what it does not have is undefined. */
type AnyRecord = { readonly [key in RecordKey]?: unknown };
type RecordKey = JournalRecord extends infer Each ? (Each extends unknown ? keyof Each : never) : never;

function written(record: AnyRecord, room: Uint8Array, start: number): number {
  let at = integer(record.terminal, room, writeAscii('{"terminal":', room, start));
  at = integer(record.serial, room, writeAscii(',"serial":', room, at));
  at = name(record.type, room, writeAscii(',"type":', room, at));
  at = name(record.medium, room, writeAscii(',"medium":', room, at));
  at = integer(record.time, room, writeAscii(',"time":', room, at));
  if (record.lastTime !== undefined) at = integer(record.lastTime, room, writeAscii(',"lastTime":', room, at));
  if (record.lastTerminal !== undefined)
    at = integer(record.lastTerminal, room, writeAscii(',"lastTerminal":', room, at));
  if (record.amount !== undefined) at = integer(record.amount, room, writeAscii(',"amount":', room, at));
  at = integer(record.balance, room, writeAscii(',"balance":', room, at));
  if (record.status !== undefined) at = name(record.status, room, writeAscii(',"status":', room, at));
  if (record.mediumSerial !== undefined)
    at = integer(record.mediumSerial, room, writeAscii(',"mediumSerial":', room, at));
  if (record.product !== undefined) at = product(record.product as Product, room, writeAscii(',"product":', room, at));
  if (record.productId !== undefined) at = name(record.productId, room, writeAscii(',"productId":', room, at));
  if (record.log !== undefined) at = log(record.log, room, writeAscii(',"log":', room, at));
  if (record.proof !== undefined) at = json(record.proof, room, writeAscii(',"proof":', room, at));
  if (record.action !== undefined) at = json(record.action, room, writeAscii(',"action":', room, at));
  if (record.reason !== undefined) at = name(record.reason, room, writeAscii(',"reason":', room, at));
  if (record.counterparty !== undefined) at = name(record.counterparty, room, writeAscii(',"counterparty":', room, at));
  if (record.refersTo !== undefined) at = json(record.refersTo, room, writeAscii(',"refersTo":', room, at));
  return writeAscii('}', room, at);
}

function product(value: Product | null, room: Uint8Array, start: number): number {
  let at = name(value?.id, room, writeAscii('{"id":', room, start));
  at = name(value?.code, room, writeAscii(',"code":', room, at));
  if (value?.validFrom !== undefined) at = integer(value.validFrom, room, writeAscii(',"validFrom":', room, at));
  if (value?.validUntil !== undefined) at = integer(value.validUntil, room, writeAscii(',"validUntil":', room, at));
  if (value?.maxUses !== undefined) at = integer(value.maxUses, room, writeAscii(',"maxUses":', room, at));
  return writeAscii('}', room, at);
}

function log(value: unknown, room: Uint8Array, start: number): number {
  if (!Array.isArray(value)) throw UNUSUAL;
  let at = start;
  for (const entry of value as readonly LogEntry[]) {
    at = integer(entry?.terminal, room, writeAscii(at === start ? '[{"terminal":' : ',{"terminal":', room, at));
    at = integer(entry.time, room, writeAscii(',"time":', room, at));
    at = integer(entry.amount, room, writeAscii(',"amount":', room, at));
    at = integer(entry.balance, room, writeAscii(',"balance":', room, at));
    if (entry.mediumSerial !== undefined)
      at = integer(entry.mediumSerial, room, writeAscii(',"mediumSerial":', room, at));
    at = writeAscii('}', room, at);
  }
  return writeAscii(at === start ? '[]' : ']', room, at);
}

/** What few records have. */
function json(value: unknown, room: Uint8Array, at: number): number {
  return writeAscii(JSON.stringify(value, WRITTEN_ORDER), room, at);
}

/** A name, a word: characters that stand in JSON as they are. */
function name(value: unknown, room: Uint8Array, at: number): number {
  if (typeof value !== 'string') throw UNUSUAL;
  room[at] = 0x22;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) throw UNUSUAL;
    room[at + 1 + index] = code;
  }
  room[at + 1 + value.length] = 0x22;
  return at + value.length + 2;
}

function integer(value: unknown, room: Uint8Array, at: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw UNUSUAL;
  if (value >= 0) return digits(value, room, at);
  room[at] = 0x2d;
  return digits(-value, room, at + 1);
}

/** A number below this is divided as a 32-bit integer, which takes a fraction of the time. */
const SMALL = 10 ** 9;

function digits(value: number, room: Uint8Array, at: number): number {
  if (value >= SMALL) {
    const high = Math.floor(value / SMALL);
    const end = digits(high, room, at) + 9;
    fill(value - high * SMALL, room, end - 9, end);
    return end;
  }
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end += 1;
  fill(value, room, at, end);
  return end;
}

/** The last `end − at` digits of a small number, zeros before it. */
function fill(value: number, room: Uint8Array, at: number, end: number): void {
  let rest = value | 0;
  for (let index = end - 1; index >= at; index -= 1) {
    const tens = (rest / 10) | 0;
    room[index] = 0x30 + rest - 10 * tens;
    rest = tens;
  }
}
