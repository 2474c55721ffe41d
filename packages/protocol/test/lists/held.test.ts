import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeHeldLists, encodeList, openHeldLists, openList, ProtocolError } from '../../src/index.ts';
import { encodeCbor } from '../../src/signed/cbor.ts';
import { encodeSign1 } from '../../src/signed/sign1.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);
const HELD = { terminal: 17, saidAt: 1_780_000_000_000, versions: { deny: 7, actions: 0, limits: 1, tariff: 0 } };

function isGood(bytes: Uint8Array): boolean {
  try {
    const { toBeSigned, signature } = openHeldLists(bytes);
    return verify(null, toBeSigned, publicKey, signature);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'held-lists-malformed') return false;
    throw error;
  }
}

describe('what a terminal says it holds', () => {
  test('comes back as it was said', async () => {
    const bytes = await encodeHeldLists(HELD, signed);
    expect(openHeldLists(bytes).held).toEqual(HELD);
    expect(isGood(bytes)).toBe(true);
  });

  test('names a tariff only where one is held, so that a centre that knows none takes the rest', async () => {
    const lengthOf = async (tariff: number) =>
      (await encodeHeldLists({ ...HELD, versions: { ...HELD.versions, tariff } }, signed)).length;
    expect((await lengthOf(5)) - (await lengthOf(0))).toBe(1);
    const bytes = await encodeHeldLists({ ...HELD, versions: { ...HELD.versions, tariff: 5 } }, signed);
    expect(openHeldLists(bytes).held.versions).toEqual({ ...HELD.versions, tariff: 5 });
  });

  test.each([
    ['two lists', [7, 0]],
    ['a nought too many', [7, 0, 1, 0]],
    ['more lists than there are', [7, 0, 1, 5, 1]],
  ])('in another encoding is refused, though it is signed: %s', async (_what, numbers) => {
    const form = { context: 'retap lists held 1', hasKeyName: true, bytesMax: 256 };
    const payload = encodeCbor([1, HELD.terminal, HELD.saidAt, numbers]);
    expect(isGood(await encodeSign1(form, HELD.terminal, payload, signed))).toBe(false);
    const good = encodeCbor([1, HELD.terminal, HELD.saidAt, [7, 0, 1]]);
    expect(isGood(await encodeSign1(form, HELD.terminal, good, signed))).toBe(true);
  });

  test('is good with no bit turned and nothing left out', async () => {
    const bytes = await encodeHeldLists(HELD, signed);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(isGood(turned)).toBe(false);
    }
    for (let length = 0; length < bytes.length; length += 1) expect(isGood(bytes.subarray(0, length))).toBe(false);
  });

  test('is no list, and a list is none of it', async () => {
    const list = { kind: 'deny', version: 1, issuedAt: 0, expiresAt: 1, entries: [] } as const;
    const bytes = await encodeList(list, signed);
    expect(isGood(bytes)).toBe(false);
    expect(() => openList(Uint8Array.from([]))).toThrow(ProtocolError);
    const held = await encodeHeldLists(HELD, signed);
    expect(() => openList(held)).toThrow('not a list');
  });

  test.each([
    ['a version below none', { versions: { deny: -1, actions: 0, limits: 0, tariff: 0 } }],
    ['no time', { saidAt: -1 }],
    ['terminal 0', { terminal: 0 }],
  ])('with %s is refused, though it is signed', async (_what, change) => {
    expect(isGood(await encodeHeldLists({ ...HELD, ...change }, signed))).toBe(false);
  });
});
