/** Lines as bytes, held to lines as text: a hash chain and signatures go over them, so that no byte may differ. */
import type { JournalRecord } from '@retap/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRecord, RECORD_BYTES_MAX, writeAscii, writeRecord } from '../src/index.ts';
import { arbitraryRecord, reversedKeys } from './arbitrary-record.ts';

const DEBIT = {
  ...{ terminal: 7, serial: 1, type: 'debit', medium: '04a1', time: 1000, lastTime: 900, lastTerminal: 3 },
  ...{ amount: -120, balance: 380, status: 'successful', mediumSerial: 5 },
};

function lineOf(record: JournalRecord, at = 0): string {
  const room = new Uint8Array(at + RECORD_BYTES_MAX);
  return new TextDecoder().decode(room.subarray(at, writeRecord(record, room, at)));
}

test('the bytes of every record are its line, wherever they are to begin', () => {
  fc.assert(
    fc.property(arbitraryRecord, fc.nat(100), (record, at) => {
      expect(lineOf(record, at)).toBe(formatRecord(record));
      expect(lineOf(reversedKeys(record), at)).toBe(formatRecord(record));
    }),
    { numRuns: 300 },
  );
});

test('a number is written as JSON writes it, whatever its length', () => {
  const powers = Array.from({ length: 16 }, (_, power) => 10 ** power);
  const edges = [2 ** 31, 2 ** 32, 2 ** 40, 2 ** 48].flatMap((edge) => [edge - 1, edge]);
  const values = [0, ...powers, ...powers.map((power) => power - 1), ...edges, Number.MAX_SAFE_INTEGER];
  for (const value of values.flatMap((each) => [each, -each])) {
    const record = { ...DEBIT, time: value } as JournalRecord;
    expect(lineOf(record)).toBe(formatRecord(record));
  }
});

test.each([
  ['a name that JSON must escape', { medium: 'a"b\\c' }],
  ['a control character', { medium: 'a\nb' }],
  ['a name that is not ASCII', { medium: 'ä€😀' }],
  ['a product whose name is not ASCII', { product: { id: 'ä', code: 'c' } }],
  ['no number', { time: 'now' }],
  ['a fraction', { amount: 0.5 }],
  ['−0', { amount: -0 }],
  ['not a number at all', { balance: Number.NaN }],
  ['a key that is missing', { terminal: undefined }],
  ['a log that is none', { log: { time: 1 } }],
  ['a log with a hole', { log: [null] }],
])('what no record may have, %s, is written as JSON has it', (_case, wrong) => {
  const record = { ...DEBIT, ...wrong } as unknown as JournalRecord;
  expect(lineOf(record)).toBe(formatRecord(record));
});

describe('in room that is too small', () => {
  const whole = formatRecord(DEBIT as JournalRecord).length;

  test.each([DEBIT, { ...DEBIT, medium: 'ä' }])('a line says where it would have ended: case %#', (record) => {
    const needed = new TextEncoder().encode(formatRecord(record as JournalRecord)).length;
    for (const length of [0, 1, needed - 1]) {
      expect(writeRecord(record as JournalRecord, new Uint8Array(length), 0)).toBe(needed);
    }
  });

  test('nothing before it is touched', () => {
    const room = new Uint8Array(whole).fill(0x78);
    expect(writeRecord(DEBIT as JournalRecord, room, 5)).toBe(whole + 5);
    expect([...room.subarray(0, 5)]).toEqual([0x78, 0x78, 0x78, 0x78, 0x78]);
  });
});

test('text that is not ASCII is our own mistake', () => {
  expect(writeAscii('~', new Uint8Array(1), 0)).toBe(1);
  expect(() => writeAscii('ä', new Uint8Array(2), 0)).toThrow(RangeError);
});
