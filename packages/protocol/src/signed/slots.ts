/**
 * What stands where in a packed record and in the objects inside it. A slot knows how its value is written and how it
 * is read; what was read may be anything, and is handed on as it is where it does not fit, for `parseRecord` to refuse.
 */
import { fromHexDigits, hexDigits } from '../enrolment/hex.ts';
import type { Untrusted } from '../shape.ts';
import { type Cbor, isArray } from './cbor.ts';

export interface Slot {
  readonly key: string;
  readonly pack: (value: unknown, holder: Untrusted) => Cbor;
  readonly unpack: (value: Cbor, holder: Untrusted) => unknown;
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

/** A time, as milliseconds from the time that `of` finds in what was read so far. */
export function since(key: string, of: (holder: Untrusted) => unknown): Slot {
  return {
    key,
    pack: (value, holder) => (value as number) - Number(of(holder)),
    unpack: (value, holder) => sum(value, of(holder)),
  };
}

/** The other way round, so that what lies in the past is a positive number: as CBOR no shorter, but plainer. */
export function until(key: string, of: (holder: Untrusted) => unknown): Slot {
  return {
    key,
    pack: (value, holder) => Number(of(holder)) - (value as number),
    unpack: (value, holder) => (typeof value === 'number' ? sum(-value, of(holder)) : value),
  };
}

function sum(value: unknown, base: unknown): unknown {
  return typeof value === 'number' && typeof base === 'number' ? value + base : value;
}

/** An object as the array of its values; null stands for one that is not there, and is left out at the end. */
export function object(key: string, slots: (holder: Untrusted) => readonly Slot[]): Slot {
  return {
    key,
    pack: (value, holder) => packed(value as Untrusted, slots(holder)),
    unpack: (value, holder) => (isArray(value) ? unpacked(value, slots(holder)) : value),
  };
}

/** A list of objects; `slots` sees the entry before, or else the holder of the list. */
export function list(key: string, slots: (entryBefore: Untrusted | null, holder: Untrusted) => readonly Slot[]): Slot {
  return {
    key,
    pack: (value, holder) => {
      const entries = value as readonly Untrusted[];
      return entries.map((entry, index) => packed(entry, slots(entries[index - 1] ?? null, holder)));
    },
    unpack: (value, holder) => {
      if (!isArray(value)) return value;
      let entryBefore: Untrusted | null = null;
      return value.map((entry) => {
        if (!isArray(entry)) return entry;
        entryBefore = unpacked(entry, slots(entryBefore, holder));
        return entryBefore;
      });
    },
  };
}

function packed(value: Untrusted, slots: readonly Slot[]): Cbor[] {
  const values = slots.map((slot) => (value[slot.key] === undefined ? null : slot.pack(value[slot.key], value)));
  while (values.at(-1) === null) values.pop();
  return values;
}

function unpacked(values: readonly Cbor[], slots: readonly Slot[]): Untrusted {
  const value: Untrusted = {};
  slots.forEach((slot, index) => {
    const found = values[index] ?? null;
    if (found !== null) value[slot.key] = slot.unpack(found, value);
  });
  return value;
}
