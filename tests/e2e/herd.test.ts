/** A fleet that was offline for a day comes back all at once; the large one is `retap bench-uploads` (docs/operations/load.md). */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retap } from './retap.ts';

const TERMINALS = 60;
const TAPS = 60;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

test('sixty terminals at once: all is acknowledged and reconciled, and nobody is refused for good', async () => {
  const database = await postgres.createDatabase();
  const fleet = ['--terminals', String(TERMINALS), '--taps', String(TAPS)];
  const { status, stdout, stderr } = await retap([
    'bench-uploads',
    '--database',
    database,
    ...fleet,
    '--format',
    'json',
  ]);
  expect([status, stderr]).toEqual([0, '']);
  const { sent, records } = JSON.parse(stdout);
  expect(records).toBe(TERMINALS * TAPS);
  expect(sent.lost).toBe(0);
  expect(sent.waitedMs).toHaveLength(TERMINALS * Math.ceil(TAPS / 50));
  // Only what a terminal recovers from by itself: more than the centre takes at a time.
  for (const answer of Object.keys(sent.turnedAway)) expect(answer).toMatch(/^(429|503) /);
  const checked = await retap(['check', '--database', database]);
  expect({ status: checked.status, stderr: checked.stderr }, checked.stdout).toEqual({ status: 0, stderr: '' });
});

test('it wants a database of its own, and says so', async () => {
  const { status, stderr } = await retap(['bench-uploads', '--terminals', '2']);
  expect([status, stderr]).toEqual([1, expect.stringContaining('bench-uploads needs an empty PostgreSQL')]);
});
