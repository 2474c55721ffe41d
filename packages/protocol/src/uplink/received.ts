/**
 * What the centre has of a terminal's journal: by it a terminal sees what a centre that was restored from an old backup has
 * lost. In an acknowledgement as JSON, in messages of a socket as CBOR.
 */
import { type Cbor, isArray } from '../signed/cbor.ts';

/** Serials `from` … `to`, both included. */
export type SerialRange = readonly [from: number, to: number];

export interface ReceivedSerials {
  /** Highest serial received; 0 where none was. */
  readonly last: number;
  /** What is missing, the newest first, for that is what a terminal still has. No more than {@link MISSING_MAX}. */
  readonly missing: readonly SerialRange[];
}

export const MISSING_MAX = 64;
const SERIAL_MAX = 2 ** 31 - 1;

/** Null where it is none: whoever answered may be anybody. @param value of JSON */
export function parseReceived(value: unknown): ReceivedSerials | null {
  const { last, missing } = (value ?? {}) as { readonly last?: unknown; readonly missing?: unknown };
  if (!isSerial(last, 0) || !Array.isArray(missing) || missing.length > MISSING_MAX) return null;
  return missing.every((range) => Array.isArray(range) && range.length === 2) && isDescending(missing.flat())
    ? { last, missing: missing as readonly SerialRange[] }
    : null;
}

/** `[last, from, to, from, to, …]` */
export function packReceived({ last, missing }: ReceivedSerials): readonly number[] {
  return [last, ...missing.flat()];
}

export function unpackReceived(value: Cbor | undefined): ReceivedSerials | null {
  if (!isArray(value)) return null;
  const [last, ...ends] = value;
  const isWhole = isSerial(last, 0) && ends.length % 2 === 0 && ends.length <= 2 * MISSING_MAX && isDescending(ends);
  if (!isWhole) return null;
  const missing = Array.from({ length: ends.length / 2 }, (_, at) => [ends[2 * at], ends[2 * at + 1]]);
  return { last, missing: missing as unknown as readonly SerialRange[] };
}

/** `from, to, from, to, …`: each range whole, and below the one before, with something received in between. */
function isDescending(ends: readonly unknown[]): boolean {
  let below = SERIAL_MAX + 2;
  for (let at = 0; at < ends.length; at += 2) {
    const [from, to] = [ends[at], ends[at + 1]];
    if (!isSerial(from, 1) || !isSerial(to, from) || to >= below - 1) return false;
    below = from;
  }
  return true;
}

function isSerial(value: unknown, low: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= SERIAL_MAX;
}
