/**
 * Two centres on one PostgreSQL take signed batches of an enrolled fleet, each sent to either of them, while everything goes
 * wrong: processes killed −9, the database shut down and killed, connections cut in the middle, sessions ended, deadlocks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SIGNED_BATCH_CONTENT_TYPE } from '@retap/protocol';
import {
  openSession,
  type PostgresSession,
  type Random,
  randomOf,
  startPostgres,
  type TestPostgres,
} from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { livedCity } from './kill/city.ts';
import { expectState } from './kill/equalities.ts';
import { CuttingProxy } from './kill/proxy.ts';
import { type Round, replayable, roundsOf } from './kill/replay.ts';
import { Serving } from './kill/serving.ts';
import { enrolAll, signedDeliveries } from './kill/signed.ts';
import { Uploads } from './kill/uploads.ts';
import { folderOf } from './retap.ts';

const TIMEOUT = { timeout: 180_000 };

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres({ settings: { deadlock_timeout: '100ms' } });
});
afterAll(() => postgres?.stop());

interface Scene {
  readonly database: string;
  readonly centres: readonly Serving[];
  readonly proxy: CuttingProxy;
}

const received = async (session: PostgresSession): Promise<number> =>
  Number((await session.rows<{ received: string }>('select received from progress'))[0]?.received);

/** What can go wrong, by name. Each leaves all running again, or on its way there. */
const MISFORTUNES: Readonly<Record<string, (scene: Scene, random: Random) => Promise<void>>> = {
  'a centre is killed': ({ centres }, random) => random.pick(centres).kill(),
  'both centres are killed': async ({ centres }) => {
    await Promise.all(centres.map((centre) => centre.kill()));
  },
  'the database is killed': () => restarted(() => postgres.kill9()),
  'the database is shut down, fast': () => restarted(() => postgres.shutDown('fast')),
  'the database is shut down, immediately': () => restarted(() => postgres.shutDown('immediate')),
  'all connections are cut': async ({ proxy }) => proxy.cut(),
  'sessions are ended': async ({ database }) => {
    const session = await openSession(database);
    await session.rows(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await session.close();
  },
  // Whoever receives holds progress and writes batches.
  'somebody locks in the other order': async ({ database }) => {
    const session = await openSession(database);
    await session.rows('begin; lock table batch in share row exclusive mode');
    await sleep(40);
    await session.rows('select from progress for update; commit').catch(() => {}); // one of the two is given up
    await session.close().catch(() => {});
  },
};

async function restarted(stop: () => Promise<void>): Promise<void> {
  await stop();
  await postgres.restart();
}

/** Each misfortune as often as the next, in an order of the seed's. @returns how many kills of a centre there were */
async function strike(scene: Scene, uploads: Uploads, deliveries: number, count: number, random: Random) {
  const names = Object.keys(MISFORTUNES);
  const order = Array.from({ length: Math.ceil(count / names.length) }, () => random.shuffle(names)).flat();
  for (const [index, name] of order.slice(0, count).entries()) {
    await uploads.answered(Math.floor((deliveries * (index + 0.5)) / (count + 1)));
    await sleep(random.int(25));
    const acknowledged = uploads.acknowledged.size;
    await MISFORTUNES[name]?.(scene, random);
    const session = await openSession(scene.database);
    expect(await received(session), name).toBeGreaterThanOrEqual(acknowledged);
    await session.close();
  }
}

async function everythingGoesWrong({ seed, kills }: Round): Promise<void> {
  const random = randomOf(seed);
  const city = await livedCity({ seed, days: 3, media: 80, terminals: 15 });
  const deliveries = await signedDeliveries(city.deliveries);
  const database = await postgres.createDatabase();
  const enrolled = await enrolAll(
    database,
    city.deliveries.map(({ terminal }) => terminal),
    folderOf(),
  );
  const { proxy, url } = await CuttingProxy.before(database);
  const centres = [1, 2].map(
    () =>
      new Serving(url, 2, enrolled.options, {
        ...enrolled.surroundings,
        env: { ...enrolled.surroundings.env, DATABASE_URL: url },
      }),
  );
  const uploads = new Uploads(deliveries, () => random.pick(centres), SIGNED_BATCH_CONTENT_TYPE);
  const uploading = uploads.run();
  uploading.catch(() => {}); // awaited below, perhaps after another fault
  try {
    await strike({ database, centres, proxy }, uploads, deliveries.length, kills, random.fork('misfortunes'));
    await uploading;
    // Duplicates of each batch, by either centre, are answered as the first time.
    expect(await uploads.repeatedOtherwise()).toEqual([]);
  } finally {
    uploads.stop();
    await Promise.allSettled([uploading]);
  }
  const receipts = [...uploads.acknowledged.values()].map(({ receipt }) => receipt);
  expect(receipts.sort((a, b) => a - b)).toEqual(receipts.map((_, index) => index + 1));
  for (const centre of centres) {
    expect(await centre.stop()).toBe(0);
    expect(centre.log.split('\n').filter((line) => line.includes('"stack"'))).toEqual([]);
  }
  await proxy.close();
  const session = await openSession(database);
  expect(await received(session)).toBe(receipts.length);
  expect(
    await session.rows('select from quarantine union all select from conflict union all select from chain_break'),
  ).toEqual([]);
  await session.close();
  await expectState(database, city);
}

test.each(roundsOf(8))(
  'nothing acknowledged is lost, nothing counts twice, whatever goes wrong, seed $seed',
  TIMEOUT,
  async (round) => {
    await replayable('whatever goes wrong', round, () => everythingGoesWrong(round));
  },
);
