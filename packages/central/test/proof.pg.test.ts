import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CONFIGURATION } from '@retap/model';
import { arrivals, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { findings, journalPiece } from './incremental.ts';
import { inOrder, proofOracle, Stage, standIn, standing } from './proving.ts';

const KEYS = standIn('master 1');
const ALL = 1_000_000;
const told = async (central: Central) => inOrder(await central.proofAlerts({ limit: ALL }));

function lives(seed: string, media: number) {
  const random = randomOf(seed);
  const stage = new Stage(random);
  for (let n = 0; n < media; n += 1) stage.live(`04${String(n).padStart(12, '0')}`, 'master 1', 12, 0.15);
  return arrivals(stage.records, random, { batchSizeMax: 40 });
}

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== 'database-unreachable' || attempt > 200) throw error;
    }
  }
}

test('centres with keys and one without, their connections ended again and again: the alerts are those of the definition', async () => {
  const database = await postgres.createDatabase();
  const open = (hasKeys: boolean) =>
    openCentral({ database, processors: 2, now: () => 0, ...(hasKeys && { proofs: KEYS }) });
  const centres = [await open(true), await open(true), await open(false)];
  const batches = lives('several', 80);
  const random = randomOf('harass proofs');
  let over = false;
  let ended = 0;
  const harassed = (async () => {
    while (!over) {
      await sleep(random.between(1, 60) + 4 * ended);
      const rows = await sqlIn<{ ended: boolean }>(
        database,
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' order by random() limit 1`,
      );
      ended += rows.filter((row) => row.ended).length;
    }
  })();
  try {
    for (const batch of batches) {
      await persistently(() => random.pick(centres).receive([journalPiece(batch)]));
      await Promise.all(centres.map((central) => persistently(() => central.reconcile())));
    }
    for (const central of centres) await persistently(() => central.drain());
  } finally {
    over = true;
  }
  await harassed;
  expect(ended).toBeGreaterThan(3);
  const [central] = centres as [Central, ...Central[]];
  const expected = proofOracle(standing(batches.flat()), KEYS);
  expect(new Set(expected.alerts.map(({ kind }) => kind)).size).toBe(6);
  expect(await told(central)).toEqual(expected.alerts);
  expect((await central.totals(0)).proofs).toMatchObject({ unsettled: expected.unsettled, waiting: 0 });
  expect(await findings(central, 0, DEFAULT_CONFIGURATION)).toEqual([]);
  for (const each of centres) await each.close();
});

test('whoever opened last says which keys decide; who holds others stops judging', async () => {
  const database = await postgres.createDatabase();
  const [early = [], late = []] = [lives('keys', 20).flat()].flatMap((all) => [all.slice(0, 100), all.slice(100)]);
  const wrong = await openCentral({ database, now: () => 0, proofs: standIn('no key of ours') });
  await wrong.receive([journalPiece(early)]);
  await wrong.drain();
  const right = await openCentral({ database, now: () => 0, proofs: KEYS });
  await wrong.receive([journalPiece(late)]);
  await wrong.drain();
  expect((await right.totals(0)).proofs?.waiting).toBe(2);
  await right.drain();
  expect(await told(right)).toEqual(proofOracle(standing([...early, ...late]), KEYS).alerts);
  expect(await findings(right, 0, DEFAULT_CONFIGURATION)).toEqual([]);
  expect(await findings(wrong, 0, DEFAULT_CONFIGURATION)).toEqual([]); // it does not know better
  await wrong.close();
  await right.close();
});

describe('check finds it when', () => {
  beforeAll(async () => {
    const central = await openCentral({
      database: await postgres.createDatabase('proved'),
      now: () => 0,
      proofs: KEYS,
    });
    await central.receive(lives('planted', 60).map(journalPiece));
    await central.drain();
    expect(await findings(central, 0, DEFAULT_CONFIGURATION)).toEqual([]);
    await central.close();
  });

  const one = (condition: string) => `ctid = (select ctid from proof where ${condition} limit 1)`;
  test.each([
    [
      'a forgery is called valid',
      `update proof set verdict = 'valid' where ${one("verdict = 'invalid'")}`,
      /^proof \d/,
    ],
    ['a row is taken away', `delete from proof where ${one("verdict = 'valid'")}`, /^proof \d/],
    ['a counter is moved', `update proof set counter = counter + 1 where ${one("verdict = 'valid'")}`, /^proof \d/],
    [
      'a doubt is settled',
      `update proof set settled = true where ${one("verdict = 'none' and not settled")}`,
      /^proof \d/,
    ],
    ['a lie is hidden', `update proof set contradicted = false where ${one('contradicted')}`, /^proof \d/],
    ['a clone is hidden', 'delete from proof_repeated', /^alert proof-repeated$/],
    [
      'a hidden commit is hidden',
      'update proof_shift set least = greatest where least < greatest',
      /^alert proof-counter$/,
    ],
    [
      'a row is invented',
      `insert into proof select terminal, 999, (select min(medium_id) from proof), verdict, counter, medium_serial, reader,
         false, false, false from proof where verdict = 'valid' limit 1`,
      /^proof \d+-999$/,
    ],
    [
      'a row is put on a medium that nobody named',
      `update proof set medium_id = 999999 where ${one("verdict = 'valid'")}`,
      /^proof \d/,
    ],
  ])('%s', async (_, sql, subject) => {
    const database = await postgres.createDatabase(undefined, 'proved');
    const edited = await sqlIn(
      database,
      `with edited as (${sql} returning 1) select count(*)::int as rows from edited`,
    );
    expect(edited).not.toEqual([{ rows: 0 }]);
    const central = await openCentral({ database, now: () => 0, proofs: KEYS });
    const found = await findings(central, 0, DEFAULT_CONFIGURATION);
    expect(found.map((each) => each.subject)).toContainEqual(expect.stringMatching(subject));
    await central.rebuild();
    expect(await findings(central, 0, DEFAULT_CONFIGURATION)).toEqual([]);
    await central.close();
  });
});
