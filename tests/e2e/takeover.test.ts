/**
 * Two centres share one PostgreSQL. One that is killed, or stands still, in the middle of a round holds partitions that the
 * other one needs: how long that lasts, and that nothing is lost by it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openCentral } from '@retap/central';
import { amountOf, type JournalRecord } from '@retap/model';
import { encodeBatch } from '@retap/protocol';
import { openSession, type PostgresSession, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Running, retap, startRetap, until } from './retap.ts';

const TIMEOUT = { timeout: 90_000 };
const TERMINALS = 25;
const TAPS = 1_000;
/** Generous for a busy machine: what is waited for is the pause of a processor that found all claimed, 5 s. */
const TAKEOVER_MS_MAX = 20_000;
/** What `retap serve` allows by its deadlines, whatever the URL says (docs/operations/tune.md), and a look every 5 s. */
const SERVE_STANDSTILL_MS = 20_000;
/** How long a session may stand still in the middle of an SQL transaction where nothing else says it. */
const STANDSTILL_MS = 2_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** So much waits that a round takes a while: each medium opened and used up to ten times at one terminal. */
async function backlog(database: string): Promise<void> {
  const central = await openCentral({ database, now: () => 0 });
  for (let terminal = 1; terminal <= TERMINALS; terminal += 1) {
    const records = Array.from({ length: TAPS }, (_, at) => tapOf(terminal, at));
    const body = encodeBatch({ terminal, from: 1, to: TAPS, records });
    await central.receive([{ form: 'batch', body }]);
  }
  await central.close();
}

function tapOf(terminal: number, at: number): JournalRecord {
  const [use, medium] = [at % 10, `M${terminal}-${Math.floor(at / 10)}`];
  const place = { terminal, serial: at + 1, medium, time: 1_000 * (at + 1), status: 'successful' } as const;
  if (use === 0) return { ...place, type: 'open', amount: amountOf(500), balance: amountOf(500) };
  const before = { lastTime: 1_000 * at, lastTerminal: terminal };
  return { ...place, ...before, type: 'debit', amount: amountOf(-10), balance: amountOf(500 - 10 * use) };
}

const serve = (database: string): Running => {
  const bound = `-c idle_in_transaction_session_timeout=${STANDSTILL_MS}`;
  const url = `${database}?options=${encodeURIComponent(bound)}`;
  return startRetap(['serve', '--database', url, '--port', '0', '--processors', '2']);
};

/** Resolves when the centre is in the midst of a round. */
async function untilClaimed(observer: PostgresSession, partitionsMin: number): Promise<void> {
  for (;;) {
    const rows = await observer.rows('select id from partition for update skip locked');
    if (64 - rows.length >= partitionsMin) return;
    await sleep(2);
  }
}

const deadlocksOf = async (observer: PostgresSession): Promise<number> => {
  const rows = await observer.rows<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
};

interface Scene {
  readonly database: string;
  readonly observer: PostgresSession;
  readonly first: Running;
  readonly second: Running;
}

/** Two centres and a backlog, the first in the midst of a round. */
async function inTheMidst(): Promise<Scene> {
  const database = await postgres.createDatabase();
  await backlog(database);
  const observer = await openSession(database);
  const first = serve(database);
  await untilClaimed(observer, 16);
  return { database, observer, first, second: serve(database) };
}

/** How long until nothing waits; and that this is the state of the specification. */
async function drained(second: Running, since: number): Promise<number> {
  const url = await second.url();
  await until(
    () => ask(`${url}/totals`),
    ({ waiting }) => waiting === 0,
  );
  return performance.now() - since;
}

async function expectWhole({ database, observer }: Scene): Promise<void> {
  expect(await deadlocksOf(observer)).toBe(0);
  await observer.close();
  const { status, stdout, stderr } = await retap(['check', '--database', database]);
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
}

test(
  'one killed −9 in the middle of a round: the other takes its partitions over within seconds',
  TIMEOUT,
  async () => {
    const scene = await inTheMidst();
    const { first, second } = scene;
    await second.url();
    const since = performance.now();
    await first.stop('SIGKILL');
    const tookMs = await drained(second, since);
    console.log(`taken over and drained ${Math.round(tookMs)} ms after kill −9`);
    expect(tookMs).toBeLessThan(TAKEOVER_MS_MAX);
    expect((await second.stop()).status).toBe(0);
    await expectWhole(scene);
  },
);

test(
  'one that stands still in the middle of a round is put out by the database; woken, it goes on',
  TIMEOUT,
  async () => {
    const scene = await inTheMidst();
    const { first, second } = scene;
    first.signal('SIGSTOP');
    const since = performance.now();
    try {
      const url = await second.url();
      const body = encodeBatch({ terminal: 999, from: 1, to: 1, records: [tapOf(999, 0)] });
      const headers = { 'content-type': 'application/json' };
      // Turned away at most, as long as a lock is held; never lost.
      const answer = await until(
        () => fetch(`${url}/batches`, { method: 'POST', headers, body: Buffer.from(body) }),
        ({ status }) => status !== 503,
      );
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ receipt: TERMINALS + 1, accepted: 1, quarantined: [] });
      const tookMs = await drained(second, since);
      console.log(
        `taken over and drained ${Math.round(tookMs)} ms after it stood still, with ${STANDSTILL_MS} ms allowed`,
      );
      expect(tookMs).toBeLessThan(SERVE_STANDSTILL_MS + TAKEOVER_MS_MAX);
    } finally {
      first.signal('SIGCONT');
    }
    // It finds out that its connections are gone, says so, and works again.
    const url = await first.url();
    await until(
      () => ask(`${url}/totals`),
      ({ waiting, batches }) => waiting === 0 && batches === TERMINALS + 1,
    );
    const ended = await first.stop();
    expect(ended.status).toBe(0);
    expect(ended.stderr).toContain('"code":"database-unreachable"');
    expect(ended.stderr).not.toContain('"stack"');
    expect((await second.stop()).status).toBe(0);
    await expectWhole(scene);
  },
);
