import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/bytes.ts';
import { diversificationInput, diversified, issuerKeys, mediumNameOf, mediumUid } from '../../src/diversification.ts';
import { KEY_PURPOSES, type KeyStore } from '../../src/port.ts';
import { keyOfValue } from '../aes.ts';

const UID = fromHex('04782E21801D80');
const MASTER = fromHex('00112233445566778899AABBCCDDEEFF');

/** AES-ECB of a zero block tells whether two keys are the same without seeing either. */
const fingerprint = (key: { cmac(message: Uint8Array): Uint8Array }) => toHex(key.cmac(new Uint8Array(1)));

test('AN10922 section 2.2.1: plain CMAC over 16 bytes or more is the diversification of the note', () => {
  // 01 ‖ UID ‖ AID 3042F5 ‖ "NXP Abu"
  const input = fromHex('0104782E21801D803042F54E585020416275');
  const key = keyOfValue(MASTER);
  expect(toHex(key.cmac(input))).toBe('A8DD63A3B89D54B37CA802473FDA9175');
  expect(fingerprint(key.derive(input))).toBe(fingerprint(keyOfValue(fromHex('A8DD63A3B89D54B37CA802473FDA9175'))));
});

test('the input of a card key: 01, UID, AID, "RETAP", key number', () => {
  expect(toHex(diversificationInput('debit', UID))).toBe('0104782E21801D80525450524554415003');
  expect(toHex(diversificationInput('transaction-mac', UID))).toBe('0104782E21801D8052545052455441500F');
  expect(toHex(diversificationInput('picc', UID))).toBe('0104782E21801D80000000524554415010');
});

test('each purpose and each card has a key of its own, though the master were the same', () => {
  const other = fromHex('04782E21801D81');
  const master = keyOfValue(MASTER);
  const keys = KEY_PURPOSES.flatMap((purpose) =>
    [UID, other].map((uid) => fingerprint(diversified(master, purpose, uid))),
  );
  expect(new Set(keys).size).toBe(2 * KEY_PURPOSES.length);
});

test('a UID of another length is our own mistake', () => {
  expect(() => diversificationInput('debit', UID.subarray(0, 4))).toThrow('a UID has 7 bytes, not 4');
});

test('an issuer gets values of card keys, and none where a master is not held', () => {
  const store: KeyStore = {
    versions: (purpose) => (purpose === 'debit' ? [3, 4] : []),
    master: (purpose, version) => (purpose === 'debit' && version === 4 ? keyOfValue(MASTER) : null),
  };
  const keys = issuerKeys(store);
  const value = keys.cardKeyValue('debit', 4, UID);
  expect(fingerprint(keyOfValue(value!))).toBe(fingerprint(diversified(keyOfValue(MASTER), 'debit', UID)));
  expect(keys.cardKeyValue('debit', 5, UID)).toBeNull();
  expect(keys.versions('debit')).toEqual([3, 4]);
});

test('the name of a card is its UID; no other name is a card', () => {
  expect(mediumNameOf(UID)).toBe('04782E21801D80');
  expect(mediumUid('04782E21801D80')).toEqual(UID);
  for (const name of ['04782e21801d80', '04782E21801D8', '04782E21801D800', 'M1', ''])
    expect(mediumUid(name)).toBeNull();
});
