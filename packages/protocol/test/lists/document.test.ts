import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { amountOf } from '@retap/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeList, fits, type List, openList, ProtocolError, type Tariff, type TariffPart } from '../../src/index.ts';
import { arbitraryList } from './arbitrary-lists.ts';

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

const NAME = { sl: 'Vožnja', en: 'Ride' };
const RIDE = { code: 'ride', name: NAME, amount: amountOf(130) };
const GATE: TariffPart = {
  ...{ role: 'validator', terminals: [], defaultOffer: 1 },
  offers: [
    { kind: 'debit', fare: 'ride' },
    { kind: 'validation', codes: ['month', 'week'], name: NAME },
  ],
};
const DESK: TariffPart = {
  ...{ role: 'point-of-sale', terminals: [7, 300] },
  offers: [
    { kind: 'purchase', product: 'month' },
    { kind: 'refill', amount: amountOf(1000), name: NAME },
  ],
};
const TARIFF_OF_NOW: Tariff = {
  ...{ validFrom: 1_780_000_000_000, currency: 'EUR', fares: [RIDE], parts: [GATE, DESK] },
  products: [
    { code: 'month', name: NAME, price: amountOf(3700), validFor: 2_592_000_000 },
    { code: 'ten', name: NAME, price: amountOf(0), maxUses: 10 },
  ],
};
const TARIFF: List<'tariff'> = {
  ...{ kind: 'tariff', version: 3, ...TIMES },
  entries: [TARIFF_OF_NOW, { ...TARIFF_OF_NOW, validFrom: 1_790_000_000_000, products: [], parts: [GATE] }],
};
/** A list of one tariff, with something changed. */
const tariff = (change: Partial<Tariff>): List => ({ ...TARIFF, entries: [{ ...TARIFF_OF_NOW, ...change }] });
const gate = (change: object): List => tariff({ parts: [{ ...GATE, ...change } as TariffPart] });

describe('a list', () => {
  test.each([DENY, ACTIONS, LIMITS, TARIFF])(
    'of $kind says what it was made of, and the same again each time',
    async (list) => {
      const bytes = await encodeList(list, signed);
      expect(openList(bytes).list).toEqual(list);
      expect(await encodeList({ ...list } as List, signed)).toEqual(bytes);
      expect(isGood(bytes)).toBe(true);
    },
  );

  test.each([DENY, ACTIONS, LIMITS, TARIFF])(
    'of $kind is good with no bit turned, nothing left out or added',
    async (list) => {
      const bytes = await encodeList(list, signed);
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const turned = bytes.slice();
        turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(isGood(turned)).toBe(false);
      }
      for (let length = 0; length < bytes.length; length += 1) expect(isGood(bytes.subarray(0, length))).toBe(false);
      expect(isGood(Uint8Array.of(...bytes, 0))).toBe(false);
    },
  );

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
    ['two tariffs of one moment', { ...TARIFF, entries: [TARIFF_OF_NOW, TARIFF_OF_NOW] }],
    [
      '33 tariffs',
      { ...TARIFF, entries: Array.from({ length: 33 }, (_, at) => ({ ...TARIFF_OF_NOW, validFrom: at })) },
    ],
    ['a currency that is none', tariff({ currency: 'euro' })],
    ['a fare of nothing', tariff({ fares: [{ ...RIDE, amount: amountOf(0) }] })],
    ['a fare twice', tariff({ fares: [RIDE, RIDE] })],
    ['fares out of order', tariff({ fares: [RIDE, { ...RIDE, code: 'dog' }] })],
    ['a code with a space', tariff({ fares: [RIDE, { ...RIDE, code: 'ride 2' }] })],
    ['a name that nobody sees', tariff({ fares: [{ ...RIDE, name: { sl: ' ', en: 'Ride' } }] })],
    ['a name that turns the text around', tariff({ fares: [{ ...RIDE, name: { sl: 'a\u202Eb', en: 'Ride' } }] })],
    ['an offer of a fare that is not there', tariff({ fares: [] })],
    ['an offer of a product that is not there', tariff({ products: [] })],
    ['two parts for all gates', tariff({ parts: [GATE, GATE] })],
    ['a terminal in two parts', tariff({ parts: [DESK, { ...DESK, terminals: [8, 300] }] })],
    ['parts out of order', tariff({ parts: [DESK, GATE] })],
    ['terminals out of order', gate({ terminals: [2, 1] })],
    ['a gate without default', gate({ defaultOffer: 0 })],
    ['a default that is not there', gate({ defaultOffer: 3 })],
    ['no offer', gate({ defaultOffer: 1, offers: [] })],
    ['ten offers', gate({ offers: Array(10).fill(GATE.offers[0]) })],
    ['a validation of nothing', gate({ offers: [{ kind: 'validation', codes: [], name: NAME }] })],
    ['a role that sells nothing', gate({ role: 'inspector' })],
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

  test.each([
    ['refund', 52_427, (medium: string) => ({ medium, serial: 1, kind: 'refund', amount: 130 })],
    ['block', 65_534, (medium: string) => ({ medium, serial: 1, kind: 'block' })],
    ['product', 29_126, (medium: string) => ({ medium, serial: 1, kind: 'product', product: { code: 'week' } })],
  ])('as many of the action %s as docs/lists.md says, %i, and not one more', async (_kind, most, actionOf) => {
    const list = (count: number): List =>
      ({
        ...{ kind: 'actions', version: 1, issuedAt: 0, expiresAt: 1 },
        entries: Array.from({ length: count }, (_, index) =>
          actionOf((0x04000000000000 + index).toString(16).toUpperCase().padStart(14, '0')),
        ),
      }) as unknown as List;
    expect(fits(list(most))).toBe(true);
    expect(openList(await encodeList(list(most), signed)).list.entries).toHaveLength(most);
    expect(fits(list(most + 1))).toBe(false);
    await expect(encodeList(list(most + 1), signed)).rejects.toThrow(/too long/);
  });

  test('100,000 media and not one more', () => {
    const list = (count: number): List => ({
      ...DENY,
      entries: Array.from({ length: count }, (_, index) => `M${String(index).padStart(6, '0')}`),
    });
    expect([fits(list(100_000)), fits(list(100_001))]).toEqual([true, false]);
  });

  test('any list comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryList, async (list) => {
        expect(openList(await encodeList(list, signed)).list).toEqual(list);
      }),
    );
  });

  test('any other bytes are refused as malformed, never otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !isGood(bytes)));
  });
});
