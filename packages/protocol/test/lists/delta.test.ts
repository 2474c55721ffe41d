import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { amountOf } from '@retap/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta, encodeDelta, encodeList, type List, openDelta, openList, ProtocolError } from '../../src/index.ts';
import { denied, ordered } from './arbitrary-lists.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);
const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest());
const TIMES = { issuedAt: 1_780_000_000_000, expiresAt: 1_780_600_000_000 };

const deny = (version: number, entries: readonly string[]): List => ({ kind: 'deny', version, ...TIMES, entries });

async function deltaOf(older: List, newer: List): Promise<{ delta: Uint8Array; whole: Uint8Array }> {
  const whole = await encodeList(newer, signed);
  const delta = await encodeDelta(older, openList(whole), whole, sha256, signed);
  if (delta === null) throw new Error('there is no difference of these');
  return { delta, whole };
}

/** What a terminal that holds the older one makes of the bytes; null: it takes nothing. */
function applied(older: List, bytes: Uint8Array): Uint8Array | null {
  try {
    const { delta, toBeSigned, signature } = openDelta(bytes);
    return verify(null, toBeSigned, publicKey, signature) ? applyDelta(older, delta, sha256) : null;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'delta-malformed') return null;
    throw error;
  }
}

describe('who holds the older version and applies the difference', () => {
  const runs = { numRuns: 60 } as const;

  test('has the newer deny list, byte for byte as the centre has signed it', async () => {
    await fc.assert(
      fc.asyncProperty(denied, denied, async (before, after) => {
        const { delta, whole } = await deltaOf(deny(3, before), deny(8, after));
        expect(applied(deny(3, before), delta)).toEqual(whole);
      }),
      runs,
    );
  });

  test('has the newer action list, also where an action of the same number says something else', async () => {
    await fc.assert(
      fc.asyncProperty(ordered, ordered, async (before, after) => {
        const older: List = { kind: 'actions', version: 3, ...TIMES, entries: before };
        const { delta, whole } = await deltaOf(older, { ...older, version: 4, entries: after } as List);
        expect(applied(older, delta)).toEqual(whole);
      }),
      runs,
    );
  });

  test('of twenty edits one after the other has what the last whole list says', async () => {
    const edit = fc.record({ medium: fc.constantFrom('M1', 'M2', 'M3', '04A1B2C3D4E5F6'), denies: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 20 }), async (edits) => {
        const media = new Set<string>();
        let held = deny(1, []);
        for (const [index, { medium, denies }] of edits.entries()) {
          if (denies) media.add(medium);
          else media.delete(medium);
          const { delta, whole } = await deltaOf(held, deny(index + 2, [...media].sort()));
          const found = applied(held, delta);
          expect(found).toEqual(whole);
          held = openList(found as Uint8Array).list;
        }
        expect(held.entries).toEqual([...media].sort());
      }),
      { numRuns: 20 },
    );
  });
});

describe('a difference', async () => {
  const older = deny(3, ['04A1B2C3D4E5F6', 'M1', 'M2']);
  const newer = deny(5, ['04A1B2C3D4E5F6', 'M2', 'M4']);
  const { delta, whole } = await deltaOf(older, newer);

  test('of 20 changes in 10,000 media is a small part of the list', async () => {
    const name = (number: number): string =>
      (0x04000000000000 + number * 7919).toString(16).toUpperCase().padStart(14, '0');
    const media = Array.from({ length: 10_000 }, (_, index) => name(index));
    const after = [...media.slice(10), ...Array.from({ length: 10 }, (_, index) => name(20_000 + index))].sort();
    const made = await deltaOf(deny(1, media), deny(2, after));
    console.info(`10,000 denied media, 20 changes: ${made.delta.length} bytes, the whole list ${made.whole.length}`);
    expect(made.delta.length).toBeLessThan(450);
    expect(made.whole.length).toBeGreaterThan(80_000);
    expect(applied(deny(1, media), made.delta)).toEqual(made.whole);
  });

  test('is good with no bit turned, nothing left out or added', () => {
    expect(applied(older, delta)).toEqual(whole);
    for (let bit = 0; bit < delta.length * 8; bit += 1) {
      const turned = delta.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(applied(older, turned)).toBeNull();
    }
    for (let length = 0; length < delta.length; length += 1)
      expect(applied(older, delta.subarray(0, length))).toBeNull();
    expect(applied(older, Uint8Array.of(...delta, 0))).toBeNull();
  });

  test.each<[string, List]>([
    ['an older version', deny(2, ['04A1B2C3D4E5F6', 'M1', 'M2'])],
    ['the version that comes of it', newer],
    ['a newer version', deny(6, ['04A1B2C3D4E5F6', 'M1', 'M2'])],
    ['another list of the version', deny(3, ['04A1B2C3D4E5F6', 'M1', 'M2', 'M3'])],
    ['one that lacks what is gone', deny(3, ['04A1B2C3D4E5F6', 'M2'])],
    ['one that has what is new', deny(3, ['04A1B2C3D4E5F6', 'M1', 'M2', 'M4'])],
    ['actions', { kind: 'actions', version: 3, ...TIMES, entries: [{ medium: 'M1', serial: 1, kind: 'block' }] }],
    ['limits', { kind: 'limits', version: 3, ...TIMES, entries: {} }],
  ])('is not applied to %s', (_what, other) => {
    expect(applied(other, delta)).toBeNull();
  });

  test('is none of a list, and a list is none of it', () => {
    expect(() => openList(delta)).toThrow(ProtocolError);
    expect(() => openDelta(whole)).toThrow(ProtocolError);
  });

  test('is not made of lists that always go out whole, nor of two kinds', async () => {
    const limits: List = { kind: 'limits', version: 1, ...TIMES, entries: { dayTapsMax: 1 } };
    const next = await encodeList({ ...limits, version: 2 }, signed);
    expect(await encodeDelta(limits, openList(next), next, sha256, signed)).toBeNull();
    expect(await encodeDelta(limits, openList(whole), whole, sha256, signed)).toBeNull();
  });

  test('any other bytes are refused as malformed, never otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => applied(older, bytes) === null));
  });

  test('with an action as long as one can be comes back', async () => {
    const action = {
      ...{ medium: 'M'.repeat(64), serial: 2 ** 31 - 1, kind: 'product' as const },
      product: { code: 'c'.repeat(64), validFrom: 2 ** 48 - 1, validUntil: 2 ** 48 - 1, maxUses: 2 ** 31 - 1 },
    };
    const before: List = {
      kind: 'actions',
      version: 1,
      ...TIMES,
      entries: [{ medium: 'M1', serial: 1, kind: 'refill', amount: amountOf(5) }],
    };
    const made = await deltaOf(before, { ...before, version: 2, entries: [action] } as List);
    expect(applied(before, made.delta)).toEqual(made.whole);
  });
});
