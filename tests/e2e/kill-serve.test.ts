/**
 * The centre's process, and the PostgreSQL server under it, killed −9 while a city uploads.
 *
 * `npm run test:kill` kills 200 times: each test then goes through as many cities as it needs for so many kills.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livedCity } from './kill/city.ts';
import { expectWhole } from './kill/equalities.ts';
import { type Kill, killPlan } from './kill/plan.ts';
import { type Round, replayable, roundsOf } from './kill/replay.ts';
import { Serving } from './kill/serving.ts';
import { Uploads } from './kill/uploads.ts';
import { ask, folderOf } from './retap.ts';

const TIMEOUT = { timeout: 180_000 };

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

interface Struck {
  /** Kills with uploads on their way to the one killed. */
  readonly amidUploads: number;
  readonly all: number;
}

/** Kills and starts again as planned; after each kill everything acknowledged before it must be there. */
async function strike(plan: readonly Kill[], centres: readonly Serving[], uploads: Uploads): Promise<Struck> {
  let [amidUploads, all] = [0, 0];
  for (const { after, pauseMs, centre: number, againMs } of plan) {
    const centre = centres[number]!;
    await uploads.answered(after);
    await sleep(pauseMs);
    const acknowledged = uploads.acknowledged.size;
    if (centre.inFlight > 0) amidUploads += 1;
    await centre.kill();
    all += 1;
    if (againMs !== null) {
      await sleep(againMs);
      await centre.kill();
      all += 1;
    }
    expect((await ask(`${await centre.url}/totals`)).batches).toBeGreaterThanOrEqual(acknowledged);
  }
  return { amidUploads, all };
}

interface Scene {
  readonly database: string;
  readonly media: number;
  readonly centres: number;
  readonly processors?: number;
}

async function killWhileUploading({ seed, kills }: Round, scene: Scene): Promise<void> {
  const { database, media, processors = 1 } = scene;
  const random = randomOf(seed);
  const city = await livedCity({ seed, days: 3, media, terminals: 20 });
  const centres = Array.from({ length: scene.centres }, () => new Serving(database, processors));
  const uploads = new Uploads(city.deliveries, () => random.pick(centres));
  const plan = killPlan(random.fork('kills'), kills, city.deliveries.length, centres.length);
  const uploading = uploads.run();
  uploading.catch(() => {}); // awaited below, perhaps after another fault
  try {
    const [struck] = await Promise.all([strike(plan, centres, uploads), uploading]);
    expect(struck.all).toBeGreaterThanOrEqual(kills);
    // Otherwise the kills were timed so that they proved little.
    expect(struck.amidUploads).toBeGreaterThanOrEqual(Math.ceil(kills * 0.7));
    expect(uploads.broken).toBeGreaterThanOrEqual(struck.amidUploads);
    for (const centre of centres) expectNoMistake(centre.log);
  } finally {
    uploads.stop();
    await Promise.allSettled([uploading]);
  }
  await expectWhole(database, city, uploads, centres);
}

/** A fault that the centre did not foresee is logged with its stack. */
function expectNoMistake(log: string): void {
  expect(log.split('\n').filter((line) => line.includes('"stack"'))).toEqual([]);
}

describe('the centre, killed −9 at any moment, loses nothing it acknowledged and applies nothing twice', () => {
  test.each(roundsOf(10))('on PostgreSQL, seed $seed', TIMEOUT, async (round) => {
    const database = await postgres.createDatabase();
    await replayable('on PostgreSQL', round, () => killWhileUploading(round, { database, media: 100, centres: 1 }));
  });

  test.each(roundsOf(4))('on an embedded database, seed $seed', TIMEOUT, async (round) => {
    const database = path.join(folderOf(), 'central');
    await replayable('embedded', round, () => killWhileUploading(round, { database, media: 60, centres: 1 }));
  });

  test.each(roundsOf(6))('with a second one on the same PostgreSQL, seed $seed', TIMEOUT, async (round) => {
    const scene = { database: await postgres.createDatabase(), media: 100, centres: 2, processors: 2 };
    await replayable('with a second one', round, () => killWhileUploading(round, scene));
  });
});

describe('PostgreSQL killed −9 under the centre', () => {
  test.each(roundsOf(3))(
    'uploads are told to come again, and all goes on by itself, seed $seed',
    TIMEOUT,
    async (round) => {
      await replayable('uploads are told', round, () => killPostgresWhileUploading(round));
    },
  );
});

async function killPostgresWhileUploading({ seed, kills }: Round): Promise<void> {
  const random = randomOf(seed);
  const city = await livedCity({ seed, days: 3, media: 60, terminals: 20 });
  const database = await postgres.createDatabase();
  const centre = new Serving(database, 2);
  const uploads = new Uploads(city.deliveries, () => centre);
  const uploading = uploads.run();
  uploading.catch(() => {}); // awaited below, perhaps after another fault
  const asking = askOften(await centre.url);
  try {
    for (const { after, pauseMs } of killPlan(random.fork('kills'), kills, city.deliveries.length)) {
      await uploads.answered(after);
      await sleep(pauseMs);
      await postgres.kill9();
      await uploads.turnedAway();
      await postgres.restart();
    }
    await uploading;
    // The centre itself was there all the time: it answered every upload, and every question.
    expect(uploads.broken).toBe(0);
    expect(new Set(await asking.stop())).toEqual(new Set([200, 503]));
  } finally {
    uploads.stop();
    await Promise.allSettled([uploading, asking.stop()]);
  }
  await expectWhole(database, city, uploads, [centre]);
  expectNoMistake(centre.log);
}

/** Asks for the totals again and again. @returns what ends it, and gives the status of each answer */
function askOften(url: string): { stop(): Promise<number[]> } {
  const statuses: number[] = [];
  let isOver = false;
  const work = async (): Promise<number[]> => {
    for (; !isOver; await sleep(20)) statuses.push((await fetch(`${url}/totals`)).status);
    return statuses;
  };
  const ended = work();
  ended.catch(() => {}); // told by stop
  return {
    stop: () => {
      isOver = true;
      return ended;
    },
  };
}
