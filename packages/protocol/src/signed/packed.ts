/** A record as a short CBOR array, and back (docs/protocol.md, "A packed record"). */
import { COMMIT_STATUSES, type JournalRecord, TRANSACTION_TYPES } from '@retap/model';
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

/** By kind, the first value of a packed record: 0 open, 1 observation, 2 + 3·type + status a transaction. */
const KINDS: readonly { readonly type: JournalRecord['type']; readonly status?: string }[] = [
  { type: 'open', status: 'successful' },
  { type: 'observation' },
  ...TRANSACTION_TYPES.flatMap((type) => COMMIT_STATUSES.map((status) => ({ type, status }))),
];

const LOG: Parameters<typeof list>[1] = (entryBefore, record) => [
  // Newest first: the newest entry is as a rule the last commit itself.
  until('time', () => (entryBefore === null ? record.lastTime : entryBefore.time)),
  plain('terminal'),
  plain('amount'),
  plain('balance'),
  plain('mediumSerial'),
];
const PROOF = [plain('counter'), text('mac'), text('previousReader')];
const ACTION = [plain('serial'), text('kind')];
const IDENTITY = [plain('terminal'), plain('serial')];

/** Values that a record may lack, in order; the second value of a packed record is the sum of the bits of those it has. */
const OPTIONAL: readonly { readonly bit: number; readonly slot: Slot }[] = [
  { bit: 1, slot: plain('mediumSerial') },
  // Left out where the last commit was by the record's own terminal.
  { bit: 2, slot: plain('lastTerminal') },
  { bit: 4, slot: object('proof', () => PROOF) },
  { bit: 8, slot: list('log', LOG) },
  { bit: 16, slot: object('action', () => ACTION) },
  { bit: 32, slot: text('reason') },
  { bit: 64, slot: text('counterparty') },
  { bit: 128, slot: object('refersTo', () => IDENTITY) },
];
const BITS_MAX = 255;

const PRODUCT: (record: Untrusted) => readonly Slot[] = (record) => [
  text('id'),
  text('code'),
  since('validFrom', () => record.time),
  since('validUntil', () => record.time),
  plain('maxUses'),
];

const EVERY = (timeBefore: number) => [text('medium'), since('time', () => timeBefore), plain('balance')];
const LAST_TIME = until('lastTime', (record) => record.time);

/** What a record of a type always has. */
function slotsOf(type: JournalRecord['type'], timeBefore: number): readonly Slot[] {
  const every = EVERY(timeBefore);
  if (type === 'open') return every;
  if (type === 'observation') return [...every, LAST_TIME];
  const transaction = [...every, LAST_TIME, plain('amount')];
  if (type === 'purchase') return [...transaction, object('product', PRODUCT)];
  return type === 'validation' ? [...transaction, text('productId')] : transaction;
}

/** @param record a valid record of this place */
export function packRecord(record: JournalRecord, place: Pick<Place, 'timeBefore'>): readonly Cbor[] {
  const holder = record as unknown as Untrusted;
  const kind = KINDS.findIndex(({ type, status }) => type === holder.type && status === holder.status);
  const pack = (slot: Slot) => slot.pack(holder[slot.key], holder);
  const present = OPTIONAL.filter(({ slot: { key } }) => holder[key] !== undefined && !isImplied(key, holder));
  const bits = present.reduce((sum, { bit }) => sum + bit, 0);
  return [kind, bits, ...slotsOf(record.type, place.timeBefore).map(pack), ...present.map(({ slot }) => pack(slot))];
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
  if ('reason' in parsed || sameCbor(packRecord(parsed.record, place), entry)) return parsed;
  return { reason: 'packed in another way than a terminal packs it' };
}

function unpacked(entry: Cbor, { terminal, serial, timeBefore }: Place): Untrusted | string {
  if (!isArray(entry)) return `a packed record must be a list, not ${shown(entry)}`;
  const [code, bits, ...values] = entry;
  const kind = KINDS[typeof code === 'number' ? code : -1];
  if (kind === undefined) return `no kind of record has the number ${shown(code)}`;
  if (typeof bits !== 'number' || bits < 0 || bits > BITS_MAX) return `no bits of optional values are ${shown(bits)}`;
  const slots = [
    ...slotsOf(kind.type, timeBefore),
    ...OPTIONAL.filter(({ bit }) => (bits & bit) !== 0).map(({ slot }) => slot),
  ];
  if (slots.length !== values.length) return `it must have ${slots.length + 2} values, not ${entry.length}`;
  const record: Untrusted = { terminal, serial, ...kind };
  slots.forEach((slot, index) => {
    record[slot.key] = slot.unpack(values[index] as Cbor, record);
  });
  if (kind.type === 'open') record.amount = record.balance;
  else record.lastTerminal ??= terminal;
  return record;
}
