import { setTimeout as sleep } from 'node:timers/promises';
import {
  arrivals,
  type History,
  history,
  oracle,
  randomOf,
  relocated,
  startPostgres,
  type TestPostgres,
} from '@retap/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { findings, journalPiece, reportOf } from './incremental.ts';

const CLOCK_TOLERANCE = 5;
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const open = (database: string): Promise<Central> =>
  openCentral({ database, clockTolerance: CLOCK_TOLERANCE, now: () => 0 });

/** As a client does whose connection broke: again, until there is an answer. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isBroken(error) || attempt > 200) throw error;
    }
  }
}

/** A broken connection may show, as that; anything else is a fault of the centre. */
function isBroken(error: unknown): boolean {
  return (error as { code?: string }).code === 'database-unreachable';
}

/** Ends the centre's connections one by one, again and again, until told to stop. */
async function harass(database: string, isOver: () => boolean, random = randomOf('harass')): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  let ended = 0;
  while (!isOver()) {
    // Growing pauses: where a round takes longer than every pause, a busy machine would never get one done.
    await sleep(random.between(1, 120) + 4 * ended);
    const { rows } = await client.query<{ ended: boolean }>(
      `select pg_terminate_backend(pid) as ended from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
       order by random() limit 1`,
    );
    ended += rows.filter((row) => row.ended).length;
  }
  await client.end();
  return ended;
}

const HISTORIES = Array.from({ length: 60 }, (_, i) =>
  history(`crash ${i}`, { mode: 'adversarial', clockTolerance: CLOCK_TOLERANCE }),
);
const { configuration, asOf } = HISTORIES[0] as History;

describe('however often its connections are ended, the centre', () => {
  test('receives, reconciles and rebuilds to the state of the specification', { timeout: 120_000 }, async () => {
    const database = await postgres.createDatabase();
    const central = await open(database);
    const random = randomOf('crash');
    const records = HISTORIES.flatMap((one, i) => relocated(one, i).records);
    const batches = arrivals(records, random, { batchSizeMax: 120 });
    let over = false;
    const harassed = harass(database, () => over);
    const receipts: number[] = [];
    const expected = oracle(batches.flat(), { asOf, ...configuration });
    try {
      for (const batch of batches) {
        const [answer] = await persistently(() => central.receive([journalPiece(batch)]));
        receipts.push(answer?.receipt ?? 0);
        if (random.chance(0.5)) await persistently(() => central.reconcile());
      }
      await persistently(() => central.drain());
      expect(await persistently(() => reportOf(central, { asOf, configuration }))).toEqual(expected);
      await central.rebuild().catch((error: unknown) => expect(error).toSatisfy(isBroken));
      await persistently(() => central.drain()); // goes on where the rebuild was left; calling that again would start anew
    } finally {
      over = true;
    }
    expect(await harassed).toBeGreaterThan(10);
    expect(receipts).toEqual(batches.map((_, i) => i + 1)); // each batch once, whatever the client had to repeat
    expect(await reportOf(central, { asOf, configuration })).toEqual(expected);
    expect(await findings(central, asOf, configuration)).toEqual([]);
    await central.close();
  });

  test('goes on where a rebuild was left, and later batches take their turn', async () => {
    const database = await postgres.createDatabase();
    const first = await open(database);
    const batches = arrivals(
      HISTORIES.flatMap((one, i) => relocated(one, i).records),
      randomOf('rebuild'),
      { batchSizeMax: 5 },
    );
    const early = batches.slice(0, -20);
    await first.receive(early.map(journalPiece));
    await first.drain();
    const steps: number[] = [];
    const rebuilding = first.rebuild(({ done }) => {
      steps.push(done);
      void sqlIn(
        database,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    });
    await expect(rebuilding).rejects.toSatisfy(isBroken);
    expect(steps.length).toBeGreaterThan(0);
    await first.close();

    // A rebuild that stopped before all was recorded.
    await sqlIn(
      database,
      `truncate medium, record, purchase, medium_log, journal_run, time_disorder, conflict, account,
      uncommitted, synchronization, product, pending_validation, clone_member, condition restart identity`,
    );
    await sqlIn(database, 'update partition set reconciled = 0');
    await sqlIn(database, 'update progress set recorded = 0');
    const second = await open(database);
    await second.receive(batches.slice(-20).map(journalPiece));
    await second.drain();
    expect(await reportOf(second, { asOf, configuration })).toEqual(oracle(batches.flat(), { asOf, ...configuration }));
    expect(await findings(second, asOf, configuration)).toEqual([]);
    await second.close();
  });

  test('loses nothing where another process forgets all while this one waits for its turn', async () => {
    const database = await postgres.createDatabase();
    const central = await open(database);
    const records = HISTORIES.flatMap((one, i) => relocated(one, i).records);
    await central.receive([journalPiece(records)]);
    const other = new pg.Client({ connectionString: database });
    await other.connect();
    await other.query('begin; select from progress for update; select from partition for update');
    const draining = central.drain();
    await waitingFor(other); // it has seen that there is work, and waits for a partition
    await other.query(`truncate medium, record, purchase, medium_log, journal_run, time_disorder, conflict, account,
      uncommitted, synchronization, product, pending_validation, clone_member, condition restart identity;
      update partition set reconciled = 0; update progress set recorded = 0; commit`);
    await other.end();
    await draining;
    await central.drain();
    expect(await reportOf(central, { asOf, configuration })).toEqual(oracle(records, { asOf, ...configuration }));
    expect(await findings(central, asOf, configuration)).toEqual([]);
    await central.close();
  });

  test('and no rebuild and reconciling process wait for each other', async () => {
    const database = await postgres.createDatabase();
    const central = await open(database);
    await central.receive([journalPiece(HISTORIES[0]?.records ?? [])]);
    const other = new pg.Client({ connectionString: database });
    await other.connect();
    await other.query('begin; select from partition where id = 0 for update');
    const rebuilding = central.rebuild();
    await waitingFor(other);
    await expect(other.query('select count(*) from record')).resolves.toMatchObject({ rowCount: 1 });
    await other.query('commit');
    await other.end();
    await rebuilding;
    await central.close();
  });

  async function waitingFor(other: pg.Client): Promise<void> {
    for (let waiting = 0; waiting === 0; ) {
      await sleep(5);
      const { rows } = await other.query('select from pg_locks where not granted');
      waiting = rows.length;
    }
  }
});
