import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendAudit } from '../../src/audit/append.ts';
import { canonicalJson } from '../../src/audit/line.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/schema.ts';
import { appendContract, ENTRY } from './append-contract.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase(null);
  await migrate(database);
});
afterAll(() => database?.close());

describe('the log on the embedded database', () => {
  appendContract(() => database);
});

test('there is one way to write a detail', () => {
  expect(canonicalJson({ b: [1, { z: null, a: 'x' }], a: undefined, B: true, é: -5 })).toBe(
    '{"B":true,"b":[1,{"a":"x","z":null}],"é":-5}',
  );
  for (const none of [0.5, Number.NaN, 2 ** 53]) expect(() => canonicalJson({ none })).toThrow(RangeError);
});

test.each([
  ['a word without a dot', { what: 'suspended' }],
  ['a sentence', { what: 'terminal was suspended' }],
  ['more detail than anybody reads', { detail: { text: 'x'.repeat(70_000) } }],
])('%s is our own mistake', async (_, part) => {
  await expect(appendAudit(database, { ...ENTRY, ...part })).rejects.toThrow(RangeError);
});
