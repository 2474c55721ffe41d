/** What phones and the centre sign: bytes that phones in the field have, read and written alike for ever. */
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ProtocolError } from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY, KINDS } from './values.ts';

const golden: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('../fixtures/phones-1.json', import.meta.url), 'utf8'),
);
const digitsOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

describe.each(KINDS)('a $name', ({ name, code, value, write, read, wrong }) => {
  const isGood = (bytes: Uint8Array): boolean => {
    try {
      const { toBeSigned, signature } = read(bytes);
      return verify(null, toBeSigned, createPublicKey(KEY), signature);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === code) return false;
      throw error;
    }
  };

  test('of before says what it said, and is written byte for byte as it was', async () => {
    const bytes = Uint8Array.from(Buffer.from(golden[name] ?? '', 'hex'));
    expect(read(bytes).value).toEqual(value);
    expect(isGood(bytes)).toBe(true);
    expect(digitsOf(await write(value))).toBe(golden[name]);
  });

  test('is good with no bit of it turned, and with nothing left out or added', async () => {
    const bytes = await write(value);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(isGood(turned)).toBe(false);
    }
    for (let length = 0; length < bytes.length; length += 1) expect(isGood(bytes.subarray(0, length))).toBe(false);
    expect(isGood(Uint8Array.of(...bytes, 0))).toBe(false);
  });

  test.each(wrong)('with %o is none, though it is signed', async (change) => {
    expect(isGood(await write({ ...value, ...change }))).toBe(false);
  });

  test('is no other kind of thing', async () => {
    for (const other of KINDS) if (other.name !== name) expect(isGood(await other.write(other.value))).toBe(false);
  });

  test('any other bytes are refused as malformed, never otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !isGood(bytes)));
  });
});
