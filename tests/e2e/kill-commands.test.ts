/** `retap reconcile` and `retap rebuild` killed −9 in the middle and run again; PostgreSQL killed −9 under them. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCentral } from '@retap/central';
import { formatRecord, parseBatch } from '@retap/protocol';
import { City } from '@retap/simulator';
import { randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killInTheMiddle } from './kill/in-the-middle.ts';
import { type Round, replayable, roundsOf } from './kill/replay.ts';
import { Serving } from './kill/serving.ts';
import { ask, folderOf, retap, startRetap, until } from './retap.ts';

const TIMEOUT = { timeout: 180_000 };
const MEDIA = 600;

interface Undisturbed {
  readonly database: string;
  readonly report: string;
  readonly reconcileMs: number;
}

let postgres: TestPostgres;
let journals: string[];
let atTheEnd: string;
let onPostgres: Undisturbed;
let embedded: Undisturbed;
const folder = folderOf();
const emptyDirectory = path.join(folder, 'empty');

beforeAll(async () => {
  postgres = await startPostgres();
  await writeJournals('commands');
  await retap(['reconcile', '--database', emptyDirectory]);
  onPostgres = await undisturbed(await postgres.createDatabase('undisturbed'));
  embedded = await undisturbed(copied(emptyDirectory, 'undisturbed'));
  expect(embedded.report).toBe(onPostgres.report);
}, 180_000);
afterAll(() => postgres?.stop());

async function writeJournals(seed: string): Promise<void> {
  const city = await City.found({ seed, days: 2, media: MEDIA, terminals: 25, faults: { tornShare: 0.05 } });
  const lines = new Map<number, string[]>();
  for await (const event of city.events()) {
    if (event.kind !== 'journal') continue;
    const records = parseBatch(event.bytes).records.map(({ record }) => `${formatRecord(record)}\n`);
    lines.set(event.terminal, [...(lines.get(event.terminal) ?? []), ...records]);
  }
  mkdirSync(path.join(folder, 'journals'));
  for (const [terminal, text] of lines) writeFileSync(path.join(folder, 'journals', `${terminal}`), text.join(''));
  journals = readdirSync(path.join(folder, 'journals')).map((name) => path.join(folder, 'journals', name));
  atTheEnd = String(city.truth().asOf);
}

const reconcileArgs = (database: string, files = journals): string[] => [
  ...['reconcile', ...files, '--database', database, '--as-of', atTheEnd, '--format', 'json'],
];

async function undisturbed(database: string): Promise<Undisturbed> {
  const startedAt = performance.now();
  const { status, stdout, stderr } = await retap(reconcileArgs(database));
  expect([status, stderr]).toEqual([0, '']);
  return { database, report: stdout, reconcileMs: performance.now() - startedAt };
}

function copied(directory: string, name: string): string {
  const copy = path.join(folder, name.replaceAll(/\W/g, '-'));
  cpSync(directory, copy, { recursive: true });
  return copy;
}

async function expectUndisturbed(database: string): Promise<void> {
  const report = await retap(reconcileArgs(database, []));
  expect([report.status, report.stdout === onPostgres.report, report.stderr]).toEqual([0, true, '']);
  const checked = await retap(['check', '--database', database, '--as-of', atTheEnd]);
  expect([checked.status, checked.stderr], checked.stdout).toEqual([0, '']);
}

/** Kills the command in the middle, then runs it to its end. */
async function killAndRunAgain(
  args: readonly string[],
  round: Round,
  database: string,
  usualMs: number,
): Promise<void> {
  const random = randomOf(round.seed);
  expect(await killInTheMiddle({ args, database, random, usualMs, kills: round.kills })).toBeGreaterThan(0);
  const again = await retap(args);
  expect([again.status, again.stderr]).toEqual([0, '']);
}

describe('reconcile and rebuild, each killed −9 in the middle and run again, end in the same report', () => {
  test.each(roundsOf(2))('on PostgreSQL, seed $seed', TIMEOUT, async (round) => {
    const database = await postgres.createDatabase();
    await replayable('on PostgreSQL', round, async () => {
      await killAndRunAgain(reconcileArgs(database), round, database, onPostgres.reconcileMs);
      await expectUndisturbed(database);
      await killAndRunAgain(['rebuild', '--database', database], round, database, onPostgres.reconcileMs);
      await expectUndisturbed(database);
    });
  });

  test.each(roundsOf(1))('on an embedded database, seed $seed', TIMEOUT, async (round) => {
    const database = copied(emptyDirectory, round.seed);
    await replayable('on an embedded database', round, async () => {
      await killAndRunAgain(reconcileArgs(database), round, database, embedded.reconcileMs);
      await killAndRunAgain(['rebuild', '--database', database], round, database, embedded.reconcileMs);
      await expectUndisturbed(database);
    });
  });
});

test.each(roundsOf(1))('a rebuild killed −9 is taken up by the next serve, seed $seed', TIMEOUT, async (round) => {
  const database = await postgres.createDatabase(`serve ${round.seed}`, 'undisturbed');
  await replayable('is taken up by the next serve', round, async () => {
    const killing = { database, random: randomOf(round.seed), usualMs: onPostgres.reconcileMs, kills: round.kills };
    expect(await killInTheMiddle({ ...killing, args: ['rebuild', '--database', database] })).toBe(round.kills);
    const serving = new Serving(database);
    const url = await serving.url;
    await until(
      () => ask(`${url}/totals`),
      ({ media, waiting }) => media === MEDIA && waiting === 0,
    );
    expect(await serving.stop()).toBe(0);
    await expectUndisturbed(database);
  });
});

test('PostgreSQL killed −9 under reconcile: it says so and fails, and may be run again', TIMEOUT, async () => {
  const own = await startPostgres();
  try {
    const database = await own.createDatabase();
    const central = await openCentral({ database, now: () => 0 });
    const running = startRetap(reconcileArgs(database));
    while ((await central.totals(0)).batches === 0) await sleep(5);
    await own.kill9();
    await central.close();
    const { status, stdout, stderr } = await running.ended;
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^retap: .*(the connection to the database broke|postgresql:\/\/).*\n$/);
    await own.restart();
    expect((await retap(reconcileArgs(database))).stdout).toBe(onPostgres.report);
  } finally {
    await own.stop();
  }
});
