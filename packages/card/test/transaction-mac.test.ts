/** TMI and its keys byte by byte, as MF2DLHX0 sections 10.3.2 and 10.3.4 spell them. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../src/bytes.ts';
import {
  decryptReaderId,
  encryptReaderId,
  TRANSACTION_CODES,
  TransactionMacInput,
  transactionMac,
  transactionSessionKeys,
} from '../src/transaction-mac.ts';
import { keyOfValue } from './aes.ts';

const KEY = keyOfValue(fromHex('F0E1D2C3B4A5968778695A4B3C2D1E0F'));
const UID = fromHex('04782E21801D80');
const READER = fromHex('A0A1A2A3A4A5A6A7A8A9AAABACADAEAF');
const PREVIOUS = fromHex('B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF');

const bytesOf = (input: TransactionMacInput): string => toHex(input.bytes());

test('a value change is one block: code, file, value, zeros', () => {
  const input = new TransactionMacInput().addValueChange(TRANSACTION_CODES.debit, 3, 0x01020304);
  expect(bytesOf(input)).toBe('DC030403020100000000000000000000');
});

test('a write is a block of code, file, offset, length, and the data padded to blocks', () => {
  const data = fromHex('1112131415161718191A1B1C1D1E1F2021');
  const input = new TransactionMacInput().addWrite(TRANSACTION_CODES.writeData, 1, 2, data);
  expect(bytesOf(input)).toBe(
    '8D010200001100000000000000000000' + '1112131415161718191A1B1C1D1E1F20' + '21000000000000000000000000000000',
  );
});

test('data of whole blocks get no padding', () => {
  const input = new TransactionMacInput().addWrite(TRANSACTION_CODES.writeRecord, 4, 0, READER);
  expect(bytesOf(input)).toBe(`8B040000001000000000000000000000${toHex(READER)}`);
});

test('a reader’s identity and the encrypted one before it are chained after their code', () => {
  const input = new TransactionMacInput().addReaderId(READER, PREVIOUS);
  expect(bytesOf(input)).toBe(`C8${toHex(READER)}${toHex(PREVIOUS)}${'00'.repeat(15)}`);
});

test('pieces are in the order of the commands', () => {
  const clear = new TransactionMacInput().add(TRANSACTION_CODES.clearRecordFile, Uint8Array.of(4));
  expect(clear.isEmpty).toBe(false);
  expect(bytesOf(clear.addValueChange(TRANSACTION_CODES.credit, 3, 1))).toBe(
    'EB040000000000000000000000000000' + '0C030100000000000000000000000000',
  );
  expect(new TransactionMacInput().isEmpty).toBe(true);
  expect(new TransactionMacInput().bytes()).toHaveLength(0);
});

test('session keys are CMACs of label, counter, length, TMC + 1 and UID; TMV is every other byte of a CMAC', () => {
  const keys = transactionSessionKeys(KEY, 0x0a0b0c0d, UID);
  const message = READER.subarray(3);
  const mac = keyOfValue(KEY.cmac(fromHex('5A000100800D0C0B0A04782E21801D80')));
  expect(keys.mac.cmac(message)).toEqual(mac.cmac(message));
  const encryption = keyOfValue(KEY.cmac(fromHex('A5000100800D0C0B0A04782E21801D80')));
  expect(keys.encryption.cmac(message)).toEqual(encryption.cmac(message));
  const full = mac.cmac(message);
  expect(transactionMac(keys.mac, message)).toEqual(full.filter((_, index) => index % 2 === 1));
});

test('a reader’s identity is one block, encrypted without padding', () => {
  const encrypted = encryptReaderId(KEY, PREVIOUS);
  expect(encrypted).toEqual(KEY.encrypt(new Uint8Array(16), PREVIOUS));
  expect(decryptReaderId(KEY, encrypted)).toEqual(PREVIOUS);
});
