/**
 * What stands where in a packed record and in the objects inside it. A slot knows how its value is written and how it
 * is read; what was read may be anything, and is handed on as it is where it does not fit, for `parseRecord` to refuse.
 */
import { fromHexDigits, hexDigits } from '../enrolment/hex.ts';
import type { Untrusted } from '../shape.ts';
import { type Cbor, isArray } from './cbor.ts';

/** Both ways see the record, as far as it was read, and the time of the record (in a log: of the entry) before. */
export interface Slot {
  readonly key: string;
  readonly pack: (value: unknown, record: Untrusted, timeBefore?: unknown) => Cbor;
  readonly unpack: (value: Cbor, record: Untrusted, timeBefore?: unknown) => unknown;
}

/** An integer, or whatever CBOR writes as it is. */
export function plain(key: string): Slot {
  return { key, pack: (value) => value as Cbor, unpack: (value) => value };
}

/** Names of cards, MACs and readers are pairs of upper-case hexadecimal digits; as bytes they take half the room. */
const HEXADECIMAL_PAIRS = /^(?:[0-9A-F]{2})+$/;

export function text(key: string): Slot {
  return {
    key,
    pack: (value) => (HEXADECIMAL_PAIRS.test(value as string) ? fromHexDigits(value as string) : (value as string)),
    unpack: (value) => (value instanceof Uint8Array ? hexDigits(value) : value),
  };
}

type Base = (record: Untrusted, timeBefore: unknown) => unknown;

/** A time, as milliseconds after another one. */
export function since(key: string, base: Base): Slot {
  return {
    key,
    pack: (value, record, timeBefore) => (value as number) - Number(base(record, timeBefore)),
    unpack: (value, record, timeBefore) => sum(value, base(record, timeBefore)),
  };
}

/** A time, as milliseconds before another one. */
export function until(key: string, base: Base): Slot {
  return {
    key,
    pack: (value, record, timeBefore) => Number(base(record, timeBefore)) - (value as number),
    unpack: (value, record, timeBefore) => (typeof value === 'number' ? sum(-value, base(record, timeBefore)) : value),
  };
}

function sum(value: unknown, base: unknown): unknown {
  return typeof value === 'number' && typeof base === 'number' ? value + base : value;
}

/** An object as the array of its values; null stands for one that is not there, and is left out at the end. */
export function object(key: string, slots: readonly Slot[]): Slot {
  return {
    key,
    pack: (value, record) => packed(value as Untrusted, slots, record, null),
    unpack: (value, record) => (isArray(value) ? unpacked(value, slots, record, null) : value),
  };
}

/** A list of objects that have times. @param first what the time of the first counts from */
export function list(key: string, slots: readonly Slot[], first: (record: Untrusted) => unknown): Slot {
  return {
    key,
    pack: (value, record) => {
      let timeBefore = first(record);
      return (value as readonly Untrusted[]).map((entry) => {
        const values = packed(entry, slots, record, timeBefore);
        timeBefore = entry.time;
        return values;
      });
    },
    unpack: (value, record) => {
      if (!isArray(value)) return value;
      let timeBefore = first(record);
      return value.map((values) => {
        if (!isArray(values)) return values;
        const entry = unpacked(values, slots, record, timeBefore);
        timeBefore = entry.time;
        return entry;
      });
    },
  };
}

function packed(value: Untrusted, slots: readonly Slot[], record: Untrusted, timeBefore: unknown): Cbor[] {
  const values = slots.map(({ key, pack }) => (value[key] === undefined ? null : pack(value[key], record, timeBefore)));
  while (values.at(-1) === null) values.pop();
  return values;
}

function unpacked(values: readonly Cbor[], slots: readonly Slot[], record: Untrusted, timeBefore: unknown): Untrusted {
  const value: Untrusted = {};
  slots.forEach((slot, index) => {
    const found = values[index] ?? null;
    if (found !== null) value[slot.key] = slot.unpack(found, record, timeBefore);
  });
  return value;
}
