/** A record as a short CBOR array, and back (docs/protocol.md, "A packed record"). */
import { COMMIT_STATUSES, type JournalRecord, TRANSACTION_TYPES, type TransactionType } from '@retap/model';
import { type ParsedRecord, parseRecord } from '../record.ts';
import { shown, type Untrusted } from '../shape.ts';
import { type Cbor, isArray, sameCbor } from './cbor.ts';
import { list, object, plain, type Slot, since, text, until } from './slots.ts';

/** What a packed record leaves out, because its place in the batch says it. */
export interface Place {
  readonly terminal: number;
  readonly serial: number;
  /** Time of the packed record before; 0 for the first. */
  readonly timeBefore: number;
}

// All that follows is in batches that are kept for ever: a number, a bit or a place, once used, keeps its meaning.

const EVERY = [text('medium'), since('time', (_, timeBefore) => timeBefore), plain('balance')];
const READING = [...EVERY, until('lastTime', (record) => record.time)];
const TRANSACTION = [...READING, plain('amount')];
const PRODUCT = [
  text('id'),
  text('code'),
  since('validFrom', (record) => record.time),
  since('validUntil', (record) => record.time),
  plain('maxUses'),
];

/** What a transaction of a type always has. */
const TRANSACTIONS: Readonly<Record<TransactionType, readonly Slot[]>> = {
  refill: TRANSACTION,
  debit: TRANSACTION,
  purchase: [...TRANSACTION, object('product', PRODUCT)],
  validation: [...TRANSACTION, text('productId')],
};

interface Kind {
  readonly type: JournalRecord['type'];
  readonly status?: string;
  readonly slots: readonly Slot[];
}

/** By the first value of a packed record: 0 open, 1 observation, 2 + 3·type + status a transaction. */
const KINDS: readonly Kind[] = [
  { type: 'open', status: 'successful', slots: EVERY },
  { type: 'observation', slots: READING },
  ...TRANSACTION_TYPES.flatMap((type) =>
    COMMIT_STATUSES.map((status) => ({ type, status, slots: TRANSACTIONS[type] })),
  ),
];

const LOG_ENTRY = [
  until('time', (_, timeBefore) => timeBefore),
  plain('terminal'),
  plain('amount'),
  plain('balance'),
  plain('mediumSerial'),
];
const PROOF = [plain('counter'), text('mac'), text('previousReader')];

/** Values that a record may lack, in order; the second value of a packed record is the sum of the bits of those it has. */
const OPTIONAL: readonly { readonly bit: number; readonly slot: Slot }[] = [
  { bit: 1, slot: plain('mediumSerial') },
  // Left out where the last commit was by the record's own terminal.
  { bit: 2, slot: plain('lastTerminal') },
  { bit: 4, slot: object('proof', PROOF) },
  // Newest first: the newest entry is as a rule the last commit itself.
  { bit: 8, slot: list('log', LOG_ENTRY, (record) => record.lastTime) },
  { bit: 16, slot: object('action', [plain('serial'), text('kind')]) },
  { bit: 32, slot: text('reason') },
  { bit: 64, slot: text('counterparty') },
  { bit: 128, slot: object('refersTo', [plain('terminal'), plain('serial')]) },
];
const BITS_MAX = 255;

/** @param record a valid record @param timeBefore of the packed record before it; 0 for the first */
export function packRecord(record: JournalRecord, timeBefore: number): readonly Cbor[] {
  const holder = record as unknown as Untrusted;
  const code = KINDS.findIndex(({ type, status }) => type === holder.type && status === holder.status);
  const values: Cbor[] = [code, 0];
  const put = ({ key, pack }: Slot) => values.push(pack(holder[key], holder, timeBefore));
  KINDS[code]?.slots.forEach(put);
  let bits = 0;
  for (const { bit, slot } of OPTIONAL) {
    if (holder[slot.key] === undefined || isImplied(slot.key, holder)) continue;
    bits += bit;
    put(slot);
  }
  values[1] = bits;
  return values;
}

function isImplied(key: string, holder: Untrusted): boolean {
  return key === 'lastTerminal' && holder.lastTerminal === holder.terminal;
}

/** Where the time stands in every packed record: kind, bits, medium, time. */
const TIME_AT = 3;

/** The time that the next record counts from, also after one that is no record: its time is not the others' fault. */
export function timeIn(entry: Cbor, timeBefore: number): number {
  const difference = isArray(entry) ? entry[TIME_AT] : null;
  return typeof difference === 'number' ? timeBefore + difference : timeBefore;
}

/** The record, or why there is none: only the one packing of a record is it. */
export function unpackRecord(entry: Cbor, place: Place): ParsedRecord {
  const value = unpacked(entry, place);
  if (typeof value === 'string') return { reason: value };
  const parsed = parseRecord(value);
  if ('reason' in parsed || sameCbor(packRecord(parsed.record, place.timeBefore), entry)) return parsed;
  return { reason: 'packed in another way than a terminal packs it' };
}

function unpacked(entry: Cbor, { terminal, serial, timeBefore }: Place): Untrusted | string {
  if (!isArray(entry)) return `a packed record must be a list, not ${shown(entry)}`;
  const [code, bits] = entry;
  const kind = KINDS[typeof code === 'number' ? code : -1];
  if (kind === undefined) return `no kind of record has the number ${shown(code)}`;
  if (typeof bits !== 'number' || bits < 0 || bits > BITS_MAX) return `no bits of optional values are ${shown(bits)}`;
  const slots = [...kind.slots];
  for (const { bit, slot } of OPTIONAL) if ((bits & bit) !== 0) slots.push(slot);
  const length = slots.length + 2;
  if (length !== entry.length) return `it must have ${length} values, not ${entry.length}`;
  const { type, status } = kind;
  const record: Untrusted = status === undefined ? { terminal, serial, type } : { terminal, serial, type, status };
  slots.forEach((slot, index) => {
    record[slot.key] = slot.unpack(entry[index + 2] as Cbor, record, timeBefore);
  });
  if (type === 'open') record.amount = record.balance;
  else record.lastTerminal ??= terminal;
  return record;
}
