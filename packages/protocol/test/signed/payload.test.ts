/** The payload of a signed batch: what a terminal packs, the centre unpacks, exactly. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  encodeSignedPayload,
  formatRecord,
  type ParsedSignedBatch,
  parseJournalLine,
  parseSignedPayload,
  readBody,
  SIGNED_BATCH_RECORDS_MAX,
} from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cbor, encodeCbor } from '../../src/signed/cbor.ts';
import { arbitraryRecord, reversedKeys } from '../arbitrary-record.ts';
import { BEFORE, bytesOf, digitsOf, listIn, payloadOf, runOf, signedOf, TAPS } from './runs.ts';

const arbitraryRun = fc
  .tuple(
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    fc.integer({ min: 1, max: 2 ** 31 - 100 }),
    fc.array(arbitraryRecord, { minLength: 1, maxLength: 8 }),
  )
  .map(([terminal, from, records]) => ({ terminal, from, before: BEFORE, records: runOf(records, terminal, from) }));

/** A payload of terminal 17 from serial 5 on, of entries as they are given. */
function payloadWith(entries: Cbor, packing = 0): Uint8Array {
  return encodeCbor([1, 17, 5, bytesOf(BEFORE), packing, encodeCbor(entries)]);
}

/** The records of terminal 17 from serial 5 on as they stand in a payload. */
function entriesOf(records: readonly JournalRecord[]): Cbor[] {
  const values = listIn(payloadOf(records));
  const body = values[5] as Uint8Array;
  return listIn(values[4] === 0 ? body : Uint8Array.from(inflateRawSync(body)));
}

function recordsOf(parsed: ParsedSignedBatch): JournalRecord[] {
  return parsed.records.map(({ record }) => record);
}

describe('a signed payload', () => {
  it('gives back exactly the records it was given', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const parsed = parseSignedPayload(encodeSignedPayload(run));
        expect(parsed.rejected).toEqual([]);
        // Objects of fast-check have no prototype.
        expect(recordsOf(parsed)).toStrictEqual(JSON.parse(JSON.stringify(run.records)));
        expect(parsed.lines()).toEqual(run.records.map(formatRecord));
        const { terminal, from, records } = run;
        expect(parsed).toMatchObject({ terminal, from, to: from + records.length - 1, before: BEFORE });
      }),
      { numRuns: 400 },
    );
  });

  it('is the same bytes in whatever order the keys of its records are, and none other is read', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const bytes = encodeSignedPayload(run);
        expect(encodeSignedPayload({ ...run, records: run.records.map(reversedKeys) })).toEqual(bytes);
        const { records, ...parsed } = parseSignedPayload(bytes);
        expect(encodeSignedPayload({ ...parsed, records: records.map(({ record }) => record) })).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, Partial<Record<string, unknown>>]>([
    ['a medium in lower case', { medium: '04a1b2c3d4e580' }],
    ['a medium of mixed case', { medium: '04A1b2C3D4E580' }],
    ['a medium of an odd number of digits', { medium: '04A1B2C3D4E58' }],
    ['a medium that is no number', { medium: 'card-7_x.Y' }],
    ['the longest medium', { medium: 'F'.repeat(64) }],
    ['a MAC in lower case', { proof: { counter: -1, mac: 'deadbeef' } }],
    ['a MAC of one digit, a reader of two', { proof: { counter: 2 ** 53 - 1, mac: 'A', previousReader: '00' } }],
    ['an empty log', { log: [] }],
    ['the last commit in the future', { lastTime: 2 ** 48 - 1 }],
    ['the first time of all', { time: 0, lastTime: 0 }],
    ['the last time of all', { time: 2 ** 48 - 1 }],
    ['a last commit of its own', { lastTerminal: 17 }],
    ['amounts at their ends', { amount: -(2 ** 40), balance: 2 ** 40 }],
    ['an action on the list', { action: { serial: 2 ** 53 - 1, kind: 'AB' } }],
    ['all that is optional', { reason: 'R1', counterparty: '04A1B2C3D4E580', refersTo: { terminal: 17, serial: 5 } }],
  ])('keeps %s', (_, change) => {
    const records = runOf([{ ...TAPS[0], ...change } as JournalRecord, TAPS[1] as JournalRecord], 17, 5);
    expect(recordsOf(parseSignedPayload(payloadOf(records)))).toStrictEqual(records);
  });

  it('takes an optional key that is undefined for one that is not there, as the journal does', () => {
    const record = { ...TAPS[0], reason: undefined } as unknown as JournalRecord;
    expect(recordsOf(parseSignedPayload(payloadOf([record])))).toStrictEqual([TAPS[0]]);
  });

  it.each<[string, Parameters<typeof encodeSignedPayload>[0]]>([
    ['no records', { terminal: 17, from: 5, before: BEFORE, records: [] }],
    ['a record of another terminal', { terminal: 18, from: 5, before: BEFORE, records: TAPS }],
    ['a hole', { terminal: 17, from: 5, before: BEFORE, records: [TAPS[0], TAPS[2]] as JournalRecord[] }],
    ['another first serial', { terminal: 17, from: 6, before: BEFORE, records: TAPS }],
    ['no link', { terminal: 17, from: 5, before: BEFORE.toLowerCase(), records: TAPS }],
    ['half a link', { terminal: 17, from: 5, before: BEFORE.slice(2), records: TAPS }],
    [
      'too many records',
      {
        terminal: 17,
        from: 1,
        before: BEFORE,
        records: runOf(new Array(SIGNED_BATCH_RECORDS_MAX + 1).fill(TAPS[0]), 17, 1),
      },
    ],
  ])('is not made of %s', (_, run) => {
    expect(() => encodeSignedPayload(run)).toThrow(RangeError);
  });
});

describe('the bytes', () => {
  /** [1, 17, 5, link, 0, records] */
  const HEAD = `86 01 11 05 5820 ${BEFORE} 00`;

  it('of a debit, value by value', () => {
    const record: JournalRecord = {
      terminal: 17,
      serial: 5,
      type: 'debit',
      medium: '04A1B2C3D4E580',
      time: 1_772_432_106_669,
      lastTime: 1_772_416_435_694,
      lastTerminal: 4,
      amount: amountOf(-250),
      balance: amountOf(1_750),
      status: 'successful',
      mediumSerial: 3,
      proof: { counter: 7, mac: 'A3F19C0B5D72E864', previousReader: 'E17B2C94D05F83A6196E4AC87D31B2F0' },
    };
    const entry = `8a 05 07 47 04a1b2c3d4e580 1b 0000019cad2fa4ad 1906d6 1a 00ef1ebf 38f9 03 04
      83 07 48 a3f19c0b5d72e864 50 e17b2c94d05f83a6196e4ac87d31b2f0`;
    const bytes = bytesOf(`${HEAD} 58 3d 81 ${entry}`);
    expect(digitsOf(payloadOf([record]))).toBe(digitsOf(bytes));
    expect(recordsOf(parseSignedPayload(bytes))).toStrictEqual([record]);
  });

  it('of an open, and of an observation a second later by the same terminal, with its log', () => {
    const open: JournalRecord = {
      terminal: 17,
      serial: 5,
      type: 'open',
      medium: 'phone',
      time: 1_000_000,
      amount: amountOf(0),
      balance: amountOf(0),
      status: 'successful',
    };
    const observation: JournalRecord = {
      terminal: 17,
      serial: 6,
      type: 'observation',
      medium: 'a',
      time: 1_001_000,
      lastTime: 900_000,
      lastTerminal: 17,
      balance: amountOf(5),
      log: [
        { time: 900_000, terminal: 17, amount: amountOf(-1), balance: amountOf(5), mediumSerial: 1 },
        { time: 899_999, terminal: 3, amount: amountOf(6), balance: amountOf(6) },
      ],
    };
    const bytes = bytesOf(`${HEAD} 58 2a 82
      85 00 00 65 70686f6e65 1a 000f4240 00
      87 01 08 61 61 1903e8 05 1a 00018a88 82 85 00 11 20 05 01 84 01 03 06 06`);
    expect(digitsOf(payloadOf([open, observation]))).toBe(digitsOf(bytes));
    expect(recordsOf(parseSignedPayload(bytes))).toStrictEqual([open, observation]);
  });

  it('of a purchase with a product that ends, declined', () => {
    const record: JournalRecord = {
      terminal: 17,
      serial: 5,
      type: 'purchase',
      medium: 'a',
      time: 1_000,
      lastTime: 999,
      lastTerminal: 17,
      amount: amountOf(-1),
      balance: amountOf(0),
      status: 'unsuccessful',
      product: { id: 'p', code: 'DA', validUntil: 2_000 },
      reason: 'r',
    };
    const bytes = bytesOf(`${HEAD} 58 18 81 89 09 1820 61 61 1903e8 00 01 20 84 61 70 41 da f6 1903e8 61 72`);
    expect(digitsOf(payloadOf([record]))).toBe(digitsOf(bytes));
    expect(recordsOf(parseSignedPayload(bytes))).toStrictEqual([record]);
  });

  it('number the kinds of records for ever', () => {
    const kinds = new Map<string, unknown>();
    for (const type of ['refill', 'debit', 'purchase', 'validation'] as const) {
      for (const status of ['successful', 'unsuccessful', 'unverified'] as const) {
        const product = type === 'purchase' && { product: { id: 'a', code: 'b' } };
        const productId = type === 'validation' && { productId: 'a' };
        const record = { ...TAPS[0], type, status, ...product, ...productId } as JournalRecord;
        kinds.set(`${type} ${status}`, (entriesOf([record])[0] as Cbor[])[0]);
      }
    }
    expect([...kinds.values()]).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it('of deflated records are read from any encoder of RFC 1951', () => {
    const entries = encodeCbor(entriesOf(TAPS));
    for (const level of [1, 6, 9]) {
      const body = Uint8Array.from(deflateRawSync(entries, { level }));
      expect(body.length).toBeLessThan(entries.length);
      const payload = encodeCbor([1, 17, 5, bytesOf(BEFORE), 1, body]);
      expect(recordsOf(parseSignedPayload(payload))).toStrictEqual(TAPS);
    }
  });
});

describe('a poisoned record', () => {
  const GOOD = entriesOf(TAPS);
  const THIRD = GOOD[2] as Cbor[];

  it.each<[string, Cbor, string]>([
    ['is no list', 7, 'a packed record must be a list, not 7'],
    ['is null', null, 'a packed record must be a list, not null'],
    ['is empty', [], 'no kind of record has the number undefined'],
    ['is of a kind that nobody knows', THIRD.with(0, 14), 'no kind of record has the number 14'],
    ['has a text for a kind', THIRD.with(0, 'debit'), 'no kind of record has the number "debit"'],
    ['has a value that nobody knows', THIRD.with(1, 256), 'no bits of optional values are 256'],
    ['has bits below none', THIRD.with(1, -1), 'no bits of optional values are -1'],
    ['lacks a value', THIRD.slice(0, -1), 'it must have 9 values, not 8'],
    ['has one too many', [...THIRD, 1], 'it must have 9 values, not 10'],
    ['has a medium that is none', THIRD.with(2, 'a b'), '"medium" must be a string of 1 to 64 characters'],
    ['has a medium of no bytes', THIRD.with(2, new Uint8Array(0)), '"medium" must be a string of 1 to 64 characters'],
    ['has its medium in longer form', THIRD.with(2, '04A1B2C3D4E582'), 'packed in another way'],
    ['names its own terminal', THIRD.with(8, 17), 'packed in another way'],
    ['has a list for a time', THIRD.with(3, [1]), '"time" must be an integer from 0 to 2^48-1'],
    ['has a balance of nothing', THIRD.with(4, null), '"balance" must be an integer between -2^40 and 2^40, not null'],
    ['is valid, yet a line', formatRecord(TAPS[2] as JournalRecord), 'a line that a terminal would have packed'],
    ['is a line that is none', '{"terminal":17', 'not JSON: the line is cut off'],
  ])('that %s is rejected alone', (_, poison, reason) => {
    const parsed = parseSignedPayload(payloadWith(GOOD.with(2, poison)));
    expect(parsed.rejected).toEqual([{ position: 3, reason: expect.stringContaining(reason) }]);
    expect(parsed.records.map(({ record }) => record.serial)).toEqual([5, 6, 8, 9, 10]);
    expect(parsed).toMatchObject({ from: 5, to: 10 });
    expect(parsed.lines()[2]).toBe(typeof poison === 'string' ? poison : null);
  });

  it.each<[string, Cbor]>([
    ['a kind', THIRD.with(0, 14)],
    ['a bit', THIRD.with(1, 256)],
    ['a further value', [...THIRD, 1]],
  ])('of a later version, with %s that is not known here, leaves the others as they are', (_, poison) => {
    const parsed = parseSignedPayload(payloadWith(GOOD.with(2, poison)));
    expect(recordsOf(parsed)).toStrictEqual(TAPS.toSpliced(2, 1));
  });

  it.each<[string, object]>([
    ['that is none', { amount: 1.5 }],
    ['without a medium', { medium: undefined }],
    ['with a time that is none', { time: -1 }],
    ['of another type', { type: 'gift' }],
  ])('%s travels as its line, and leaves the others as they are', (_, change) => {
    const record = { ...TAPS[2], ...change } as JournalRecord;
    const parsed = parseSignedPayload(payloadOf(TAPS.with(2, record)));
    expect(recordsOf(parsed)).toStrictEqual(TAPS.toSpliced(2, 1));
    const expected = parseJournalLine(formatRecord(record));
    expect(parsed.rejected).toEqual([{ position: 3, ...expected }]);
    expect(parsed.lines()[2]).toBe(formatRecord(record));
  });

  it('is said by position where a stored body is read', async () => {
    const body = await signedOf(payloadWith(GOOD.with(2, 7)));
    expect(readBody('signed', body).rejected).toEqual([
      { position: 3, reason: 'a packed record must be a list, not 7' },
    ]);
  });
});

describe('a payload', () => {
  const plain = encodeCbor(entriesOf(TAPS));
  const short = Uint8Array.from(deflateRawSync(plain));
  const link = bytesOf(BEFORE);
  const MEGABYTES_64 = new Uint8Array(2 ** 26);

  it.each<[string, Cbor, string]>([
    ['a list of five', [1, 17, 5, link, 0], 'not a list of six values'],
    ['a list of seven', [1, 17, 5, link, 0, plain, 0], 'not a list of six values'],
    ['a number', 1, 'not a list of six values'],
    ['of a version to come', [2, 17, 5, link, 0, plain], 'its version is not 1'],
    ['of no terminal', [1, 0, 5, link, 0, plain], 'its terminal is no number'],
    ['of a terminal too far', [1, 2 ** 31, 5, link, 0, plain], 'its terminal is no number'],
    ['from 0 on', [1, 17, 0, link, 0, plain], 'its first serial is no number'],
    ['beyond the last serial', [1, 17, 2 ** 31 - 5, link, 0, plain], 'its last serial would be 2147483648'],
    ['with half a link', [1, 17, 5, link.subarray(16), 0, plain], 'its link has not 32 bytes'],
    ['with a link in digits', [1, 17, 5, BEFORE, 0, plain], 'its link has not 32 bytes'],
    ['packed in a third way', [1, 17, 5, link, 2, plain], 'neither plain nor deflated'],
    ['without records', [1, 17, 5, link, 0, null], 'neither plain nor deflated'],
    ['of no record', [1, 17, 5, link, 0, encodeCbor([])], 'not a list of 1 to 2000'],
    ['of too many records', [1, 17, 5, link, 0, encodeCbor(new Array(2001).fill(0))], 'not a list of 1 to 2000'],
    ['of a record and a byte', [1, 17, 5, link, 0, Uint8Array.of(...plain, 0)], 'not a list of 1 to 2000'],
    ['deflated, but not said', [1, 17, 5, link, 0, short], 'not a list of 1 to 2000'],
    ['not deflated, as was said', [1, 17, 5, link, 1, plain], 'no whole deflate stream'],
    ['deflated and cut off', [1, 17, 5, link, 1, short.subarray(0, -1)], 'no whole deflate stream'],
    ['deflated and added to', [1, 17, 5, link, 1, Uint8Array.of(...short, 0)], 'no whole deflate stream'],
    ['deflated to nothing', [1, 17, 5, link, 1, new Uint8Array(0)], 'no whole deflate stream'],
    [
      'deflated to no avail',
      [1, 17, 5, link, 1, Uint8Array.from(deflateRawSync(plain, { level: 0 }))],
      'deflated to no avail',
    ],
    [
      'of 64 megabytes in 64 kilobytes',
      [1, 17, 5, link, 1, Uint8Array.from(deflateRawSync(MEGABYTES_64))],
      'at most 3145728 bytes',
    ],
  ])('that is %s is malformed', (_, payload, reason) => {
    expect(() => parseSignedPayload(encodeCbor(payload))).toThrow(
      expect.objectContaining({ code: 'batch-malformed', message: expect.stringContaining(reason) }),
    );
  });

  it('that is a bomb of a gigabyte is put out within memory and time', () => {
    // As many bytes as a signed batch may have: one block of zeros, over and over.
    const block = deflateRawSync(MEGABYTES_64, { finishFlush: 2 });
    const bomb = Uint8Array.from(Buffer.concat(new Array(16).fill(block)));
    const before = process.memoryUsage().arrayBuffers;
    const start = performance.now();
    expect(() => parseSignedPayload(encodeCbor([1, 17, 5, link, 1, bomb]))).toThrow('at most 3145728 bytes');
    expect(performance.now() - start).toBeLessThan(5000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });

  it('of 2,000 records that have all they may have, at its longest, still goes', async () => {
    const longest = (length: number) => 'z'.repeat(length);
    const log = Array.from({ length: 16 }, (_, index) => ({
      time: index % 2 === 0 ? 0 : 2 ** 48 - 1,
      terminal: 2 ** 31 - 1,
      amount: -(2 ** 40),
      balance: -(2 ** 40),
      mediumSerial: 2 ** 31 - 1,
    }));
    const record = {
      type: 'purchase',
      medium: longest(64),
      time: 2 ** 48 - 1,
      lastTime: 0,
      lastTerminal: 2 ** 31 - 2,
      amount: -(2 ** 40),
      balance: -(2 ** 40),
      status: 'unverified',
      mediumSerial: 2 ** 31 - 1,
      log,
      product: { id: longest(64), code: longest(64), validFrom: 0, validUntil: 0, maxUses: 2 ** 31 - 1 },
      proof: { counter: -(2 ** 53) + 1, mac: 'f'.repeat(64), previousReader: 'f'.repeat(64) },
      action: { serial: 2 ** 53 - 1, kind: longest(64) },
      reason: longest(64),
      counterparty: longest(64),
      refersTo: { terminal: 2 ** 31 - 1, serial: 2 ** 31 - 1 },
    } as unknown as JournalRecord;
    const records = runOf(new Array(2000).fill(record), 2 ** 31 - 1, 1);
    const parsed = parseSignedPayload(payloadOf(records, 2 ** 31 - 1, 1));
    expect(parsed.rejected).toEqual([]);
    expect(recordsOf(parsed)).toStrictEqual(records);
  });
});
