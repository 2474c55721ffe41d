import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retap } from './retap.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** As little as tells that it works: how fast it is, nobody asks here. */
const SMALL = [
  ...[
    '--records',
    '1000',
    '--runs',
    '1',
    '--history',
    '1000',
    '--chain',
    '100',
    '--accounts',
    '100',
    '--watch',
    '500ms',
  ],
  ...['--fleet', '200', '--day', '100', '--taps', '10', '--check'],
];

/** Names that others rely on: they stay as they are. Some suites at a time, and the plots that come of them. */
const FIGURES: readonly (readonly [suites: string, figures: readonly string[], plots: readonly string[]])[] = [
  [
    'batches-50000,batches-10000,batches-1000,batches-100',
    [
      ...['raw-copy records/s', 'raw-copy-1000 records/s', 'raw-copy-100 records/s'],
      ...['full-50000 records/s', 'full-50000-ratio ratio', 'full-50000-careful share', 'disk-bytes bytes'],
      ...['full-10000 records/s', 'full-10000-ratio ratio'],
      ...['full-1000 records/s', 'full-1000-ratio ratio', 'full-1000-careful share'],
      ...['full-100 records/s', 'full-100-ratio ratio', 'full-100-acknowledged-p50 ms', 'full-100-acknowledged-p99 ms'],
      ...['one-by-one records/s', 'full-100-vs-one-by-one ratio'],
    ],
    ['batch-size.svg'],
  ],
  [
    'exceptional-10,exceptional-30,chain',
    [
      ...['exceptional-10 records/s', 'exceptional-10-ratio ratio', 'exceptional-10-careful share'],
      ...['exceptional-30 records/s', 'exceptional-30-ratio ratio', 'exceptional-30-careful share'],
      ...['chain-next-short ms', 'chain-next-long ms', 'chain-next-ratio ratio'],
      ...['chain-late-short ms', 'chain-late-long ms', 'chain-late-ratio ratio'],
    ],
    ['exceptional.svg'],
  ],
  [
    'processors,history,console,wire,simulator',
    [
      ...['processors-1 records/s', 'processors-2 records/s', 'processors-ratio ratio', 'processors-lock-waits share'],
      ...['wire-6 bytes', 'wire-50 bytes', 'wire-6-proofs bytes', 'wire-50-proofs bytes'],
      ...['history-empty records/s', 'history-full records/s', 'history-ratio ratio', 'history-raw-copy records/s'],
      ...['console-slowest-median ms', 'console-slowest-p95 ms'],
      ...['simulator-taps taps/s', 'simulator-city taps/s', 'simulator-cards taps/s'],
    ],
    ['history.svg', 'processors.svg'],
  ],
  [
    'fleet,memory',
    [
      ...['fleet-4 records/s', 'fleet-4-ratio ratio', 'fleet-4-visible-p50 ms', 'fleet-4-visible-p99 ms'],
      ...['fleet-50 records/s', 'fleet-50-ratio ratio', 'fleet-50-visible-p50 ms', 'fleet-50-visible-p99 ms'],
      ...['memory-most MiB', 'memory-growth ratio'],
    ],
    [],
  ],
  ['embedded', ['embedded-day s', 'embedded-day-memory MiB', 'reconcile-gzip s'], []],
];

test.each(FIGURES)(
  'bench measures %s: each figure by its name, and the centre is in order',
  async (suites, figures, plots) => {
    const database = await postgres.createDatabase();
    const folder = await mkdtemp(path.join(tmpdir(), 'retap-plots-'));
    const args = ['bench', '--database', database, '--suite', suites, ...SMALL, '--plots', folder, '--format', 'json'];
    const { status, stdout } = await retap(args);
    const drawn = await readdir(folder);
    await rm(folder, { recursive: true });
    expect(status).toBe(0);
    expect(drawn.sort()).toEqual(plots);
    const { results } = JSON.parse(stdout) as {
      results: { id: string; value: number; unit: string; runs: number[] }[];
    };
    expect(results.map(({ id, unit }) => `${id} ${unit}`)).toEqual(figures);
    for (const { id, runs, value } of results) {
      expect(runs, id).toHaveLength(1);
      expect(value, id).toBeGreaterThanOrEqual(0);
      if (id !== 'processors-lock-waits') expect(value, id).toBeGreaterThan(0);
    }
  },
);

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
