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

const rebuildArgs = (database: string): string[] => ['rebuild', '--database', database];

/** Kills `reconcile` over a new database in the middle and runs it to its end, then does the same with `rebuild`. */
async function killBoth({ seed, kills }: Round, usualMs: number, begin: () => Promise<string>): Promise<void> {
  const killing = { random: randomOf(seed), usualMs, kills };
  const database = await killInTheMiddle({ ...killing, begin, command: (name) => reconcileArgs(name) });
  const reconciled = await retap(reconcileArgs(database));
  expect([reconciled.status, reconciled.stdout === onPostgres.report, reconciled.stderr]).toEqual([0, true, '']);
  await killInTheMiddle({ ...killing, begin: async () => database, command: rebuildArgs });
  expect(await retap(rebuildArgs(database))).toMatchObject({ status: 0, stderr: '' });
  await expectUndisturbed(database);
}

describe('reconcile and rebuild, each killed −9 in the middle and run again, end in the same report', () => {
  test.each(roundsOf(2))('on PostgreSQL, seed $seed', TIMEOUT, async (round) => {
    const begin = () => postgres.createDatabase();
    await replayable('on PostgreSQL', round, () => killBoth(round, onPostgres.reconcileMs, begin));
  });

  test.each(roundsOf(1))('on an embedded database, seed $seed', TIMEOUT, async (round) => {
    let copies = 0;
    const begin = async () => copied(emptyDirectory, `${round.seed} ${++copies}`);
    await replayable('on an embedded database', round, () => killBoth(round, embedded.reconcileMs, begin));
  });
});

test.each(roundsOf(1))('a rebuild killed −9 is taken up by the next serve, seed $seed', TIMEOUT, async (round) => {
  const begin = () => postgres.createDatabase(undefined, 'undisturbed');
  await replayable('is taken up by the next serve', round, async () => {
    const killing = { random: randomOf(round.seed), usualMs: onPostgres.reconcileMs, kills: round.kills };
    const database = await killInTheMiddle({ ...killing, begin, command: rebuildArgs });
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
