import { expect, test } from 'vitest';
import { fromHex, fromLittleEndian, toHex } from '../../src/bytes.ts';
import {
  decryptReaderId,
  TRANSACTION_CODES,
  TransactionMacInput,
  transactionMac,
  transactionSessionKeys,
} from '../../src/transaction-mac.ts';
import { keyOfValue } from '../aes.ts';
import { benchOf, FILE, readyBench, TRANSACTION_MAC_KEY, textOf, UID } from './driver.ts';

const READER = fromHex('00112233445566778899AABBCCDDEEFF');

test.each(['plain', 'mac', 'full'] as const)(
  'debit in mode %s: value, last transaction and log change at one commit, and TMV proves it',
  (mode) => {
    const { reader, memory } = readyBench(3, mode);
    const last = Uint8Array.from({ length: 26 }, (_, index) => index + 1);
    const log = Uint8Array.from({ length: 15 }, (_, index) => 0x40 + index);

    const before = textOf(memory);
    reader.changeValue(mode, TRANSACTION_CODES.debit, FILE.balance, 1200);
    reader.write(mode, FILE.last, 0, last);
    reader.write(mode, FILE.log, 0, log, 0x8b);
    const encrypted = reader.command('mac', 0xc8, [], READER);
    expect(textOf(memory)).toBe(before);
    const answer = reader.command('mac', 0xc7, [0x01]);

    const counter = fromLittleEndian(answer.subarray(0, 4));
    expect(counter).toBe(1);
    const input = new TransactionMacInput()
      .addValueChange(TRANSACTION_CODES.debit, FILE.balance, 1200)
      .addWrite(TRANSACTION_CODES.writeData, FILE.last, 0, last)
      .addWrite(TRANSACTION_CODES.writeRecord, FILE.log, 0, log)
      .addReaderId(READER, encrypted);
    const keys = transactionSessionKeys(keyOfValue(TRANSACTION_MAC_KEY), counter, UID);
    expect(toHex(answer.subarray(4))).toBe(toHex(transactionMac(keys.mac, input.bytes())));
    expect(decryptReaderId(keys.encryption, encrypted)).toEqual(new Uint8Array(16));

    // In another field, with another key: what was committed is there.
    const next = benchOf(memory.read()).reader;
    next.select();
    expect(next.authenticate(2)).toBe('9100');
    expect(next.getValue(mode, FILE.balance)).toBe(3800);
    expect(next.read(mode, FILE.last, 0, 26)).toEqual(last);
    expect(next.command(mode, 0xab, [FILE.log, 0, 0, 0, 0, 0, 0])).toEqual(Uint8Array.from([...log, 0]));
  },
);
