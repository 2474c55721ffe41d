/** Two that wait for each other: the database gives one of them up, and the centre does it again. */
import { history, oracle, startPostgres, type TestPostgres } from '@retap/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { again } from '../src/database/again.ts';
import { openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { findings, journalPiece, reportOf } from './incremental.ts';

const { records, configuration, asOf } = history('deadlock', { mode: 'adversarial', clockTolerance: 5 });

let postgres: TestPostgres;
beforeAll(async () => {
  // Whoever waited longest looks for a circle first, and is given up.
  postgres = await startPostgres({ settings: { deadlock_timeout: '700ms' } });
});
afterAll(() => postgres?.stop());

async function deadlocks(database: string): Promise<number> {
  // What a session has met it tells others by the time it ends.
  const [row] = await sqlIn<{ deadlocks: string }>(
    database,
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(row?.deadlocks);
}

async function untilSomebodyWaits(other: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await other.query('select from pg_locks where not granted');
    if (rowCount) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a rebuild that waits for somebody who waits for it is done again, and comes to the same', async () => {
  const database = await postgres.createDatabase();
  const central = await openCentral({ database, clockTolerance: 5, now: () => 0 });
  await central.receive([journalPiece(records)]);
  await central.drain();
  const other = new pg.Client({ connectionString: database });
  await other.connect();
  await other.query('begin; select from partition where id = 0 for update');
  const rebuilding = central.rebuild(); // holds progress, waits for the partition
  await untilSomebodyWaits(other);
  await other.query('select from progress for update; commit');
  await rebuilding;
  await other.end();
  expect(await reportOf(central, { asOf, configuration })).toEqual(oracle(records, { asOf, ...configuration }));
  expect(await findings(central, asOf, configuration)).toEqual([]);
  await central.close();
  await expect.poll(() => deadlocks(database)).toBeGreaterThan(0); // otherwise nothing was proved
});

test('what is given up again and again is told at last, and another fault at once', async () => {
  const met = (code: string) => {
    const counted = { times: 0 };
    const work = () => {
      counted.times += 1;
      return Promise.reject(Object.assign(new Error(code), { code }));
    };
    return { counted, result: expect(again(work)).rejects.toMatchObject({ code }) };
  };
  const [deadlock, conflict, full] = [met('40P01'), met('40001'), met('53100')];
  await Promise.all([deadlock.result, conflict.result, full.result]);
  expect([deadlock, conflict, full].map(({ counted }) => counted.times)).toEqual([5, 5, 1]);
  let left = 2;
  const done = again(async () => {
    left -= 1;
    if (left > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    return 'done';
  });
  expect(await done).toBe('done');
});
