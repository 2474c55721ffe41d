import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeList, type List, openList, ProtocolError } from '../../src/index.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);
const isGood = (bytes: Uint8Array): boolean => {
  try {
    const { toBeSigned, signature } = openList(bytes);
    return verify(null, toBeSigned, publicKey, signature);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'list-malformed') return false;
    throw error;
  }
};

const TIMES = { issuedAt: 1_780_000_000_000, expiresAt: 1_780_600_000_000 };
const DENY: List = { kind: 'deny', version: 7, ...TIMES, entries: ['04A1B2C3D4E5F6', 'M1', 'm-2'] };
const LIMITS: List = {
  kind: 'limits',
  version: 1,
  ...TIMES,
  entries: { minimumBalance: -500, unsentAgeMax: 86_400_000 },
};
const ACTIONS: List = {
  ...{ kind: 'actions', version: 2, ...TIMES },
  entries: [
    { medium: '04A1B2C3D4E5F6', serial: 1, kind: 'refund', amount: 130 as never },
    { medium: '04A1B2C3D4E5F6', serial: 2, kind: 'block' },
    { medium: 'M1', serial: 3, kind: 'product', product: { code: 'month', validUntil: 1_790_000_000_000, maxUses: 3 } },
  ],
};

describe('a list', () => {
  test.each([DENY, ACTIONS, LIMITS])(
    'of $kind says what it was made of, and the same again each time',
    async (list) => {
      const bytes = await encodeList(list, signed);
      expect(openList(bytes).list).toEqual(list);
      expect(await encodeList({ ...list } as List, signed)).toEqual(bytes);
      expect(isGood(bytes)).toBe(true);
    },
  );

  test.each([DENY, ACTIONS, LIMITS])('of $kind is good with no bit turned, nothing left out or added', async (list) => {
    const bytes = await encodeList(list, signed);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(isGood(turned)).toBe(false);
    }
    for (let length = 0; length < bytes.length; length += 1) expect(isGood(bytes.subarray(0, length))).toBe(false);
    expect(isGood(Uint8Array.of(...bytes, 0))).toBe(false);
  });

  test.each<[string, List]>([
    ['a medium twice', { ...DENY, entries: ['M1', 'M1'] }],
    ['media out of order', { ...DENY, entries: ['M2', 'M1'] }],
    ['what is no name', { ...DENY, entries: ['M 1'] }],
    ['version 0', { ...DENY, version: 0 }],
    ['a refund of nothing', { ...ACTIONS, entries: [{ medium: 'M1', serial: 1, kind: 'refund', amount: 0 as never }] }],
    ['an action of serial 0', { ...ACTIONS, entries: [{ medium: 'M1', serial: 0, kind: 'block' }] }],
    [
      'two actions of one serial',
      {
        ...ACTIONS,
        entries: [
          { medium: 'M1', serial: 1, kind: 'block' },
          { medium: 'M1', serial: 1, kind: 'unblock' },
        ],
      },
    ],
    ['half a tap', { ...LIMITS, entries: { dayTapsMax: 0.5 } }],
    ['fewer taps than none', { ...LIMITS, entries: { dayTapsMax: -1 } }],
  ])('with %s is never signed', async (_what, list) => {
    let signatures = 0;
    const counting = (bytes: Uint8Array): Uint8Array => {
      signatures += 1;
      return signed(bytes);
    };
    await expect(encodeList(list, counting)).rejects.toBeInstanceOf(RangeError);
    expect(signatures).toBe(0);
  });

  test('a name of 14 hexadecimal digits takes eight bytes', async () => {
    const names = (count: number): string[] =>
      Array.from({ length: count }, (_, index) =>
        (0x04000000000000 + index).toString(16).toUpperCase().padStart(14, '0'),
      );
    const bytes = async (count: number) => (await encodeList({ ...DENY, entries: names(count) }, signed)).length;
    expect((await bytes(200)) - (await bytes(100))).toBe(100 * 8);
  });

  test('any deny list comes back as it was', async () => {
    const name = fc.stringMatching(/^[0-9A-Za-z._-]{1,64}$/);
    const card = fc.stringMatching(/^04[0-9A-F]{12}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.oneof(name, card), { maxLength: 20 }), async (media) => {
        const list: List = { ...DENY, entries: media.sort() };
        expect(openList(await encodeList(list, signed)).list).toEqual(list);
      }),
    );
  });

  test('any other bytes are refused as malformed, never otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !isGood(bytes)));
  });
});
