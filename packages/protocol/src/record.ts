/** Journal records as JSON: the table "Records" of the reconciliation spec, row by row. */
import { COMMIT_STATUSES, type JournalRecord } from '@retap/model';
import {
  integer,
  isObject,
  listOf,
  objectOf,
  oneOf,
  optional,
  refusal,
  required,
  type Shape,
  shown,
  text,
  type Untrusted,
} from './shape.ts';

const NUMBER = integer(1, 2 ** 31 - 1, 'from 1 to 2^31-1');
const COUNT = integer(0, 2 ** 31 - 1, 'from 0 to 2^31-1');
const TIME = integer(0, 2 ** 48 - 1, 'from 0 to 2^48-1 (milliseconds since 1970)');
const AMOUNT = integer(-(2 ** 40), 2 ** 40, 'between -2^40 and 2^40');
const INTEGER = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'between -(2^53-1) and 2^53-1');
const POSITIVE = integer(1, Number.MAX_SAFE_INTEGER, 'from 1 to 2^53-1');
const NAME = text(/^[0-9A-Za-z._-]{1,64}$/, 'a string of 1 to 64 characters 0-9 A-Z a-z . _ -');
const HEXADECIMAL = text(/^[0-9A-Fa-f]{1,64}$/, 'a string of 1 to 64 hexadecimal digits');
const STATUS = oneOf(COMMIT_STATUSES);

const PRODUCT: Shape = [
  required('id', NAME),
  required('code', NAME),
  optional('validFrom', TIME),
  optional('validUntil', TIME),
  optional('maxUses', NUMBER),
];

const LOG_ENTRIES_MAX = 16;
const LOG_ENTRY: Shape = [
  required('time', TIME),
  required('terminal', NUMBER),
  required('amount', AMOUNT),
  required('balance', AMOUNT),
  optional('mediumSerial', COUNT),
];

const PROOF: Shape = [
  required('counter', INTEGER),
  required('mac', HEXADECIMAL),
  optional('previousReader', HEXADECIMAL),
];

const ACTION: Shape = [required('serial', POSITIVE), required('kind', NAME)];

const IDENTITY: Shape = [required('terminal', NUMBER), required('serial', NUMBER)];

/** What all records have, by the type that says which further keys they have. */
function every(type: string): Shape {
  return [
    ...IDENTITY,
    required('type', oneOf([type])),
    required('medium', NAME),
    required('time', TIME),
    required('balance', AMOUNT),
  ];
}

const READING: Shape = [
  required('lastTime', TIME),
  required('lastTerminal', NUMBER),
  optional('mediumSerial', COUNT),
  optional('log', listOf(LOG_ENTRY, LOG_ENTRIES_MAX)),
];

const TRANSACTION: Shape = [
  ...READING,
  required('amount', AMOUNT),
  required('status', STATUS),
  optional('proof', objectOf(PROOF)),
  optional('action', objectOf(ACTION)),
  optional('reason', NAME),
  optional('counterparty', NAME),
  optional('refersTo', objectOf(IDENTITY)),
];

const SHAPES: ReadonlyMap<unknown, Shape> = new Map<JournalRecord['type'], Shape>([
  ['open', [...every('open'), required('amount', AMOUNT), required('status', oneOf(['successful']))]],
  ['refill', [...every('refill'), ...TRANSACTION]],
  ['debit', [...every('debit'), ...TRANSACTION]],
  ['purchase', [...every('purchase'), ...TRANSACTION, required('product', objectOf(PRODUCT))]],
  ['validation', [...every('validation'), ...TRANSACTION, required('productId', NAME)]],
  ['observation', [...every('observation'), ...READING]],
]);

const TYPE = oneOf([...SHAPES.keys()] as string[]);
const RECORD_KEYS: ReadonlySet<string> = new Set([...SHAPES.values()].flat().map((field) => field.key));

/** A record, or why it is none, in words for the person who has to find out what wrote it. */
export type ParsedRecord = { readonly record: JournalRecord } | { readonly reason: string };

/**
 * Parses one line of a journal, without its line end. Of a key that stands twice the last value counts, as in JSON.parse.
 * Blank lines are the caller's to skip ({@link isBlank}).
 */
export function parseJournalLine(line: string): ParsedRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { reason: notJson(line) };
  }
  return parseRecord(value);
}

/**
 * Parses what JSON.parse made of a record. The record returned is `value` itself, in which a −0 was made 0: a copy would
 * cost as much again as the checks.
 */
export function parseRecord(value: unknown): ParsedRecord {
  if (!isObject(value)) return { reason: `a record must be an object, not ${shown(value)}` };
  const reason = recordRefusal(value);
  return reason === null ? { record: value as unknown as JournalRecord } : { reason };
}

function recordRefusal(value: Untrusted): string | null {
  const type = value.type;
  const shape = SHAPES.get(type);
  if (shape === undefined) return type === undefined ? '"type" is missing' : TYPE(value, 'type', '');
  const reason = refusal(shape, value, '', (key) =>
    RECORD_KEYS.has(key) ? `"${key}" does not belong in a record of type ${type}` : `unknown key ${shown(key)}`,
  );
  if (reason !== null) return reason;
  if (type === 'open' && value.balance !== value.amount) {
    return `"balance" of an open must equal its "amount" ${value.amount}, not ${value.balance}`;
  }
  return null;
}

/** Own words: those of JSON.parse differ between versions of Node, and a repeated batch must get the same answer. */
function notJson(line: string): string {
  const trimmed = line.trim();
  const cut = trimmed.startsWith('{') && !trimmed.endsWith('}');
  return cut ? 'not JSON: the line is cut off, it ends without "}"' : `not JSON: ${shown(trimmed)}`;
}

/** Whether a line holds nothing but JSON's white space; such lines are ignored. */
export function isBlank(line: string): boolean {
  return !/[^ \t\r]/.test(line);
}

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

/** Whether two records have equal values, so that one is a duplicate of the other. */
export function sameRecord(a: JournalRecord, b: JournalRecord): boolean {
  return sameValue(a, b);
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameValue((a as Untrusted)[key], (b as Untrusted)[key]));
}
