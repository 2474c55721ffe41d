import { amountOf, type JournalRecord } from '@retap/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BATCH_BYTES_MAX,
  BATCH_RECORDS_MAX,
  encodeBatch,
  formatRecord,
  parseBatch,
  parseJournalPiece,
  readBody,
} from '../src/index.ts';
import { arbitraryRecord } from './arbitrary-record.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const bodyOf = (value: unknown) => bytesOf(JSON.stringify(value));

function debit(terminal: number, serial: number): JournalRecord {
  return {
    ...{ terminal, serial, type: 'debit', medium: 'M1', time: 1000 + serial, lastTime: 900, lastTerminal: 3 },
    ...{ amount: amountOf(-120), balance: amountOf(380), status: 'successful' },
  } as JournalRecord;
}

const RECORDS = [debit(7, 1), debit(7, 2), debit(7, 3)];
const BATCH = { terminal: 7, from: 1, to: 3, records: RECORDS };

/** The thrown error, as what a program and a person see of it. */
function refused(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown = parseBatch) {
  try {
    read(bytes);
  } catch (error) {
    const { name, code, message } = error as { name: string; code: string; message: string };
    return { name, code, message };
  }
  return null;
}

const malformed = (message: string) => ({
  name: 'ProtocolError',
  code: 'batch-malformed',
  message: expect.stringContaining(message),
});

describe('an upload', () => {
  test('is read back as it was written', () => {
    expect(parseBatch(encodeBatch(BATCH))).toEqual({
      terminal: 7,
      from: 1,
      to: 3,
      records: RECORDS.map((record, index) => ({ position: index + 1, record })),
      rejected: [],
    });
  });

  test('of any records of one terminal is read back', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRecord, { maxLength: 5 }), (some) => {
        const records = some.map((record, index) => ({ ...record, terminal: 7, serial: index + 1 }));
        const parsed = parseBatch(encodeBatch({ terminal: 7, from: 1, to: 5, records }));
        expect(parsed.records.map(({ record }) => record)).toEqual(records);
      }),
      { numRuns: 50 },
    );
  });

  test('without records is whole', () => {
    expect(parseBatch(encodeBatch({ ...BATCH, records: [] }))).toMatchObject({ records: [], rejected: [] });
  });

  test('cut off at any byte is nothing', () => {
    const whole = encodeBatch(BATCH);
    for (let length = 0; length < whole.length; length += 1) {
      expect(refused(whole.subarray(0, length)), `cut at ${length}`).toEqual(malformed('not one whole JSON object'));
    }
  });

  test('says what to do when it was cut off', () => {
    expect(refused(encodeBatch(BATCH).subarray(0, 99))?.message).toBe(
      'not a batch: its 99 bytes are not one whole JSON object, it was cut off or damaged on the way. ' +
        'Nothing of it was kept; send the whole batch again.',
    );
  });

  test.each([
    ['bytes that are not UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 'not UTF-8'],
    ['a list', bodyOf([BATCH]), 'it must be an object with terminal, from, to and records, not a list'],
    ['null', bodyOf(null), 'not null'],
    ['no terminal', bodyOf({ from: 1, to: 3, records: [] }), '"terminal" is missing'],
    ['no records', bodyOf({ terminal: 7, from: 1, to: 3 }), '"records" is missing'],
    ['records that are no list', bodyOf({ ...BATCH, records: {} }), '"records" must be a list, not an object'],
    ['a serial that is none', bodyOf({ ...BATCH, from: 0 }), '"from" must be an integer from 1 to 2^31-1, not 0'],
    ['a serial as text', bodyOf({ ...BATCH, to: '3' }), '"to" must be an integer from 1 to 2^31-1, not "3"'],
    ['from after to', bodyOf({ ...BATCH, from: 4 }), '"from" 4 is greater than "to" 3'],
    ['a key of its own', bodyOf({ ...BATCH, signature: 'x' }), 'unknown key "signature"'],
    ['two batches', bytesOf(JSON.stringify(BATCH) + JSON.stringify(BATCH)), 'not one whole JSON object'],
    [
      'too many records',
      bodyOf({ ...BATCH, records: Array(BATCH_RECORDS_MAX + 1).fill(0) }),
      'it has 100001 records; send at most 100000',
    ],
    ['too many bytes', new Uint8Array(BATCH_BYTES_MAX + 1), 'send at most 67108864 at a time'],
  ])('with %s is nothing', (_case, bytes, message) => {
    expect(refused(bytes)).toEqual(malformed(message));
  });

  test('keeps its good records when others are bad, of another terminal or out of its serials', () => {
    const values = [RECORDS[0], { ...RECORDS[1], amount: '12' }, debit(8, 2), debit(7, 4), null, RECORDS[2]];
    expect(parseBatch(bodyOf({ ...BATCH, records: values }))).toMatchObject({
      records: [
        { position: 1, record: RECORDS[0] },
        { position: 6, record: RECORDS[2] },
      ],
      rejected: [
        { position: 2, reason: '"amount" must be an integer between -2^40 and 2^40, not "12"' },
        { position: 3, reason: 'record of terminal 8 in a batch of terminal 7' },
        { position: 4, reason: 'serial 4 is outside 1 to 3' },
        { position: 5, reason: 'a record must be an object, not null' },
      ],
    });
  });

  test.each([
    ['a record of another terminal', { ...BATCH, records: [debit(8, 1)] }],
    ['a serial out of its bounds', { ...BATCH, to: 2 }],
    ['from after to', { ...BATCH, from: 4, records: [] }],
  ])('is not written with %s: that is our own mistake', (_case, batch) => {
    expect(() => encodeBatch(batch)).toThrow(RangeError);
  });
});

describe('a piece of journals', () => {
  const lines = [debit(7, 1), debit(8, 1)].map(formatRecord);

  test('holds records of several terminals, one a line', () => {
    expect(parseJournalPiece(bytesOf(lines.join('\n')))).toEqual({
      records: [
        { position: 1, record: debit(7, 1) },
        { position: 2, record: debit(8, 1) },
      ],
      rejected: [],
    });
  });

  test('counts blank and bad lines, takes CRLF and a byte-order mark', () => {
    expect(parseJournalPiece(bytesOf(`\ufeff${lines[0]}\r\n\r\n  \nnonsense\r\n${lines[1]}\n`))).toEqual({
      records: [
        { position: 1, record: debit(7, 1) },
        { position: 5, record: debit(8, 1) },
      ],
      rejected: [{ position: 4, reason: 'not JSON: "nonsense"' }],
    });
  });

  test('with a line that is not UTF-8 keeps the others', () => {
    const bytes = Uint8Array.from([...bytesOf(`\ufeff${lines[0]}\n`), 0xff, 0x0a, ...bytesOf(`${lines[1]}\n`)]);
    expect(parseJournalPiece(bytes)).toEqual({
      records: [
        { position: 1, record: debit(7, 1) },
        { position: 3, record: debit(8, 1) },
      ],
      rejected: [{ position: 2, reason: 'not UTF-8 text' }],
    });
  });

  test('may be empty', () => {
    expect(parseJournalPiece(new Uint8Array(0))).toEqual({ records: [], rejected: [] });
  });

  test('that is too large is refused as a whole', () => {
    expect(refused(new Uint8Array(BATCH_BYTES_MAX + 1), parseJournalPiece)).toEqual(malformed('send at most'));
  });
});

test('a body is read by its form', () => {
  expect(readBody('batch', encodeBatch(BATCH)).records).toHaveLength(3);
  expect(readBody('journal', bytesOf(RECORDS.map(formatRecord).join('\n'))).records).toHaveLength(3);
  expect(readBody('journal', encodeBatch(BATCH)).rejected).toEqual([{ position: 1, reason: '"type" is missing' }]);
});
