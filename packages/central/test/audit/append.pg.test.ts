import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendAudit } from '../../src/audit/append.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/schema.ts';
import { appendContract, ENTRY, expectChained } from './append-contract.ts';

let postgres: TestPostgres;
let url: string;
let database: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  database = await openDatabase(url);
  await migrate(database);
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

describe('the log on PostgreSQL', () => {
  appendContract(() => database);

  test('many at once have one order, and none waits in a circle, whatever else each locks before or after', async () => {
    const other = await openDatabase(url);
    const before = (await expectChained(database)).length;
    const change = (on: Database, index: number) =>
      on.transaction(async (sql) => {
        const entry = { ...ENTRY, detail: { index } };
        // The entry before the lock and after it: were the log locked at once, these two would wait for each other.
        if (index % 2 === 0) await appendAudit(sql, entry);
        await sql.rows('select pg_advisory_xact_lock(1919251569, $1)', [index % 3]);
        if (index % 2 === 1) await appendAudit(sql, entry);
      });
    try {
      await Promise.all(Array.from({ length: 120 }, (_, index) => change(index % 5 < 2 ? other : database, index)));
    } finally {
      await other.close();
    }
    const rows = (await expectChained(database)).slice(before);
    const indices = rows.map(({ detail }) => JSON.parse(detail).index as number);
    expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, index) => index));
  });
});
