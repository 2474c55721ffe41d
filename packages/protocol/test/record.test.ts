import type { JournalRecord } from '@retap/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRecord, isBlank, parseJournalLine, parseRecord, sameRecord } from '../src/index.ts';
import { arbitraryRecord, reversedKeys } from './arbitrary-record.ts';

type Keys = Readonly<Record<string, unknown>>;

const EVERY = { terminal: 7, serial: 1, medium: '04a1', time: 1000, balance: 380 };
const READING = { ...EVERY, lastTime: 900, lastTerminal: 3 };
const BOOKED = { ...READING, amount: -120, status: 'successful' };
const LEAST = {
  open: { ...EVERY, type: 'open', amount: 380, status: 'successful' },
  refill: { ...BOOKED, type: 'refill' },
  debit: { ...BOOKED, type: 'debit' },
  purchase: { ...BOOKED, type: 'purchase', product: { id: 'p1', code: 'day' } },
  validation: { ...BOOKED, type: 'validation', productId: 'p1' },
  observation: { ...READING, type: 'observation' },
} as const satisfies Record<JournalRecord['type'], Keys>;
type Type = keyof typeof LEAST;
const TYPES = Object.keys(LEAST) as Type[];
const TRANSACTIONS = ['refill', 'debit', 'purchase', 'validation'] as const;
const EVIDENCE = [...TRANSACTIONS, 'observation'] as const;
const WITH_AMOUNT = ['open', ...TRANSACTIONS] as const;

const ENTRY = { time: 900, terminal: 3, amount: -5, balance: 500 };
const PROOF = { counter: 5, mac: 'DEADbeef00' };

/** The spec's table: key, record types that have it, whether they must, good values, bad values. */
const NUMBERS = { good: [1, 2 ** 31 - 1], bad: [0, -1, 2 ** 31, 1.5, '1', null, true, [1], {}] };
const COUNTS = { good: [0, 2 ** 31 - 1], bad: [-1, 2 ** 31, 0.5, '0', null, false] };
const TIMES = { good: [0, 2 ** 48 - 1], bad: [-1, 2 ** 48, 1.5, '1000', null, true] };
const AMOUNTS = { good: [0, 2 ** 40, -(2 ** 40)], bad: [2 ** 40 + 1, -(2 ** 40) - 1, 0.5, '12', null, true, []] };
const NAMES = { good: ['a', 'A-z_0.9', 'x'.repeat(64)], bad: ['', 'x'.repeat(65), 'a b', 'ä', 'a\n', 'a/b', 1, null] };
const HEXES = { good: ['0', 'aF09', 'f'.repeat(64)], bad: ['', 'f'.repeat(65), 'xyz', '0x1', 12, null] };

interface Row {
  readonly key: string;
  readonly of: readonly Type[];
  readonly must: boolean;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const TABLE: readonly Row[] = [
  { key: 'terminal', of: TYPES, must: true, ...NUMBERS },
  { key: 'serial', of: TYPES, must: true, ...NUMBERS },
  { key: 'medium', of: TYPES, must: true, ...NAMES },
  { key: 'time', of: TYPES, must: true, ...TIMES },
  { key: 'lastTime', of: EVIDENCE, must: true, ...TIMES },
  { key: 'lastTerminal', of: EVIDENCE, must: true, ...NUMBERS },
  { key: 'amount', of: WITH_AMOUNT, must: true, ...AMOUNTS },
  { key: 'balance', of: TYPES, must: true, ...AMOUNTS },
  {
    key: 'status',
    of: TRANSACTIONS,
    must: true,
    good: ['successful', 'unsuccessful', 'unverified'],
    bad: ['Successful', '', 'toString', true, null, 1],
  },
  { key: 'mediumSerial', of: EVIDENCE, must: false, ...COUNTS },
  {
    key: 'product',
    of: ['purchase'],
    must: true,
    good: [{ id: 'p', code: 'c', validFrom: 0, validUntil: 2 ** 48 - 1, maxUses: 1 }],
    bad: ['p', null, [], {}, { id: 'p' }, { code: 'c' }, { id: 'p', code: 'c', price: 1 }],
  },
  { key: 'productId', of: ['validation'], must: true, ...NAMES },
  {
    key: 'log',
    of: EVIDENCE,
    must: false,
    good: [[], [ENTRY], [{ ...ENTRY, mediumSerial: 0 }], Array(16).fill(ENTRY)],
    bad: [Array(17).fill(ENTRY), {}, null, 'log', [null], [[]], [{ ...ENTRY, status: 'successful' }], [{ time: 1 }]],
  },
  {
    key: 'proof',
    of: TRANSACTIONS,
    must: false,
    good: [PROOF, { ...PROOF, previousReader: '00' }, { ...PROOF, counter: -1 }],
    bad: [{}, null, 'mac', [PROOF], { counter: 5 }, { mac: 'aa' }, { ...PROOF, counter: 1.5 }, { ...PROOF, key: 'aa' }],
  },
  {
    key: 'action',
    of: TRANSACTIONS,
    must: false,
    good: [{ serial: 1, kind: 'block' }],
    bad: [{ serial: 0, kind: 'block' }, { serial: 1 }, { kind: 'block' }, { serial: 1, kind: '' }, 'block', null],
  },
  { key: 'reason', of: TRANSACTIONS, must: false, ...NAMES },
  { key: 'counterparty', of: TRANSACTIONS, must: false, ...NAMES },
  {
    key: 'refersTo',
    of: TRANSACTIONS,
    must: false,
    good: [{ terminal: 1, serial: 2 ** 31 - 1 }],
    bad: [{ terminal: 1 }, { serial: 1 }, { terminal: 0, serial: 1 }, { terminal: 1, serial: 1, time: 1 }, '1-1', null],
  },
];

function reasonFor(value: unknown): string | null {
  const parsed = parseJournalLine(JSON.stringify(value));
  return 'reason' in parsed ? parsed.reason : null;
}

function without(value: Keys, key: string): Keys {
  return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
}

/** In an open the balance follows the amount, so a good value of one is the value of both. */
function withGood(type: Type, key: string, value: unknown, more: Keys = {}): Keys {
  const follows = type === 'open' && (key === 'amount' || key === 'balance');
  return { ...LEAST[type], ...more, ...(follows ? { amount: value, balance: value } : { [key]: value }) };
}

describe.each(TYPES)('a record of type %s', (type) => {
  test('with its required keys alone is accepted, and is what the line says', () => {
    expect(parseJournalLine(JSON.stringify(LEAST[type]))).toEqual({ record: LEAST[type] });
  });

  test.each(TABLE.filter((row) => row.of.includes(type)))('takes $key within its bounds only', ({ key, good, bad }) => {
    for (const value of good) expect(reasonFor(withGood(type, key, value)), JSON.stringify(value)).toBeNull();
    for (const value of bad)
      expect(reasonFor({ ...LEAST[type], [key]: value }), JSON.stringify(value)).toContain(`"${key}`);
  });

  test.each(TABLE.filter((row) => row.of.includes(type)))('without $key', ({ key, must }) => {
    expect(reasonFor(without(LEAST[type], key))).toBe(must ? `"${key}" is missing` : null);
  });

  const foreign = TABLE.filter((row) => !row.of.includes(type) && !(type === 'open' && row.key === 'status'));
  test.each(foreign.map((row) => ({ ...row, value: row.good[0] })))('does not take $key', ({ key, value }) => {
    expect(reasonFor({ ...LEAST[type], [key]: value })).toBe(`"${key}" does not belong in a record of type ${type}`);
  });
});

/** With what nearly every record has it is told apart without the tables; that must change nothing. */
describe.each(EVIDENCE)('a usual record of type %s', (type) => {
  const usual: Keys[] = [{ mediumSerial: 41 }, { mediumSerial: 41, log: [ENTRY] }, { mediumSerial: 0, reason: 'fine' }];
  const rows = TABLE.filter((row) => row.of.includes(type));
  const more = usual.filter((each) => type !== 'observation' || !('reason' in each));

  test.each(rows)('takes $key within its bounds only', ({ key, good, bad }) => {
    for (const each of more) {
      for (const value of good) expect(reasonFor(withGood(type, key, value, each)), JSON.stringify(value)).toBeNull();
      for (const value of bad)
        expect(reasonFor({ ...LEAST[type], ...each, [key]: value }), JSON.stringify(value)).toContain(`"${key}`);
    }
  });

  test.each(rows)('without $key', ({ key, must }) => {
    const expected = must ? `"${key}" is missing` : null;
    for (const each of more) expect(reasonFor(without({ ...LEAST[type], ...each }, key))).toBe(expected);
  });

  test('takes no other key, and −0 is 0', () => {
    for (const each of more) {
      expect(reasonFor({ ...LEAST[type], ...each, foo: 1 })).toBe('unknown key "foo"');
      expect(parseRecord({ ...LEAST[type], ...each, balance: -0 })).toStrictEqual({
        record: { ...LEAST[type], ...each, balance: 0 },
      });
    }
  });
});

describe('what stands inside a record', () => {
  const product = { id: 'p1', code: 'day' };
  test.each([
    ['product', 'id', NAMES],
    ['product', 'code', NAMES],
    ['product', 'validFrom', TIMES],
    ['product', 'validUntil', TIMES],
    ['product', 'maxUses', NUMBERS],
    ['proof', 'mac', HEXES],
    ['proof', 'previousReader', HEXES],
    ['action', 'kind', NAMES],
    ['refersTo', 'terminal', NUMBERS],
    ['refersTo', 'serial', NUMBERS],
  ])('%s.%s within its bounds only', (key, inner, { good, bad }) => {
    const whole: Keys = {
      product,
      proof: PROOF,
      action: { serial: 1, kind: 'block' },
      refersTo: { terminal: 1, serial: 1 },
    };
    const type = key === 'product' ? 'purchase' : 'debit';
    const holding = (value: unknown) => ({ ...LEAST[type], [key]: { ...(whole[key] as Keys), [inner]: value } });
    for (const value of good) expect(reasonFor(holding(value)), JSON.stringify(value)).toBeNull();
    for (const value of bad)
      expect(reasonFor(holding(value)), JSON.stringify(value)).toContain(`"${key}.${inner}" must be`);
  });

  test.each([
    ['time', TIMES],
    ['terminal', NUMBERS],
    ['amount', AMOUNTS],
    ['balance', AMOUNTS],
    ['mediumSerial', COUNTS],
  ])('%s of a log entry within its bounds only', (inner, { good, bad }) => {
    const holding = (value: unknown) => ({ ...LEAST.observation, log: [ENTRY, { ...ENTRY, [inner]: value }] });
    for (const value of good) expect(reasonFor(holding(value)), JSON.stringify(value)).toBeNull();
    for (const value of bad)
      expect(reasonFor(holding(value)), JSON.stringify(value)).toContain(`"log[1].${inner}" must be`);
  });
});

describe('an open', () => {
  test('whose balance is not its amount is rejected', () => {
    expect(reasonFor({ ...LEAST.open, balance: 381 })).toBe(
      '"balance" of an open must equal its "amount" 380, not 381',
    );
  });

  test.each(['unsuccessful', 'unverified', null])('with the status %s is rejected', (status) => {
    expect(reasonFor({ ...LEAST.open, status })).toContain('"status" must be "successful"');
  });
});

describe('reasons say what is wrong, to a person', () => {
  test.each([
    [{ ...LEAST.debit, amount: '12' }, '"amount" must be an integer between -2^40 and 2^40, not "12"'],
    [{ ...LEAST.debit, foo: 1 }, 'unknown key "foo"'],
    [{ ...LEAST.purchase, product: { id: 'p', code: 'c', price: 1 } }, 'unknown key "product.price"'],
    [{ ...LEAST.debit, log: [{ ...ENTRY, foo: 1 }] }, 'unknown key "log[0].foo"'],
    [{ ...LEAST.debit, log: Array(17).fill(ENTRY) }, '"log" must have at most 16 entries, not 17'],
    [without(LEAST.validation, 'productId'), '"productId" is missing'],
    [without(LEAST.debit, 'type'), '"type" is missing'],
    [
      { ...LEAST.debit, type: 'payment' },
      '"type" must be one of open, refill, debit, purchase, validation, observation, not "payment"',
    ],
    [[LEAST.debit], 'a record must be an object, not a list'],
    [null, 'a record must be an object, not null'],
    [17, 'a record must be an object, not 17'],
  ])('case %# of what is no record', (value, reason) => {
    expect(reasonFor(value)).toBe(reason);
  });

  test.each([
    ['a line cut off', '{"terminal":7,"seri', 'not JSON: the line is cut off, it ends without "}"'],
    ['a line of something else', 'terminal;serial', 'not JSON: "terminal;serial"'],
    ['a line with a trailing comma', '{"terminal":7,}', 'not JSON: "{\\"terminal\\":7,}"'],
    ['zeros left by a crash', '\0\0', 'not JSON: "\\u0000\\u0000"'],
    ['an empty line', '', 'not JSON: ""'],
  ])('%s', (_case, line, reason) => {
    expect(parseJournalLine(line)).toEqual({ reason });
  });

  test('a reason stays short and printable whatever the line holds', () => {
    for (const line of [
      'x'.repeat(100_000),
      '['.repeat(100_000),
      JSON.stringify({ ...LEAST.debit, ['\n\ud800'.repeat(999)]: 1 }),
    ]) {
      const parsed = parseJournalLine(line);
      expect('reason' in parsed && parsed.reason).toMatch(/^[ -~…]{1,300}$/);
    }
  });
});

describe('traps of JSON and JavaScript', () => {
  const line = (replaced: string, by: string) => JSON.stringify(LEAST.debit).replace(replaced, by);

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is an unknown key', (key) => {
    expect(parseJournalLine(line('{', `{"${key}":{"amount":1},`))).toEqual({ reason: `unknown key "${key}"` });
    expect(({} as Keys).amount).toBeUndefined();
  });

  test('a key that only the prototype in __proto__ would have is missing', () => {
    expect(parseJournalLine(line('"amount":-120', '"__proto__":{"amount":-120}'))).toEqual({
      reason: '"amount" is missing',
    });
  });

  test.each(['__proto__', 'constructor'])('%s is no type', (type) => {
    expect(reasonFor({ ...LEAST.debit, type })).toContain('"type" must be one of');
  });

  test.each(['-120.0', '-1.2e2'])('the integer may be written %s', (written) => {
    expect(parseJournalLine(line('-120', written))).toEqual({ record: LEAST.debit });
  });

  test.each(['-0', '-0.0', '-1e-999'])('%s is 0', (written) => {
    const parsed = parseJournalLine(line('-120', written));
    expect('record' in parsed && parsed.record).toStrictEqual({ ...LEAST.debit, amount: 0 });
  });

  test('−0 inside a log entry is 0 as well', () => {
    const parsed = parseRecord({ ...LEAST.observation, log: [{ ...ENTRY, amount: -0 }] });
    expect(parsed).toStrictEqual({ record: { ...LEAST.observation, log: [{ ...ENTRY, amount: 0 }] } });
  });

  test.each(['1e999', '-1e999', '9007199254740993'])('%s is out of range', (written) => {
    expect(parseJournalLine(line('-120', written))).toHaveProperty(
      'reason',
      expect.stringContaining('"amount" must be'),
    );
  });

  test('a key without a value, as only an object in memory has it, is rejected', () => {
    expect(parseRecord({ ...LEAST.debit, log: undefined })).toHaveProperty('reason');
  });
});

describe('writing records', () => {
  test('every record is read back as it was written', () => {
    fc.assert(
      fc.property(arbitraryRecord, (record) => {
        expect(parseJournalLine(formatRecord(record))).toEqual({ record });
      }),
      { numRuns: 300 },
    );
  });

  test('equal records give the same line, whatever the order of their keys', () => {
    fc.assert(
      fc.property(arbitraryRecord, (record) => {
        expect(formatRecord(reversedKeys(record))).toBe(formatRecord(record));
        expect(sameRecord(reversedKeys(record), record)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('two records are the same exactly when their lines are', () => {
    fc.assert(
      fc.property(arbitraryRecord, arbitraryRecord, (a, b) => {
        expect(sameRecord(a, b)).toBe(formatRecord(a) === formatRecord(b));
      }),
      { numRuns: 100 },
    );
  });

  test('a record that differs in one value, however deep, or in one key is another', () => {
    const record = { ...LEAST.debit, log: [ENTRY], proof: PROOF } as unknown as JournalRecord;
    const others = [
      { ...record, amount: -121 },
      { ...record, reason: 'fine' },
      { ...record, log: [] },
      { ...record, log: [{ ...ENTRY, balance: 501 }] },
      { ...record, log: [ENTRY, ENTRY] },
      { ...record, proof: { ...PROOF, mac: 'deadbeef00' } },
      without(record as unknown as Keys, 'log'),
    ] as unknown as JournalRecord[];
    for (const other of others) {
      expect(sameRecord(record, other), JSON.stringify(other)).toBe(false);
      expect(sameRecord(other, record), JSON.stringify(other)).toBe(false);
    }
  });

  test('the line has a fixed order of keys and no end', () => {
    expect(formatRecord(LEAST.open as unknown as JournalRecord)).toBe(
      '{"terminal":7,"serial":1,"type":"open","medium":"04a1","time":1000,"amount":380,"balance":380,"status":"successful"}',
    );
  });
});

test('only JSON white space makes a blank line', () => {
  for (const line of ['', ' ', '\t \r']) expect(isBlank(line)).toBe(true);
  for (const line of ['x', '\u00a0', '\0', '\ufeff']) expect(isBlank(line)).toBe(false);
});
