/** Inflating by hand, held to zlib: the same bytes, of the same streams, and never of one that goes on or breaks off. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { expect, test } from 'vitest';
import { inflated } from '../../src/signed/inflate.ts';

const LENGTH_MAX = 2 ** 20;

/** What zlib makes of a stream, if it takes it to its very end. */
function byZlib(bytes: Uint8Array): Uint8Array | null {
  try {
    // Its types do not know the engine that `info` hands out.
    const { buffer, engine } = inflateRawSync(bytes, { info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return engine.bytesWritten === bytes.length ? new Uint8Array(buffer) : null;
  } catch {
    return null;
  }
}

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED, Z_DEFAULT_STRATEGY } = constants;
const STRATEGIES = [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED];

/** From what does not deflate to what does a thousandfold. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc.array(fc.integer({ min: 60, max: 70 }), { maxLength: 3_000 }).map((bytes) => Uint8Array.from(bytes)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3_000 }))
    .map(([piece, times]) =>
      Uint8Array.from({ length: piece.length * times }, (_, at) => piece[at % piece.length] ?? 0),
    ),
);
const stream = fc
  .tuple(content, fc.integer({ min: 0, max: 9 }), fc.constantFrom(...STRATEGIES), fc.boolean())
  .map(([bytes, level, strategy, byFflate]) => {
    const made = byFflate
      ? deflateSync(bytes, { level: level as 0 | 9 })
      : new Uint8Array(deflateRawSync(bytes, { level, strategy }));
    return { bytes, made };
  });

test('whatever was deflated, however, is inflated', () => {
  fc.assert(
    fc.property(stream, ({ bytes, made }) => {
      expect(inflated(made, LENGTH_MAX)).toEqual(bytes);
    }),
    { numRuns: 300 },
  );
});

test('a stream that ends early or goes on is none', () => {
  fc.assert(
    fc.property(stream, fc.nat(), ({ made }, cut) => {
      expect(inflated(made.subarray(0, cut % made.length), LENGTH_MAX)).toBeNull();
      expect(inflated(Uint8Array.of(...made.subarray(0, 5_000), ...made.subarray(5_000), 0), LENGTH_MAX)).toBeNull();
    }),
    { numRuns: 200 },
  );
});

test('one that is damaged is what zlib says it is', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 3 });
  // Damage near the beginning is to the codes themselves.
  fc.assert(
    fc.property(stream, damage, fc.boolean(), ({ made }, bits, atBeginning) => {
      const damaged = Uint8Array.from(made);
      for (const [at, bit] of bits) {
        const place = at % Math.min(made.length, atBeginning ? 30 : made.length);
        damaged[place] = (damaged[place] ?? 0) ^ (1 << bit);
      }
      const expected = byZlib(damaged);
      expect(inflated(damaged, LENGTH_MAX)).toEqual(
        expected !== null && expected.length > LENGTH_MAX ? null : expected,
      );
    }),
    { numRuns: 2_000 },
  );
});

test('any bytes are what zlib says they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(inflated(bytes, LENGTH_MAX)).toEqual(byZlib(bytes));
    }),
    { numRuns: 3_000 },
  );
});

test('it ends where it would be longer than it may be', () => {
  const zeros = new Uint8Array(100_000);
  for (const level of [0, 9] as const) {
    const made = deflateSync(zeros, { level });
    expect(inflated(made, 100_000)).toEqual(zeros);
    expect(inflated(made, 99_999)).toBeNull();
  }
  expect(inflated(deflateSync(Uint8Array.of(1, 2, 3)), 2)).toBeNull();
});
