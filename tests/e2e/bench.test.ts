import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retap } from './retap.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

test('bench compares full processing with raw COPY and with one SQL transaction a record, and leaves nothing behind', async () => {
  const database = await postgres.createDatabase();
  const { status, stdout, stderr } = await retap([
    'bench',
    '--database',
    database,
    '--records',
    '1000',
    '--batch',
    '200',
    '--runs',
    '2',
    '--format',
    'json',
  ]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { results } = JSON.parse(stdout) as { results: { id: string; value: number; unit: string; runs: number[] }[] };
  expect(results.map(({ id, unit }) => `${id} ${unit}`)).toEqual([
    'full-processing records/s',
    'raw-copy records/s',
    'one-transaction-per-record records/s',
    'full-vs-raw-copy ratio',
    'full-vs-one-transaction-per-record ratio',
  ]);
  for (const { runs, value } of results) {
    expect(runs).toHaveLength(2);
    expect(value).toBeGreaterThan(0);
  }
  const again = await retap(['bench', '--database', database, '--records', '100', '--runs', '1']);
  expect(again.status).toBe(0);
  expect(again.stdout).toMatch(/full-vs-raw-copy +[\d.]+ ratio/);
});

test('bench without a PostgreSQL says what it needs', async () => {
  const { status, stderr } = await retap(['bench'], { env: { DATABASE_URL: '' } });
  expect(status).toBe(1);
  expect(stderr).toMatch(/bench needs a PostgreSQL: name one by --database postgres:\/\/… or DATABASE_URL/);
});
