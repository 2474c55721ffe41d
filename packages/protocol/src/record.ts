/** Journal records as JSON: the table "Records" of the reconciliation spec, row by row. */
import { COMMIT_STATUSES, type CommitStatus, type JournalRecord } from '@retap/model';
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

const NUMBER_MAX = 2 ** 31 - 1;
const TIME_MAX = 2 ** 48 - 1;
const AMOUNT_MAX = 2 ** 40;
const NUMBER = integer(1, NUMBER_MAX, 'from 1 to 2^31-1');
const COUNT = integer(0, NUMBER_MAX, 'from 0 to 2^31-1');
const TIME = integer(0, TIME_MAX, 'from 0 to 2^48-1 (milliseconds since 1970)');
const AMOUNT = integer(-AMOUNT_MAX, AMOUNT_MAX, 'between -2^40 and 2^40');
const INTEGER = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'between -(2^53-1) and 2^53-1');
const POSITIVE = integer(1, Number.MAX_SAFE_INTEGER, 'from 1 to 2^53-1');
const NAME_PATTERN = /^[0-9A-Za-z._-]{1,64}$/;
const NAME = text(NAME_PATTERN, 'a string of 1 to 64 characters 0-9 A-Z a-z . _ -');
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

const LOG = listOf(LOG_ENTRY, LOG_ENTRIES_MAX);

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
  optional('log', LOG),
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
  const reason = isUsual(value) ? null : recordRefusal(value);
  return reason === null ? { record: value as unknown as JournalRecord } : { reason };
}

/**
 * Whether it is a valid record of the kind that nearly all are: a ride, a refill or an observation, of a medium without a proof.
 * The tables say the same of it, in five times the time; whatever else it is, and why it is none, they alone say.
 */
function isUsual(value: Untrusted): boolean {
  const { terminal, serial, type, medium, time, balance, lastTime, lastTerminal, mediumSerial } = value;
  let keys = USUAL_KEYS;
  if (type !== 'observation') {
    if (type === 'validation') {
      if (!isName(value.productId)) return false;
      keys += 1;
    } else if (type !== 'debit' && type !== 'refill') return false;
    if (!isWhole(value.amount, -AMOUNT_MAX, AMOUNT_MAX) || !COMMIT_STATUSES.includes(value.status as CommitStatus))
      return false;
    keys += 2;
  }
  if (value.log !== undefined) {
    if (LOG(value, 'log', '') !== null) return false;
    keys += 1;
  }
  // Counted last, so that none is left over: a key that the count does not know makes it a case for the tables.
  for (const _ in value) keys -= 1;
  return (
    keys === 0 &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    isWhole(serial, 1, NUMBER_MAX) &&
    isName(medium) &&
    isWhole(time, 0, TIME_MAX) &&
    isWhole(balance, -AMOUNT_MAX, AMOUNT_MAX) &&
    isWhole(lastTime, 0, TIME_MAX) &&
    isWhole(lastTerminal, 1, NUMBER_MAX) &&
    isWhole(mediumSerial, 0, NUMBER_MAX)
  );
}

/** Of every usual record: what `isUsual` reads first. */
const USUAL_KEYS = 9;

/** −0 is not: it is made 0 by the tables. */
function isWhole(value: unknown, low: number, high: number): boolean {
  return Number.isInteger(value) && (value as number) >= low && (value as number) <= high && !Object.is(value, -0);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME_PATTERN.test(value);
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
