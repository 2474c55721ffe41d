/** Violations of the protocol, each with the status that it is answered with. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex, toSigned32 } from '../../src/bytes.ts';
import {
  AID,
  type Bench,
  blankBench,
  FILE,
  type Reader,
  readyBench,
  TRANSACTION_MAC_KEY,
  textOf,
  UID,
  ZERO_KEY,
} from './driver.ts';

/** The status word of a command; '9100' where it is carried out. */
function statusOf(run: () => unknown): string {
  try {
    run();
    return '9100';
  } catch (error) {
    return (error as Error).message;
  }
}

const NO_DATA = new Uint8Array(0);
const range = (file: number, offset: number, length: number) => [file, offset, 0, 0, length, 0, 0];

type Violation = readonly [what: string, status: string, run: (reader: Reader, bench: Bench) => unknown];

/** With key 2 (reads and writes everything) of a personalised card, files in FULL. */
const WITH_KEY_2: readonly Violation[] = [
  ['a command that the card does not know', '911C', (reader) => reader.command('mac', 0x99, [])],
  ['a file that is not there', '91F0', (reader) => reader.getValue('full', 9)],
  ['GetValue of a data file', '919D', (reader) => reader.getValue('full', FILE.last)],
  ['ReadData beyond the end', '91BE', (reader) => reader.read('full', FILE.last, 30, 3)],
  ['ReadData from the end', '91BE', (reader) => reader.read('full', FILE.last, 32, 0)],
  ['WriteData beyond the end', '91BE', (reader) => reader.write('full', FILE.last, 31, Uint8Array.of(1, 2))],
  ['a debit below the lower limit', '91BE', (reader) => reader.changeValue('full', 0xdc, FILE.balance, 5001)],
  ['a credit above the upper limit', '91BE', (reader) => reader.changeValue('full', 0x0c, FILE.balance, 95_001)],
  ['a negative credit', '919E', (reader) => reader.changeValue('full', 0x0c, FILE.balance, -1)],
  ['a limited credit where nothing was debited', '91BE', (reader) => reader.changeValue('full', 0x1c, FILE.balance, 1)],
  ['ReadRecords of an empty file', '91BE', (reader) => reader.command('full', 0xab, range(FILE.log, 0, 0))],
  ['WriteRecord beyond the record', '91BE', (reader) => reader.write('full', FILE.log, 9, new Uint8Array(8), 0x8b)],
  ['WriteData to the TransactionMAC file', '919D', (reader) => reader.write('full', FILE.mac, 0, Uint8Array.of(1))],
  ['CommitTransaction with nothing to commit', '910C', (reader) => reader.command('mac', 0xc7, [])],
  ['AbortTransaction with nothing to abort', '910C', (reader) => reader.command('mac', 0xa7, [])],
  ['CommitTransaction with an option of the future', '919E', (reader) => reader.command('mac', 0xc7, [2])],
  ['CommitReaderID by a key that may not', '91AE', (reader) => reader.command('mac', 0xc8, [], new Uint8Array(16))],
  [
    'CommitTransaction without the CommitReaderID that the file demands',
    '919D',
    (reader) => {
      reader.changeValue('full', 0xdc, FILE.balance, 1);
      reader.command('mac', 0xc7, [1]);
    },
  ],
  [
    'a length that is not that of the data',
    '917E',
    (reader) => reader.command('full', 0x8d, range(FILE.last, 0, 3), Uint8Array.of(1, 2)),
  ],
  ['GetValue with data', '917E', (reader) => reader.command('full', 0x6c, [FILE.balance], Uint8Array.of(1))],
  ['a body shorter than the header', '917E', (reader) => reader.opened('full', reader.frame(0xad, [1, 2]))],
  ['FULL without a MAC', '917E', (reader) => reader.opened('full', reader.frame(0x6c, [FILE.balance]))],
  ['encrypted data of half a block', '917E', (reader) => reader.opened('full', reader.frame(0xdc, halfBlock(reader)))],
  ['a MAC in the place of FULL', '917E', (reader) => reader.command('mac', 0xdc, [FILE.balance], toSigned32(1))],
  [
    'encrypted data without padding',
    '911E',
    (reader) => reader.opened('full', reader.frame(0xdc, unpaddedBlock(reader))),
  ],
  ['ChangeKey of a key that is not there', '9140', (reader) => reader.changeKey(7, ZERO_KEY, 1)],
  ['ChangeKey by a key that may not', '91AE', (reader) => reader.changeKey(1, ZERO_KEY, 1, ZERO_KEY)],
  ['CreateApplication inside an application', '919D', (reader) => reader.command('mac', 0xca, [1, 2, 3, 0x0f, 0x81])],
  ['GetApplicationIDs inside an application', '919D', (reader) => reader.command('mac', 0x6a, [])],
  ['FormatPICC inside an application', '919D', (reader) => reader.command('mac', 0xfc, [])],
  ['DeleteFile by a key that is not the master', '91AE', (reader) => reader.command('mac', 0xdf, [FILE.last])],
  [
    'ChangeFileSettings by a key that may not',
    '91AE',
    (reader) => reader.command('full', 0x5f, [FILE.last], Uint8Array.of(0, 0xee, 0xee)),
  ],
  ['SelectApplication of one that is not there', '91A0', (reader) => reader.command('plain', 0x5a, [1, 2, 3])],
  ['SelectApplication with half an identifier', '917E', (reader) => reader.command('plain', 0x5a, [1, 2])],
  ['AF where nothing waits', '911C', (reader) => reader.opened('plain', reader.frame(0xaf))],
  [
    'authentication with a key that is not there',
    '9140',
    (reader) => reader.opened('plain', reader.frame(0x71, [5, 0])),
  ],
  ['authentication without capability length', '917E', (reader) => reader.opened('plain', reader.frame(0x71, [0]))],
  [
    'another command in the middle of an authentication',
    '91CA',
    (reader) => {
      reader.frame(0x71, [0, 0]);
      reader.opened('plain', reader.frame(0x60));
    },
  ],
];

function halfBlock(reader: Reader): Uint8Array {
  return reader.sealed('mac', 0xdc, Uint8Array.of(FILE.balance), new Uint8Array(8));
}

function unpaddedBlock(reader: Reader): Uint8Array {
  const zero = reader.session?.encryption.encrypt(new Uint8Array(16), new Uint8Array(16)) ?? NO_DATA;
  return reader.sealed('mac', 0xdc, Uint8Array.of(FILE.balance), zero);
}

describe('with key 2', () => {
  test.each(WITH_KEY_2)('%s → %s, and the session is over', (_, status, run) => {
    const bench = readyBench(2);
    const before = textOf(bench.memory);
    expect(statusOf(() => run(bench.reader, bench))).toBe(status);
    // Without a session the same file answers nobody.
    expect(bench.reader.frame(0x6c, [FILE.balance]).status).toBe('91AE');
    expect(textOf(bench.memory)).toBe(before);
  });
});

test('the MAC that is the only MAC in the place of FULL is not mistaken for data', () => {
  const { reader } = readyBench(2);
  reader.changeValue('full', 0xdc, FILE.balance, 1);
  // The counter is one behind: a command that was recorded and is sent again.
  reader.counter -= 1;
  expect(statusOf(() => reader.changeValue('full', 0xdc, FILE.balance, 1))).toBe('911E');
});

describe.each([
  ['every bit of the MAC', (body: Uint8Array) => body.length - 8],
  ['every bit of the encrypted data', () => 1],
] as const)('%s counts', (_, from) => {
  test('one flipped → 911E', () => {
    for (let bit = 0; bit < 64; bit += 1) {
      const { reader } = readyBench(2);
      const body = reader.sealed('full', 0xdc, Uint8Array.of(FILE.balance), toSigned32(1));
      const at = from(body) + (bit >> 3);
      body[at] = (body[at] ?? 0) ^ (1 << (bit & 7));
      expect(reader.frame(0xdc, body).status).toBe('911E');
    }
  });
});

/** Rights of the personalised files: read 1, write 3, both 2. */
const RIGHTS: readonly Violation[] = [
  ['key 1 reads', '9100', (reader) => reader.read('full', FILE.last, 0, 4)],
  ['key 1 does not write', '91AE', (reader) => reader.write('full', FILE.last, 0, Uint8Array.of(1))],
  ['key 1 does not credit', '91AE', (reader) => reader.changeValue('full', 0x0c, FILE.balance, 1)],
  ['key 1 debits, as whoever reads a value may', '9100', (reader) => reader.changeValue('full', 0xdc, FILE.balance, 1)],
  ['key 1 lists files where the list is free', '9100', (reader) => reader.command('mac', 0x6f, [])],
];

test.each(RIGHTS)('%s → %s', (_, status, run) => {
  const bench = readyBench(1);
  expect(statusOf(() => run(bench.reader, bench))).toBe(status);
});

test('a right that nobody has is refused otherwise than one that another key has', () => {
  const { reader } = readyBench(0);
  reader.command('mac', 0xcd, [6, 0, 0xff, 0xff, 4, 0, 0]);
  expect(statusOf(() => reader.read('plain', 6, 0, 4))).toBe('919D');
});

test('a free right is used in plain, even in a session', () => {
  const { reader } = readyBench(0);
  reader.command('mac', 0xcd, [6, 3, 0xf0, 0xee, 4, 0, 0]);
  expect(reader.write('plain', 6, 0, Uint8Array.of(1, 2, 3, 4))).toEqual(NO_DATA);
  expect(reader.read('plain', 6, 0, 0)).toEqual(Uint8Array.of(1, 2, 3, 4));
  // The session goes on, its counter with it.
  expect(reader.command('mac', 0x6e, [])).toHaveLength(3);
});

/** Creation of files, with the application's master key. */
const CREATION: readonly Violation[] = [
  ['a number that is taken', '91DE', (reader) => reader.command('mac', 0xcd, [FILE.last, 0, 0, 0, 1, 0, 0])],
  ['a number above 1F', '919E', (reader) => reader.command('mac', 0xcd, [0x20, 0, 0, 0, 1, 0, 0])],
  ['no bytes', '919E', (reader) => reader.command('mac', 0xcb, [6, 0, 0, 0, 0, 0, 0])],
  ['more than there is room for', '910E', (reader) => reader.command('mac', 0xcb, [6, 0, 0, 0, 0, 0x0f, 0])],
  ['more than any card has room for', '910E', (reader) => reader.command('mac', 0xcb, [6, 0, 0, 0, 0, 0, 1])],
  ['an option of the future', '919E', (reader) => reader.command('mac', 0xcd, [6, 0x40, 0, 0, 1, 0, 0])],
  [
    'an ISO identifier in an application that has none',
    '919E',
    (reader) => reader.command('mac', 0xcd, [6, 1, 0xe1, 0, 0, 0, 1, 0, 0]),
  ],
  ['parameters too short', '917E', (reader) => reader.command('mac', 0xcd, [6, 0, 0, 0, 1])],
  ['a cyclic file of one record', '919E', (reader) => reader.command('mac', 0xc0, [6, 0, 0, 0, 16, 0, 0, 1, 0, 0])],
  [
    'a value outside its limits',
    '919E',
    (reader) => reader.command('mac', 0xcc, [6, 0, 0, 0, ...toSigned32(0), ...toSigned32(9), ...toSigned32(10), 0]),
  ],
  [
    'limits crossed',
    '919E',
    (reader) => reader.command('mac', 0xcc, [6, 0, 0, 0, ...toSigned32(9), ...toSigned32(0), ...toSigned32(5), 0]),
  ],
  [
    'a second TransactionMAC file',
    '91DE',
    (reader) => reader.command('full', 0xce, [6, 0, 0, 0, 2], concat(TRANSACTION_MAC_KEY, [0])),
  ],
  [
    'a TransactionMAC key of another kind',
    '919E',
    (reader) => reader.command('full', 0xce, [6, 0, 0, 0, 1], concat(TRANSACTION_MAC_KEY, [0])),
  ],
  [
    'a TransactionMAC key cut short',
    '917E',
    (reader) => reader.command('full', 0xce, [6, 0, 0, 0, 2], TRANSACTION_MAC_KEY),
  ],
  ['DeleteFile of one that is not there', '91F0', (reader) => reader.command('mac', 0xdf, [6])],
  ['ChangeKey with the wrong old key', '911E', (reader) => reader.changeKey(1, ZERO_KEY, 1, fromHex('01'.repeat(16)))],
  ['ChangeKey cut short', '917E', (reader) => reader.command('full', 0xc4, [1], new Uint8Array(16))],
  ['SetConfiguration inside an application', '919D', (reader) => reader.command('full', 0x5c, [0], Uint8Array.of(1))],
];

test.each(CREATION)('with the application master key: %s → %s', (_, status, run) => {
  const bench = readyBench(0);
  const before = textOf(bench.memory);
  expect(statusOf(() => run(bench.reader, bench))).toBe(status);
  expect(textOf(bench.memory)).toBe(before);
});

/** On a blank card, at PICC level, nobody authenticated. */
const BLANK: readonly Violation[] = [
  ['an application with DES keys', '919E', (reader) => reader.command('plain', 0xca, [...AID, 0x0f, 0x05])],
  ['an application without keys', '919E', (reader) => reader.command('plain', 0xca, [...AID, 0x0f, 0x80])],
  ['an application of number 0', '919E', (reader) => reader.command('plain', 0xca, [0, 0, 0, 0x0f, 0x81])],
  ['CreateApplication cut short', '917E', (reader) => reader.command('plain', 0xca, [...AID, 0x0f])],
  ['a file at PICC level', '919D', (reader) => reader.command('plain', 0xcd, [1, 0, 0, 0, 1, 0, 0])],
  ['ReadData at PICC level', '919D', (reader) => reader.read('plain', 1, 0, 0)],
  ['CommitTransaction at PICC level', '919D', (reader) => reader.command('plain', 0xc7, [])],
  ['CommitReaderID at PICC level', '919D', (reader) => reader.command('plain', 0xc8, [], new Uint8Array(16))],
  ['GetFileIDs at PICC level', '919D', (reader) => reader.command('plain', 0x6f, [])],
  ['GetCardUID without a session', '91AE', (reader) => reader.command('plain', 0x51, [])],
  ['ChangeKey without a session', '91AE', (reader) => reader.command('plain', 0xc4, [0], new Uint8Array(40))],
  ['FormatPICC without a session', '91AE', (reader) => reader.command('plain', 0xfc, [])],
  ['DeleteApplication of one that is not there', '91A0', (reader) => reader.command('plain', 0xda, [...AID])],
  ['GetKeyVersion of a key that is not there', '9140', (reader) => reader.command('plain', 0x64, [1])],
  ['AuthenticateEV2NonFirst without a session', '919D', (reader) => reader.opened('plain', reader.frame(0x77, [0]))],
];

test.each(BLANK)('on a blank card: %s → %s', (_, status, run) => {
  const bench = blankBench();
  expect(statusOf(() => run(bench.reader, bench))).toBe(status);
});

describe('applications', () => {
  test('a 29th → 91CE; the same number, ISO identifier or name → 91DE', () => {
    const { reader } = blankBench();
    const create = (...body: number[]) => statusOf(() => reader.command('plain', 0xca, body));
    expect(create(...AID, 0x0f, 0x81, 0x54, 0x52, 1, 2, 3)).toBe('9100');
    expect(create(...AID, 0x0f, 0x81)).toBe('91DE');
    expect(create(1, 0, 0, 0x0f, 0x81, 0x54, 0x52)).toBe('91DE');
    expect(create(1, 0, 0, 0x0f, 0x81, 0x55, 0x52, 1, 2, 3)).toBe('91DE');
    for (let id = 1; id < 28; id += 1) expect(create(id, 0, 0, 0x0f, 0x81)).toBe('9100');
    expect(create(99, 0, 0, 0x0f, 0x81)).toBe('91CE');
  });

  test('where the card is closed, only its master key creates and lists', () => {
    const { reader } = blankBench();
    reader.authenticate(0);
    reader.command('full', 0x54, [], Uint8Array.of(0x01));
    reader.select(fromHex('000000'));
    expect(statusOf(() => reader.command('plain', 0xca, [...AID, 0x0f, 0x81]))).toBe('91AE');
    expect(statusOf(() => reader.command('plain', 0x6a, []))).toBe('91AE');
    reader.authenticate(0);
    reader.command('mac', 0xca, [...AID, 0x0f, 0x81]);
    expect(toHex(reader.command('mac', 0x6a, []))).toBe(toHex(AID));
    // Settings that say they are final are.
    expect(statusOf(() => reader.command('full', 0x54, [], Uint8Array.of(0x0f)))).toBe('919D');
  });

  test('a wrong key → 91AE, and a right one afterwards', () => {
    const { reader } = readyBench(0);
    reader.changeKey(0, fromHex('0F'.repeat(16)), 7);
    expect(reader.authenticate(0, ZERO_KEY)).toBe('91AE');
    expect(reader.authenticate(0, fromHex('0F'.repeat(16)))).toBe('9100');
    expect(reader.command('mac', 0x64, [0])).toEqual(Uint8Array.of(7));
    expect(toHex(reader.command('mac', 0x51, [], NO_DATA, 'full'))).toBe(toHex(UID));
  });
});
