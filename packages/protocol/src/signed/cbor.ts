/**
 * The part of CBOR (RFC 8949) that signed batches use: integers, byte strings, text, null and arrays, in the one
 * encoding that section 4.2.1 calls deterministic. Any other encoding of the same value is refused, so that no two byte
 * strings are the same batch.
 */
import { decode, encode, type Token, Tokenizer } from 'cborg';

export type Cbor = number | string | null | Uint8Array | readonly Cbor[];

/** Records → record → log → entry of the log; more can only be an attempt to exhaust the stack. */
const DEPTH_MAX = 4;
/** A record has at most 125 values, so that this is above 2,000 records; a byte can be a value of a hundred in memory. */
export const VALUES_MAX = 2 ** 18;
const KINDS: ReadonlySet<string> = new Set(['uint', 'negint', 'bytes', 'string', 'null', 'array']);

const OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;

/** @param value integers within ±(2^53−1) */
export function encodeCbor(value: Cbor): Uint8Array<ArrayBuffer> {
  // A copy: cborg gives a Buffer where there are Buffers, and those may lie in memory that they share.
  return new Uint8Array(encode(value));
}

/**
 * The value, or null where the bytes are not exactly one value in its deterministic encoding.
 * @param depthMax how deep arrays may lie within one another
 */
export function decodeCbor(bytes: Uint8Array, depthMax = DEPTH_MAX): { readonly value: Cbor } | null {
  let value: Cbor;
  try {
    value = decode(bytes, { ...OPTIONS, tokenizer: new ShallowTokenizer(bytes, depthMax) });
  } catch {
    // cborg throws plain errors; what exactly is wrong with bytes that somebody damaged helps nobody.
    return null;
  }
  // Also catches text that is not UTF-8, which decoding replaced by U+FFFD.
  return sameBytes(encode(value), bytes) ? { value } : null;
}

/** Hands on tokens of our kinds, at most {@link VALUES_MAX}, and no array deeper than it is told. */
class ShallowTokenizer extends Tokenizer {
  readonly #depthMax: number;
  #values = 0;
  /** For each array under way: how many of its values are still to come. */
  readonly #left: number[] = [];

  constructor(bytes: Uint8Array, depthMax: number) {
    super(bytes, OPTIONS);
    this.#depthMax = depthMax;
  }

  override next(): Token {
    const token = super.next();
    if (!KINDS.has(token.type.name)) throw new Error(`a ${token.type.name} is never written`);
    this.#values += 1;
    if (this.#values > VALUES_MAX) throw new Error('too many values');
    const left = this.#left;
    if (left.length > 0) left.push((left.pop() as number) - 1);
    if (token.type.name === 'array' && token.value > 0) left.push(token.value);
    if (left.length > this.#depthMax) throw new Error('nested too deeply');
    while (left.at(-1) === 0) left.pop();
    return token;
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
