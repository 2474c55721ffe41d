/** How the centre says it is, and that a database that does not answer is not waited for. */

import { readFileSync } from 'node:fs';
import { encodeTimeQuestion } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { inTransaction, sqlIn } from '../database.ts';
import { Device, ENROLLED, invite, LICENCE_MS, newCode, REASON, verifySignature } from '../device.ts';
import { standIn } from '../proving.ts';

const DEADLINES = { waitMs: 400, statementMs: 600, roundMs: 60_000 };
const START = 1_000_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function timed<T>(work: Promise<T>): Promise<{ readonly result: PromiseSettledResult<T>; readonly ms: number }> {
  const start = performance.now();
  const [result] = await Promise.allSettled([work]);
  return { result: result as PromiseSettledResult<T>, ms: performance.now() - start };
}

describe('a database that does not answer in time', () => {
  let database: string;
  let central: Central;
  const device = new Device(1).work(60);
  const batch = (serial: number) => device.batch(serial, serial);

  beforeAll(async () => {
    database = await postgres.createDatabase();
    central = await openCentral({ database, now: () => START, verifySignature, deadlines: DEADLINES, connections: 3 });
    await central.registry.settle(ENROLLED);
    await device.join(central);
  });
  afterAll(() => central?.close());

  test('because somebody holds a lock: it is called slow, nothing is kept, and then it goes on', async () => {
    const holder = await inTransaction(database, 'select from progress for update');
    const { result, ms } = await timed(central.receive([await batch(1)]));
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'CentralError', code: 'database-slow' } });
    expect(ms).toBeLessThan(5_000);
    await holder();
    expect(await central.receive([await batch(1)])).toMatchObject([{ receipt: 1, accepted: 1 }]);
  });

  test('because all its processes stand still: it is called slow, the connections are given up, and then it goes on', async () => {
    // So that there is something to stand still.
    await Promise.all([1, 2, 3].map(() => central.operations.backlog()));
    const pids = await sqlIn<{ pid: number }>(
      postgres.url,
      "select pid from pg_stat_activity where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'",
      [new URL(database).pathname.slice(1)],
    );
    expect(pids.length).toBeGreaterThan(1);
    for (const { pid } of pids) process.kill(pid, 'SIGSTOP');
    try {
      const reconciled = Promise.allSettled([central.reconcile()]);
      const asked = [timed(central.receive([await batch(2)])), timed(central.operations.backlog())];
      for (const { result, ms } of await Promise.all<{ result: unknown; ms: number }>(asked)) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'database-slow' } });
        expect(ms).toBeLessThan(8_000);
      }
      await reconciled;
      // What came later has connections of its own.
      expect(await central.receive([await batch(3)])).toMatchObject([{ accepted: 1 }]);
    } finally {
      for (const { pid } of pids) process.kill(pid, 'SIGCONT');
    }
    expect(await central.receive([await batch(2), await batch(3)])).toMatchObject([{ accepted: 1 }, { accepted: 1 }]);
    expect(central.operations.faults()['database-slow']).toBeGreaterThan(2);
  });

  test('a question that finds no free connection does not wait for ever', async () => {
    const holder = await inTransaction(database, 'lock table setting in access exclusive mode');
    const probes = await Promise.all(Array.from({ length: 9 }, () => timed(central.operations.probe())));
    await holder();
    for (const { result, ms } of probes) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/^database-/) } });
      expect(ms).toBeLessThan(5_000);
    }
    expect(await central.operations.probe()).toBeNull();
    expect(central.operations.connections()).toMatchObject({ max: 3, waiting: 0 });
  });

  test('a migration may take longer than all else', async () => {
    const holder = await inTransaction(database, 'select pg_advisory_xact_lock(1919251568)');
    const opening = openCentral({
      database,
      now: () => START,
      deadlines: { ...DEADLINES, waitMs: 100, statementMs: 100 },
    });
    await new Promise((resolve) => setTimeout(resolve, 600));
    await holder();
    await (await opening).close();
  });
});

describe('a role that owns nothing (deploy/postgresql/service-role.sql)', () => {
  let owned: string;
  let central: Central;
  const device = new Device(21).work(4);
  const asService = (): string => owned.replace('postgres@', 'retap_service@');
  beforeAll(async () => {
    owned = await postgres.createDatabase();
    const owner = await openCentral({ database: owned, now: () => START, verifySignature });
    await owner.registry.settle(ENROLLED);
    await owner.close();
    await sqlIn(
      owned,
      readFileSync(new URL('../../../../deploy/postgresql/service-role.sql', import.meta.url), 'utf8'),
    );
    central = await openCentral({ database: asService(), now: () => START, verifySignature });
  });
  afterAll(() => central?.close());

  test('serves: enrols, receives, reconciles, steers, probes', async () => {
    await device.join(central);
    await central.receive([await device.batch(1, 4)]);
    await central.drain();
    await central.lists.deny('M1', REASON);
    expect(await central.totals(START)).toMatchObject({ records: 4, media: 4, waiting: 0 });
    expect(await central.operations.probe()).toBeNull();
  });

  test('looks for alerts, for the first time too', async () => {
    while ((await central.alertWork.watch(START)) !== null);
    expect(await sqlIn(owned, 'select started from alert_watch')).toEqual([{ started: true }]);
  });

  test('judges the cards’ proofs by keys that are new to it', async () => {
    const judging = await openCentral({
      database: asService(),
      now: () => START,
      verifySignature,
      proofs: standIn('keys'),
    });
    await judging.drain();
    await judging.close();
    expect(await sqlIn(owned, 'select keys from judging')).toEqual([{ keys: standIn('keys').keys }]);
  });

  test.each([
    'delete from batch',
    "update batch set form = 'x'",
    'truncate terminal_change',
    'delete from audit',
    'drop table record',
    'create table mine (id integer)',
    "insert into migration values ('9999_mine.sql')",
    'alter table terminal_change disable trigger all',
  ])('may not: %s', async (statement) => {
    await expect(sqlIn(asService(), statement)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('how the centre says that it is', () => {
  let database: string;
  let central: Central;
  let now = START;
  beforeAll(async () => {
    database = await postgres.createDatabase();
    central = await openCentral({ database, now: () => now, verifySignature });
    await central.registry.settle(ENROLLED);
  });
  afterAll(() => central?.close());

  test('what waits to be reconciled, and since when', async () => {
    const device = await new Device(11).work(3).join(central);
    expect(await central.operations.backlog()).toEqual({ batches: 0, oldestMs: null });
    await central.receive([await device.batch(1, 1)]);
    now += 5;
    await central.receive([await device.batch(2, 2), await device.batch(3, 3)]);
    expect(await central.operations.backlog()).toEqual({ batches: 3, oldestMs: 5 });
    await central.reconcile();
    await central.drain();
    expect(await central.operations.backlog()).toEqual({ batches: 0, oldestMs: null });
    expect(central.operations.rounds()).toEqual({ rounds: 1, records: 3, careful: 0 });
  });

  test('its terminals, by what is wrong with them', async () => {
    const silent = await new Device(12).work(5).join(central);
    await new Device(13).join(central);
    await invite(central, 14, newCode().codeDigest);
    await central.registry.suspend(13, REASON);
    await central.receive([{ ...(await silent.batch(1, 1)), sentAt: now - 90 }]);
    await central.receive([{ ...(await silent.batch(4, 5)), sentAt: now - 90 }]);
    const fleet = (at: number) => {
      now = at;
      return central.operations.fleet({ silentMs: 1_000, endingMs: 100, clockOffMs: 60 });
    };
    const soon = await fleet(now + 10);
    expect(soon).toEqual({
      terminals: { active: 2, suspended: 1, invited: 1 },
      silent: 0,
      licenceExpired: 0,
      licenceEnding: 0,
      clockOff: 1,
      clockOffsetMax: 90,
      withMissing: 1,
      behind: {},
    });
    expect(await fleet(now + 1_001)).toMatchObject({ silent: 2, licenceEnding: 0 });
    // What it has signed of its clock goes before what anybody in between may write beside an upload.
    const report = { offset: -7, delay: 2, measuredAt: now };
    const question = await encodeTimeQuestion({ terminal: 12, nonce: new Uint8Array(16), report }, silent.sign);
    await central.registry.hearTimeQuestion(question);
    await central.receive([{ ...(await silent.batch(2, 2)), sentAt: now - 500_000 }]);
    expect(await fleet(now)).toMatchObject({ clockOff: 0, clockOffsetMax: 7 });
    expect(await fleet(START + LICENCE_MS - 50)).toMatchObject({ licenceExpired: 0, licenceEnding: 2 });
    expect(await fleet(START + LICENCE_MS + 5_000)).toMatchObject({ licenceExpired: 2, licenceEnding: 0 });
  });

  test('who holds an older version of a list than the newest, or none', async () => {
    await central.lists.deny('M1', REASON);
    await central.lists.publish('deny', { sign: () => new Uint8Array(64), validMs: 1_000 });
    const { behind } = await central.operations.fleet({ silentMs: 1, endingMs: 1, clockOffMs: 1 });
    expect(behind).toEqual({ deny: 2 });
  });

  test('fit while it can write what it knows; not once a newer Retap was here, or nothing may be written', async () => {
    expect(await central.operations.probe()).toBeNull();
    await sqlIn(database, "insert into migration values ('9999_future.sql')");
    expect(await central.operations.probe()).toBe('database-newer');
    await sqlIn(database, "delete from migration where name = '9999_future.sql'");
    await sqlIn(
      database,
      `alter database ${new URL(database).pathname.slice(1)} set default_transaction_read_only = on`,
    );
    const reader = await openCentral({ database, now: () => now }).catch((error) => error);
    expect(reader).toBeInstanceOf(Error); // it starts nowhere that takes nothing
    expect(await central.operations.probe()).toBeNull(); // connections that are open keep what they began with
  });
});
