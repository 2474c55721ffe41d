import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEAL_BYTES, sealing } from '../src/index.ts';

const KEY = new Uint8Array(32).fill(3);
const PLACE = Uint8Array.of(0, 0, 0, 7);
const sealer = sealing(KEY, randomBytes);
const plain = new TextEncoder().encode('M1 debit -250');

test('what was sealed opens where it belongs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 16 }), (bytes, place) => {
      const sealed = sealer.seal(bytes, place);
      expect(sealed.length).toBe(bytes.length + SEAL_BYTES);
      expect(sealer.open(sealed, place)).toEqual(bytes);
    }),
  );
});

test('form: nonce ‖ ciphertext ‖ tag, by test case 14 of the GCM specification', () => {
  // Key, nonce and one block of zeros: AES-256 (D. McGrew, J. Viega: The Galois/Counter Mode of Operation, appendix B)
  const zeros = sealing(new Uint8Array(32), (length) => new Uint8Array(length));
  const sealed = Buffer.from(zeros.seal(new Uint8Array(16), new Uint8Array(0))).toString('hex');
  expect(sealed).toBe(`${'00'.repeat(12)}cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919`);
});

describe('does not open', () => {
  const sealed = sealer.seal(plain, PLACE);

  test('with any bit changed', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(sealer.open(changed, PLACE)).toBeNull();
    }
  });

  test('cut at any byte', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(sealer.open(sealed.subarray(0, length), PLACE)).toBeNull();
    }
  });

  test('at another place', () => expect(sealer.open(sealed, Uint8Array.of(0, 0, 0, 8))).toBeNull());

  test('by another key', () => {
    expect(sealing(new Uint8Array(32).fill(4), randomBytes).open(sealed, PLACE)).toBeNull();
  });
});

test('the same frame at the same place, as after a torn tail, is sealed under another nonce', () => {
  const nonces = Array.from({ length: 1_000 }, () =>
    Buffer.from(sealer.seal(plain, PLACE).subarray(0, 12)).toString('hex'),
  );
  expect(new Set(nonces).size).toBe(1_000);
});

test('a key that is overwritten afterwards still seals by what it was', () => {
  const key = Uint8Array.from(KEY);
  const own = sealing(key, randomBytes);
  key.fill(0);
  expect(own.open(sealer.seal(plain, PLACE), PLACE)).toEqual(plain);
});

test('a key of 16 bytes is our own mistake', () => {
  expect(() => sealing(new Uint8Array(16), randomBytes)).toThrow('an AES-256 key has 32 bytes, not 16');
});
