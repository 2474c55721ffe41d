/** Bytes that devices in the field have, as the first version with lists wrote them: read and written alike for ever. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeHeldLists, encodeList, type HeldLists, type List, openHeldLists, openList } from '@retap/protocol';
import { describe, expect, test } from 'vitest';

interface Golden {
  readonly centre: string;
  readonly terminal: string;
  readonly lists: readonly { readonly list: List; readonly bytes: string }[];
  readonly held: { readonly held: HeldLists; readonly bytes: string };
}
const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/lists-1.json', import.meta.url), 'utf8'));

const bytesOf = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
const digitsOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** PKCS #8 head of an Ed25519 private key (RFC 8410, section 7): 32 bytes of the key follow. */
const keyOf = (seed: string): KeyObject =>
  createPrivateKey({
    key: bytesOf(`302e020100300506032b657004220420${seed.repeat(32)}`) as Buffer,
    ...{ format: 'der', type: 'pkcs8' },
  });
const CENTRE = keyOf('CE');
const DEVICE = keyOf('DE');
const rawOf = (key: KeyObject): string =>
  digitsOf(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));

test('the keys of the fixture are those of its seeds', () => {
  expect([rawOf(CENTRE), rawOf(DEVICE)]).toEqual([golden.centre, golden.terminal]);
});

describe.each(golden.lists)('the $list.kind list of before', ({ list, bytes }) => {
  test('says what it said, and its signature is good', () => {
    const opened = openList(bytesOf(bytes));
    expect(opened.list).toEqual(list);
    expect(verify(null, opened.toBeSigned, createPublicKey(CENTRE), opened.signature)).toBe(true);
  });

  test('is written byte for byte as it was', async () => {
    expect(digitsOf(await encodeList(list, (toBeSigned) => sign(null, toBeSigned, CENTRE)))).toBe(bytes);
  });
});

describe('what a terminal of before says it holds', () => {
  const { held, bytes } = golden.held;

  test('is understood, and its signature is good', () => {
    const opened = openHeldLists(bytesOf(bytes));
    expect(opened.held).toEqual({ ...held, versions: { ...held.versions, tariff: 0 } });
    expect(verify(null, opened.toBeSigned, createPublicKey(DEVICE), opened.signature)).toBe(true);
  });

  test('is written byte for byte as it was', async () => {
    // By a terminal of today that holds no tariff, so that a centre of then understands it.
    const today = { ...held, versions: { ...held.versions, tariff: 0 } };
    expect(digitsOf(await encodeHeldLists(today, (toBeSigned) => sign(null, toBeSigned, DEVICE)))).toBe(bytes);
  });
});
