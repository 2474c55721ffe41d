/** Another processor that stands still with partitions in its hands. */
import { history, startPostgres, type TestPostgres } from '@retap/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral } from '../src/index.ts';
import { journalPiece } from './incremental.ts';

const { records } = history('standstill', { mode: 'adversarial', clockTolerance: 5 });
const ALLOWED_MS = 400;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** A centre with something to reconcile, and a session that has claimed all partitions. */
async function scene(): Promise<{ central: Central; other: pg.Client }> {
  const database = await postgres.createDatabase();
  const bound = `-c idle_in_transaction_session_timeout=${ALLOWED_MS}ms`;
  const central = await openCentral({
    database: `${database}?options=${encodeURIComponent(bound)}`,
    clockTolerance: 5,
    now: () => 0,
  });
  await central.receive([journalPiece(records)]);
  const other = new pg.Client({ connectionString: database });
  other.on('error', () => {});
  await other.connect();
  await other.query('begin; select from partition for update');
  return { central, other };
}

async function reconciledWithin(central: Central, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if ((await central.reconcile()) > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

test('that does not take its answer out of the socket is put out, though the database calls it busy', async () => {
  const { central, other } = await scene();
  const { stream } = (other as unknown as { connection: { stream: { pause(): void; resume(): void } } }).connection;
  // More than any socket's buffers hold.
  const answer = other.query("select repeat('x', 1000) from generate_series(1, 100000)").catch(() => 'put out');
  stream.pause();
  expect(await reconciledWithin(central, 20_000)).toBe(true);
  stream.resume();
  expect(await answer).toBe('put out');
  await central.close();
});

test('that is at work, however long, is left alone', async () => {
  const { central, other } = await scene();
  const work = other.query('select pg_sleep(2)');
  expect(await reconciledWithin(central, 3 * ALLOWED_MS)).toBe(false);
  await work;
  await other.query('commit');
  await other.end();
  expect(await reconciledWithin(central, 20_000)).toBe(true);
  await central.close();
});
