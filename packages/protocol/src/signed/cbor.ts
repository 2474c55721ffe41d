/**
 * The part of CBOR (RFC 8949) that signed batches use: integers, byte strings, text, null and arrays, in the one
 * encoding that section 4.2.1 calls deterministic. Any other encoding of the same value is refused, so that no two byte
 * strings are the same batch.
 */
import { encode } from 'cborg';

export type Cbor = number | string | null | Uint8Array | readonly Cbor[];

/** Records → record → log → entry of the log; more can only be an attempt to exhaust the stack. */
const DEPTH_MAX = 4;
/** A record has at most 125 values, so that this is above 2,000 records; a byte can be a value of a hundred in memory. */
export const VALUES_MAX = 2 ** 18;
/** @param value integers within ±(2^53−1) */
export function encodeCbor(value: Cbor): Uint8Array<ArrayBuffer> {
  // A copy: cborg gives a Buffer where there are Buffers, and those may lie in memory that they share.
  return new Uint8Array(encode(value));
}

/**
 * The value, or null where the bytes are not exactly one value in its deterministic encoding. Read by hand: each number in its
 * shortest form and text that is UTF-8 leave nothing else that could be encoded otherwise, so that nothing need be encoded again.
 * @param depthMax how deep arrays may lie within one another
 */
export function decodeCbor(bytes: Uint8Array, depthMax = DEPTH_MAX): { readonly value: Cbor } | null {
  try {
    const reader = new Reader(bytes);
    const value = reader.value(depthMax);
    return reader.isAtEnd ? { value } : null;
  } catch (error) {
    if (error !== UNREADABLE) throw error;
    return null;
  }
}

/** What exactly is wrong with bytes that somebody damaged helps nobody: one for all. */
const UNREADABLE = new Error('no CBOR that is ever written');
/** A byte-order mark is a character like others. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NULL = 0xf6;

/** Reads values of our kinds, at most {@link VALUES_MAX}. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @param depthMax of arrays, this one included @throws UNREADABLE */
  value(depthMax: number): Cbor {
    this.#values += 1;
    const first = this.#bytes[this.#at];
    if (first === undefined || this.#values > VALUES_MAX) throw UNREADABLE;
    this.#at += 1;
    if (first === NULL) return null;
    const argument = this.#argument(first & 0x1f);
    switch (first >> 5) {
      case 0:
        return argument;
      case 1:
        // −2^53 is no safe integer.
        if (argument === Number.MAX_SAFE_INTEGER) throw UNREADABLE;
        return -1 - argument;
      case 2:
        return new Uint8Array(this.#taken(argument));
      case 3:
        return textOf(this.#taken(argument));
      case 4:
        return this.#array(argument, depthMax);
      default:
        throw UNREADABLE;
    }
  }

  #array(length: number, depthMax: number): Cbor[] {
    if (length > this.#bytes.length - this.#at || (length > 0 && depthMax === 0)) throw UNREADABLE;
    const values: Cbor[] = [];
    for (let index = 0; index < length; index += 1) values.push(this.value(depthMax - 1));
    return values;
  }

  #taken(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw UNREADABLE;
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Below 24 it stands in the first byte, else in the next 1, 2, 4 or 8, and then it must be too large for fewer. */
  #argument(low: number): number {
    if (low < 24) return low;
    if (low > 27) throw UNREADABLE;
    const length = 1 << (low - 24);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw UNREADABLE;
    let argument = 0;
    for (; this.#at < end; this.#at += 1) argument = argument * 256 + (this.#bytes[this.#at] as number);
    const least = length === 1 ? 24 : 256 ** (length / 2);
    if (argument < least || argument > Number.MAX_SAFE_INTEGER) throw UNREADABLE;
    return argument;
  }
}

/** Short text is ASCII as a rule, and a decoder takes longer to be called than it has to do. */
function textOf(bytes: Uint8Array): string {
  if (bytes.length <= 16 && bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes);
  try {
    return UTF8.decode(bytes);
  } catch {
    throw UNREADABLE;
  }
}

/** How many values it is made of, each array one besides what is in it: as many as {@link decodeCbor} counts. */
export function countValues(value: Cbor): number {
  return isArray(value) ? value.reduce<number>((count, each) => count + countValues(each), 1) : 1;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

export function sameCbor(a: Cbor, b: Cbor): boolean {
  if (a === b) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return sameBytes(a, b);
  if (!isArray(a) || !isArray(b)) return false;
  return a.length === b.length && a.every((value, index) => sameCbor(value, b[index] as Cbor));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** Array.isArray narrows to any[]. */
export function isArray(value: unknown): value is readonly Cbor[] {
  return Array.isArray(value);
}
