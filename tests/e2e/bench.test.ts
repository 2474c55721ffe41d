import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retap } from './retap.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Names that others rely on: they stay as they are. */
const RATES = [
  'raw-copy records/s',
  'raw-copy-1000 records/s',
  'raw-copy-100 records/s',
  'full-50000 records/s',
  'full-50000-ratio ratio',
  'full-50000-careful share',
  'full-1000 records/s',
  'full-1000-ratio ratio',
  'full-1000-careful share',
  'full-100 records/s',
  'full-100-ratio ratio',
  'full-100-acknowledged-p50 ms',
  'full-100-acknowledged-p99 ms',
  'one-by-one records/s',
  'full-100-vs-one-by-one ratio',
  'exceptional-10 records/s',
  'exceptional-10-ratio ratio',
  'exceptional-10-careful share',
  'exceptional-30 records/s',
  'exceptional-30-ratio ratio',
  'exceptional-30-careful share',
];

test('bench measures every figure by its name, each above nothing', async () => {
  const database = await postgres.createDatabase();
  const args = ['bench', '--database', database, '--records', '1000', '--runs', '1', '--format', 'json'];
  const { status, stdout } = await retap(args);
  expect(status).toBe(0);
  const { results } = JSON.parse(stdout) as { results: { id: string; value: number; unit: string; runs: number[] }[] };
  expect(results.map(({ id, unit }) => `${id} ${unit}`)).toEqual(RATES);
  for (const { id, runs, value } of results) {
    expect(runs, id).toHaveLength(1);
    expect(value, id).toBeGreaterThan(0);
  }
});

test('bench measures what is asked for, says it in words, and leaves nothing behind', async () => {
  const database = await postgres.createDatabase();
  const asked = ['--only', 'full-1000-ratio', '--records', '1000', '--runs', '1'];
  const { status, stdout } = await retap(['bench', '--database', database, ...asked]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^full-1000-ratio +[\d.]+ +ratio +≥ 0.45 /m);
  expect(stdout).not.toMatch(/full-50000/);
  const left = "select nspname from pg_namespace where nspname like 'retap%'";
  const { stdout: schemas } = await promisify(execFile)(postgres.program('psql'), ['-At', '-c', left, database]);
  expect(schemas).toBe('');
});

test('bench without a PostgreSQL says what it needs', async () => {
  const { status, stderr } = await retap(['bench'], { env: { DATABASE_URL: '' } });
  expect(status).toBe(1);
  expect(stderr).toMatch(/bench needs a PostgreSQL: name one by --database postgres:\/\/… or DATABASE_URL/);
});
