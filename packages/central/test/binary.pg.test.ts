/** Values in PostgreSQL's binary form come back as they were, by COPY and by `unnest`. */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binaryColumns, bool, copyRows, int4, int8, text } from '../src/database/binary.ts';
import { type Database, openDatabase } from '../src/database/database.ts';
import { insertRows, named } from '../src/database/insert.ts';

interface Row {
  readonly a: number | null;
  readonly b: number | null;
  readonly c: boolean | null;
  readonly d: string | null;
}

const ROWS: readonly Row[] = [
  { a: 0, b: 0, c: false, d: '' },
  { a: 2 ** 31 - 1, b: Number.MAX_SAFE_INTEGER, c: true, d: 'null' },
  { a: -(2 ** 31), b: Number.MIN_SAFE_INTEGER, c: true, d: 'ž€😀' },
  { a: -1, b: -1, c: false, d: '{"a,b"}\\' },
  { a: 1, b: 2 ** 32, c: null, d: null },
  { a: null, b: -(2 ** 32) - 5, c: true, d: 'x'.repeat(5_000) },
  { a: 7, b: null, c: false, d: 'M' },
];
const COLUMNS = [
  named<Row>(
    'a',
    int4(({ a }) => a),
  ),
  named<Row>(
    'b',
    int8(({ b }) => b),
  ),
  named<Row>(
    'c',
    bool(({ c }) => c),
  ),
  named<Row>(
    'd',
    text(({ d }) => d),
  ),
];
const TABLE = 'create temp table t (at serial, a integer, b bigint, c boolean, d text) on commit drop';
const READ = 'select a, b, c, d from t order by at';

describe.each(['embedded', 'postgresql'] as const)('%s', (engine) => {
  let postgres: TestPostgres | undefined;
  let database: Database;
  beforeAll(async () => {
    postgres = engine === 'postgresql' ? await startPostgres() : undefined;
    database = await openDatabase(postgres ? await postgres.createDatabase() : null);
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await postgres?.stop();
  });

  // Enough of them go by COPY where there is one.
  test.each([1, 20])('rows are inserted as they are, %i times', async (times) => {
    const rows = Array.from({ length: times }, () => ROWS).flat();
    const stored = await database.transaction(async (sql) => {
      await sql.rows(TABLE);
      await insertRows(sql, 't', rows, COLUMNS);
      return sql.rows<Row>(READ);
    });
    expect(stored).toEqual(rows);
  });

  test('no rows are none', async () => {
    const [row] = await database.rows(
      'select count(*) as count from unnest($1::bigint[]) x',
      binaryColumns([], COLUMNS[1]!),
    );
    expect(row).toEqual({ count: 0 });
  });

  test('what COPY refuses is an error, and the connection goes on', async () => {
    const broken = database.transaction(async (sql) => {
      await sql.rows('create temp table u (a integer primary key) on commit drop');
      const twice = Array.from({ length: 60 }, () => ({ a: 1 }));
      await insertRows(sql, 'u', twice, [
        named(
          'a',
          int4<{ a: number }>(({ a }) => a),
        ),
      ]);
    });
    await expect(broken).rejects.toMatchObject({ code: '23505' });
    expect(await database.rows('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test.each([
  ['int4', int4, 2 ** 31],
  ['int4', int4, 0.5],
  ['int8', int8, 2 ** 53],
  ['int8', int8, Number.NaN],
] as const)('%s does not wrap %d to another number: %#', (_, column, value) => {
  expect(() => copyRows([value], [column((v: number) => v)])).toThrow(RangeError);
});
