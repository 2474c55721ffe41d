import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLicence, type Licence, openLicence, ProtocolError } from '../../src/index.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);
const isGood = (bytes: Uint8Array): boolean => {
  try {
    const { toBeSigned, signature } = openLicence(bytes);
    return verify(null, toBeSigned, createPublicKey(privateKey), signature);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'licence-malformed') return false;
    throw error;
  }
};

const LICENCE: Licence = {
  terminal: 17,
  publicKey: Uint8Array.from({ length: 32 }, (_, i) => 200 - i),
  role: 'gate',
  issuedAt: 1_780_000_000_000,
  expiresAt: 1_782_592_000_000,
};

describe('a licence', () => {
  test('says what it was made of, and the same again each time', async () => {
    const bytes = await encodeLicence(LICENCE, signed);
    expect(openLicence(bytes).licence).toEqual(LICENCE);
    expect(await encodeLicence({ ...LICENCE }, signed)).toEqual(bytes);
    expect(isGood(bytes)).toBe(true);
  });

  test('is good with no bit of it turned, and with nothing left out or added', async () => {
    const bytes = await encodeLicence(LICENCE, signed);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(isGood(turned)).toBe(false);
    }
    for (let length = 0; length < bytes.length; length += 1) expect(isGood(bytes.subarray(0, length))).toBe(false);
    expect(isGood(Uint8Array.of(...bytes, 0))).toBe(false);
  });

  test.each([
    ['no terminal', { terminal: 0 }],
    ['a key of 31 bytes', { publicKey: new Uint8Array(31) }],
    ['a role that no terminal has', { role: 'issuer' as never }],
    ['an end before all time', { expiresAt: -1 }],
  ])('with %s is none, though it is signed', async (_what, change) => {
    expect(isGood(await encodeLicence({ ...LICENCE, ...change }, signed))).toBe(false);
  });

  test('any other bytes are refused as malformed, never otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !isGood(bytes)));
  });
});
