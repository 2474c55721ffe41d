/** CBOR read by hand, held to a library that reads it and encodes it again. */
import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cbor, decodeCbor, encodeCbor, VALUES_MAX } from '../../src/signed/cbor.ts';

function isOurs(value: unknown): value is Cbor {
  if (Array.isArray(value)) return value.every(isOurs);
  return value === null || typeof value === 'string' || value instanceof Uint8Array || Number.isSafeInteger(value);
}

/** By the library: of our kinds, and the same bytes when it is encoded again. */
function byLibrary(bytes: Uint8Array): { readonly value: Cbor } | null {
  try {
    const value: unknown = decode(bytes, { strict: true, allowIndefinite: false, allowBigInt: false });
    return isOurs(value) && Buffer.compare(encode(value), bytes) === 0 ? { value } : null;
  } catch {
    return null;
  }
}

const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -1, -24, -25, -256, -257),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.uint8Array({ maxLength: 300 }),
);
const array = (of: fc.Arbitrary<Cbor>): fc.Arbitrary<Cbor> => fc.array(of, { maxLength: 30 });
const value: fc.Arbitrary<Cbor> = fc.oneof(leaf, array(leaf), array(fc.oneof(leaf, array(leaf))));

test('what was encoded is decoded', () => {
  fc.assert(
    fc.property(value, (each) => {
      expect(decodeCbor(encodeCbor(each))).toEqual({ value: each });
    }),
  );
});

test('what is damaged is what the library says it is', () => {
  fc.assert(
    fc.property(value, fc.nat(), fc.integer({ min: 0, max: 255 }), (each, place, byte) => {
      const damaged = encodeCbor(each);
      damaged[place % damaged.length] = byte;
      expect(decodeCbor(damaged, 8)).toEqual(byLibrary(damaged));
    }),
    { numRuns: 3_000 },
  );
});

test('any bytes are what the library says they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
      expect(decodeCbor(bytes, 20)).toEqual(byLibrary(bytes));
    }),
    { numRuns: 5_000 },
  );
});

describe('is refused', () => {
  const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
  test.each([
    ['a number longer than it must be', '1817'],
    ['of eight bytes where four do', '1b00000000ffffffff'],
    ['2^53', '1b0020000000000000'],
    ['−2^53', '3b001fffffffffffff'],
    ['a length of no end', '5f4101ff'],
    ['bytes that end early', '4301'],
    ['text that is not UTF-8', '61ff'],
    ['an array that promises what cannot come', '9b001fffffffffffff'],
    ['a map', 'a0'],
    ['a tag', 'c001'],
    ['true', 'f5'],
    ['undefined', 'f7'],
    ['a float', 'f90000'],
    ['a value and something behind it', '0101'],
    ['nothing', ''],
  ])('%s', (_, digits) => expect(decodeCbor(hex(digits))).toBeNull());

  test('an array deeper than it may be, be the innermost empty or not', () => {
    const nested = (depth: number, inner: Cbor): Cbor => (depth === 0 ? inner : [nested(depth - 1, inner)]);
    expect(decodeCbor(encodeCbor(nested(4, 1)), 4)).not.toBeNull();
    expect(decodeCbor(encodeCbor(nested(4, [])), 4)).not.toBeNull();
    expect(decodeCbor(encodeCbor(nested(5, 1)), 4)).toBeNull();
  });

  test('more values than there may be', () => {
    const bytes = (count: number): Uint8Array => encodeCbor(Array.from({ length: count }, () => 0));
    expect(decodeCbor(bytes(VALUES_MAX - 1))).not.toBeNull();
    expect(decodeCbor(bytes(VALUES_MAX))).toBeNull();
  });
});

test('text may begin with a byte-order mark, which is a character of it', () => {
  expect(decodeCbor(encodeCbor('\uFEFFa'))).toEqual({ value: '\uFEFFa' });
  const long = `\uFEFF${'ä'.repeat(40)}`;
  expect(decodeCbor(encodeCbor(long))).toEqual({ value: long });
});
