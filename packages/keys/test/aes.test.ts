import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type AesKey, fromHex, toHex } from '@retap/card';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkValue, softwareKey } from '../src/index.ts';

const ZERO_IV = new Uint8Array(16);

describe('AES-128-CMAC, examples of NIST SP 800-38B', () => {
  const key = softwareKey(fromHex('2B7E151628AED2A6ABF7158809CF4F3C'));
  const message = fromHex(
    '6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710',
  );
  const CASES: [number, string][] = [
    [0, 'BB1D6929E95937287FA37D129B756746'],
    [16, '070A16B46B4D4144F79BDD9DD04A287C'],
    [40, 'DFA66747DE9AE63030CA32611497C827'],
    [64, '51F0BEBF7E3B9D92FC49741779363CFE'],
  ];

  test.each(CASES)('of %i bytes', (length, mac) => {
    expect(toHex(key.cmac(message.subarray(0, length)))).toBe(mac);
  });

  test.each(CASES)('derive of %i bytes is the key of that value', (length, value) => {
    const data = randomBytes(32);
    const derived = key.derive(message.subarray(0, length));
    expect(derived.encrypt(ZERO_IV, data)).toEqual(softwareKey(fromHex(value)).encrypt(ZERO_IV, data));
  });
});

test('AES-128-CBC, example F.2.1 of NIST SP 800-38A', () => {
  const key = softwareKey(fromHex('2B7E151628AED2A6ABF7158809CF4F3C'));
  const iv = fromHex('000102030405060708090A0B0C0D0E0F');
  const plain = fromHex('6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51');
  const encrypted = '7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2';
  expect(toHex(key.encrypt(iv, plain))).toBe(encrypted);
  expect(toHex(key.decrypt(iv, fromHex(encrypted)))).toBe(toHex(plain));
});

test('a card key diversified as in AN10922, section 2.2.1', () => {
  const master = softwareKey(fromHex('00112233445566778899AABBCCDDEEFF'));
  // 01 ‖ UID ‖ AID ‖ "NXP Abu"
  const input = fromHex('01' + '04782E21801D80' + '3042F5' + '4E585020416275');
  expect(toHex(master.cmac(input))).toBe('A8DD63A3B89D54B37CA802473FDA9175');
  const known = softwareKey(fromHex('A8DD63A3B89D54B37CA802473FDA9175'));
  expect(checkValue(master.derive(input))).toEqual(checkValue(known));
});

test('any sequence of operations gives what a fresh cipher gives for each: none leaves a trace in the next', () => {
  const block = (count: number) => fc.uint8Array({ minLength: 16 * count, maxLength: 16 * count });
  const data = fc.integer({ min: 0, max: 4 }).chain(block);
  const operation = fc.record({ name: fc.constantFrom('encrypt', 'decrypt', 'cmac'), iv: block(1), data });
  fc.assert(
    fc.property(block(1), fc.array(operation, { minLength: 1, maxLength: 12 }), (value, operations) => {
      const key = softwareKey(value);
      for (const { name, iv, data } of operations) {
        const given = Uint8Array.from(data);
        if (name === 'cmac') expect(key.cmac(data)).toEqual(softwareKey(value).cmac(data));
        if (name === 'encrypt') expect(key.encrypt(iv, data)).toEqual(fresh('encrypt', value, iv, data));
        if (name === 'decrypt') expect(key.decrypt(iv, data)).toEqual(fresh('decrypt', value, iv, data));
        expect(data).toEqual(given);
      }
    }),
  );
});

function fresh(direction: 'encrypt' | 'decrypt', value: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const make = direction === 'encrypt' ? createCipheriv : createDecipheriv;
  return Uint8Array.from(make('aes-128-cbc', value, iv).setAutoPadding(false).update(data));
}

test('what a caller does to an answer changes no later one', () => {
  const key = softwareKey(new Uint8Array(16).fill(7));
  const first = key.encrypt(ZERO_IV, new Uint8Array(16));
  const expected = Uint8Array.from(first);
  first.fill(0xff);
  expect(key.encrypt(ZERO_IV, new Uint8Array(16))).toEqual(expected);
});

describe('a discarded key', () => {
  const USES: [string, (key: AesKey) => unknown][] = [
    ['encrypt', (key) => key.encrypt(ZERO_IV, ZERO_IV)],
    ['decrypt', (key) => key.decrypt(ZERO_IV, ZERO_IV)],
    ['cmac', (key) => key.cmac(ZERO_IV)],
    ['derive', (key) => key.derive(ZERO_IV)],
  ];

  test.each(USES)('does not %s', (_name, use) => {
    const key = softwareKey(new Uint8Array(16).fill(1));
    use(key);
    key.discard();
    expect(() => use(key)).toThrow('a discarded key was used');
    key.discard();
  });

  test('leaves the value it was made of, and keys derived of it, as they are', () => {
    const value = new Uint8Array(16).fill(1);
    const key = softwareKey(value);
    const derived = key.derive(ZERO_IV);
    const mac = derived.cmac(ZERO_IV);
    key.discard();
    expect(value).toEqual(new Uint8Array(16).fill(1));
    expect(derived.cmac(ZERO_IV)).toEqual(mac);
  });
});

test.each([0, 15, 17, 32])('a key of %i bytes is our own mistake', (length) => {
  expect(() => softwareKey(new Uint8Array(length))).toThrow(`an AES-128 key has 16 bytes, not ${length}`);
});

test('half a block, or half an IV, is our own mistake', () => {
  const key = softwareKey(new Uint8Array(16));
  expect(() => key.encrypt(ZERO_IV, new Uint8Array(17))).toThrow('not 17 bytes');
  expect(() => key.decrypt(new Uint8Array(8), new Uint8Array(16))).toThrow('an IV has 16 bytes, not 8');
});
