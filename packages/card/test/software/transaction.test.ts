/** What waits for the commit, what ends it, and what the proof covers. */
import { describe, expect, test } from 'vitest';
import { fromHex, fromLittleEndian, toHex } from '../../src/bytes.ts';
import {
  decryptReaderId,
  TransactionMacInput,
  transactionMac,
  transactionSessionKeys,
} from '../../src/transaction-mac.ts';
import { keyOfValue } from '../aes.ts';
import { AID, benchOf, FILE, type Reader, readyBench, TRANSACTION_MAC_KEY, UID } from './driver.ts';

const [CREDIT, DEBIT, LIMITED_CREDIT, CLEAR] = [0x0c, 0xdc, 0x1c, 0xeb];
/** CommitReaderID switched off: most of these tests are not about it. */
const NOBODY = { readerId: 0xf };

const commit = (reader: Reader) => reader.command('mac', 0xc7, [0x01]);
const abort = (reader: Reader) => reader.command('mac', 0xa7, []);
const balance = (reader: Reader) => reader.getValue('full', FILE.balance);
const log = (reader: Reader, newest = 0, count = 0) =>
  toHex(reader.command('full', 0xab, [FILE.log, newest, 0, 0, count, 0, 0]));
const record = (byte: number) => new Uint8Array(16).fill(byte);

function tmv(input: TransactionMacInput, counter: number): string {
  const keys = transactionSessionKeys(keyOfValue(TRANSACTION_MAC_KEY), counter, UID);
  return toHex(transactionMac(keys.mac, input.bytes()));
}

describe('before the commit nobody sees a change', () => {
  test('value, data and record are as they were; after it they are all as written', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.changeValue('full', DEBIT, FILE.balance, 1000);
    reader.changeValue('full', CREDIT, FILE.balance, 1);
    reader.write('full', FILE.last, 4, Uint8Array.of(1, 2, 3));
    reader.write('full', FILE.last, 5, Uint8Array.of(9));
    reader.write('full', FILE.log, 0, Uint8Array.of(7, 7), 0x8b);
    reader.write('full', FILE.log, 2, Uint8Array.of(8), 0x8b);
    expect(balance(reader)).toBe(5000);
    expect(toHex(reader.read('full', FILE.last, 4, 3))).toBe('000000');
    commit(reader);
    expect(balance(reader)).toBe(4001);
    expect(toHex(reader.read('full', FILE.last, 4, 3))).toBe('010903');
    expect(log(reader)).toBe('07070800000000000000000000000000');
  });

  test('a standard data file changes at once', () => {
    const { reader, memory } = readyBench(2);
    reader.write('full', FILE.standard, 198, Uint8Array.of(5, 6));
    const next = benchOf(memory.read()).reader;
    next.select();
    next.authenticate(1);
    expect(toHex(next.read('full', FILE.standard, 198, 0))).toBe('0506');
  });
});

describe('a transaction is forgotten', () => {
  test.each<[string, (reader: Reader) => void]>([
    ['by AbortTransaction', abort],
    ['by a refused command', (reader) => expect(reader.frame(0x99).status).toBe('911C')],
    ['by SelectApplication', (reader) => expect(reader.select()).toBe('9100')],
    [
      'by ISO SELECT',
      (reader) => expect(toHex(reader.card.transmit(fromHex('00A4040C07F0524554415001')))).toBe('9000'),
    ],
    ['by a failed authentication', (reader) => expect(reader.authenticate(2, fromHex('01'.repeat(16)))).toBe('91AE')],
    ['by a reset', (reader) => reader.card.reset()],
  ])('%s', (_, event) => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.changeValue('full', DEBIT, FILE.balance, 1000);
    event(reader);
    // Not by the select: only where the application is no longer selected.
    if (reader.frame(0x6f).status !== '9100') reader.select();
    reader.authenticate(2);
    expect(() => reader.command('mac', 0xc7, [])).toThrow('910C');
    reader.select();
    reader.authenticate(2);
    expect(balance(reader)).toBe(5000);
  });

  test('where the files of the application change under it', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.changeValue('full', DEBIT, FILE.balance, 1000);
    reader.authenticate(0);
    reader.command('mac', 0xdf, [FILE.balance]);
    expect(() => commit(reader)).toThrow('910C');
  });

  test.each([
    ['AuthenticateEV2First', 0x71],
    ['AuthenticateEV2NonFirst', 0x77],
  ])('but not by %s in the same application', (_, code) => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.changeValue('full', DEBIT, FILE.balance, 1000);
    expect(reader.authenticate(3, undefined, code)).toBe('9100');
    commit(reader);
    expect(balance(reader)).toBe(4000);
  });
});

test('NonFirst keeps TI and counter, and has other keys', () => {
  const { reader } = readyBench(2);
  balance(reader);
  const before = reader.session;
  expect(reader.authenticate(1, undefined, 0x77)).toBe('9100');
  expect(reader.session?.transaction).toEqual(before?.transaction);
  expect(reader.counter).toBe(1);
  expect(balance(reader)).toBe(5000);
});

describe('limited credit', () => {
  test('gives back what the last transaction with a debit took, once', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.changeValue('full', DEBIT, FILE.balance, 300);
    reader.changeValue('full', DEBIT, FILE.balance, 200);
    commit(reader);
    reader.changeValue('full', LIMITED_CREDIT, FILE.balance, 350);
    commit(reader);
    reader.changeValue('full', LIMITED_CREDIT, FILE.balance, 150);
    commit(reader);
    expect(balance(reader)).toBe(5000);
    expect(() => reader.changeValue('full', LIMITED_CREDIT, FILE.balance, 1)).toThrow('91BE');
  });
});

describe('records', () => {
  test('a cyclic file of five shows four, oldest first, and the newest can be left out', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    for (let byte = 1; byte <= 7; byte += 1) {
      reader.write('full', FILE.log, 0, record(byte), 0x8b);
      commit(reader);
    }
    expect(log(reader)).toBe([4, 5, 6, 7].map((byte) => toHex(record(byte))).join(''));
    expect(log(reader, 1, 2)).toBe([5, 6].map((byte) => toHex(record(byte))).join(''));
    expect(() => log(reader, 2, 3)).toThrow('91BE');
  });

  test('a linear file is full when it is full, and empty when it was cleared', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    const write = (byte: number) => reader.write('full', FILE.linear, 0, Uint8Array.of(byte), 0x8b);
    for (const byte of [1, 2, 3]) {
      write(byte);
      commit(reader);
    }
    expect(() => write(4)).toThrow('91BE');
    reader.authenticate(2);
    reader.command('mac', CLEAR, [FILE.linear]);
    expect(() => write(4)).toThrow('919D');
    reader.authenticate(2);
    reader.command('mac', CLEAR, [FILE.linear]);
    commit(reader);
    expect(reader.command('mac', 0xf5, [FILE.linear]).slice(-3)).toEqual(Uint8Array.of(0, 0, 0));
    write(4);
    commit(reader);
    expect(toHex(reader.command('full', 0xab, [FILE.linear, 0, 0, 0, 0, 0, 0]))).toBe('0400000000000000');
  });
});

describe('the proof', () => {
  test('covers reads, with the real length and count where all was asked for', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.write('full', FILE.log, 0, record(3), 0x8b);
    commit(reader);
    const data = reader.read('full', FILE.last, 8, 0);
    const value = reader.command('full', 0x6c, [FILE.balance]);
    const records = reader.command('full', 0xab, [FILE.log, 0, 0, 0, 0, 0, 0]);
    // The TransactionMAC file itself is left out.
    reader.read('full', FILE.mac, 0, 0);
    const answer = commit(reader);
    const input = new TransactionMacInput()
      .add(0xad, fromHex('01080000180000'), data)
      .add(0x6c, Uint8Array.of(FILE.balance, ...value))
      .add(0xab, fromHex('04000000010000'), records);
    expect(fromLittleEndian(answer.subarray(0, 4))).toBe(2);
    expect(toHex(answer.subarray(4))).toBe(tmv(input, 2));
    expect(reader.read('full', FILE.mac, 0, 0)).toEqual(answer);
  });

  test('does not cover what was read before AbortTransaction', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    balance(reader);
    abort(reader);
    reader.changeValue('full', CREDIT, FILE.balance, 5);
    const answer = commit(reader);
    expect(toHex(answer.subarray(4))).toBe(tmv(new TransactionMacInput().addValueChange(CREDIT, FILE.balance, 5), 1));
  });

  test('does not cover what was refused', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    expect(() => reader.changeValue('full', DEBIT, FILE.balance, 5001)).toThrow('91BE');
    reader.authenticate(2);
    reader.changeValue('full', DEBIT, FILE.balance, 5000);
    const answer = commit(reader);
    expect(toHex(answer.subarray(4))).toBe(tmv(new TransactionMacInput().addValueChange(DEBIT, FILE.balance, 5000), 1));
  });

  test('without option 01 counts all the same, and answers nothing', () => {
    const { reader } = readyBench(2, 'full', NOBODY);
    reader.changeValue('full', DEBIT, FILE.balance, 1);
    expect(reader.command('mac', 0xc7, [])).toHaveLength(0);
    expect(reader.read('full', FILE.mac, 0, 4)).toEqual(Uint8Array.of(1, 0, 0, 0));
  });

  test('is not asked of an application that has none', () => {
    const { reader } = readyBench(0, 'full', NOBODY);
    reader.command('mac', 0xdf, [FILE.mac]);
    reader.authenticate(2);
    reader.changeValue('full', DEBIT, FILE.balance, 1);
    expect(() => commit(reader)).toThrow('919D');
    reader.select();
    reader.authenticate(2);
    reader.changeValue('full', DEBIT, FILE.balance, 1);
    reader.command('mac', 0xc7, []);
    expect(balance(reader)).toBe(4999);
  });
});

describe('CommitReaderID', () => {
  const [FIRST, SECOND] = [fromHex('A1'.repeat(16)), fromHex('B2'.repeat(16))];
  const name = (reader: Reader, id: Uint8Array) => reader.command('mac', 0xc8, [], id);

  test('answers who was here before, for the centre only', () => {
    const { reader } = readyBench(3);
    reader.changeValue('full', DEBIT, FILE.balance, 1);
    name(reader, FIRST);
    commit(reader);
    const answer = name(reader, SECOND);
    const keys = transactionSessionKeys(keyOfValue(TRANSACTION_MAC_KEY), 2, UID);
    expect(decryptReaderId(keys.encryption, answer)).toEqual(FIRST);
  });

  test('of a transaction that was not committed is forgotten', () => {
    const { reader } = readyBench(3);
    name(reader, FIRST);
    abort(reader);
    const answer = name(reader, SECOND);
    const keys = transactionSessionKeys(keyOfValue(TRANSACTION_MAC_KEY), 1, UID);
    expect(decryptReaderId(keys.encryption, answer)).toEqual(new Uint8Array(16));
  });

  test('happens once a transaction, with 16 bytes', () => {
    const { reader } = readyBench(3);
    name(reader, FIRST);
    expect(() => name(reader, SECOND)).toThrow('919D');
    reader.authenticate(3);
    expect(() => name(reader, SECOND.subarray(1))).toThrow('917E');
  });

  test('is refused to all where the file says so', () => {
    const { reader } = readyBench(3, 'full', NOBODY);
    expect(() => name(reader, FIRST)).toThrow('919D');
  });
});

test('deleting the selected application drops to PICC level', () => {
  const { reader } = readyBench(0);
  reader.command('mac', 0xda, [...AID]);
  expect(reader.frame(0x6a)).toEqual({ status: '9100', data: new Uint8Array(0) });
  expect(reader.select()).toBe('91A0');
});
