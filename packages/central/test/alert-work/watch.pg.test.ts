import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCentral } from '../../src/index.ts';
import { CONTRACT_TOLERANCE, expectMany, watchHistories } from './watch-contract.ts';
import { dueAt, expectCases, receiveTold, watchAll } from './watching.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe('on PostgreSQL, with several watchers at once, the open cases are the alerts that stand', () => {
  test.each([
    ['adversarial', 40],
    ['realistic', 20],
  ] as const)('%s histories', async (mode, count) => {
    const database = await postgres.createDatabase();
    const open = () => openCentral({ database, clockTolerance: CONTRACT_TOLERANCE, now: () => 0 });
    expectMany(await watchHistories(`pg ${mode}`, count, mode, open, 3));
  });
});

test('two watchers raise each alert once, and tell of it once', async () => {
  const database = await postgres.createDatabase();
  const centres = await Promise.all([1, 2].map(() => openCentral({ database, now: () => 0 })));
  const [central, other] = centres as [(typeof centres)[0], (typeof centres)[0]];
  await watchAll(central, 0);
  // Forty media, each of which lacks a transaction.
  const lines = Array.from({ length: 40 }, (_, n) => [
    `${n * 100}: T1 opens M${n} with 100`,
    `${n * 100 + 20}: T3 debits 10, of M${n}, from terminal 2 at ${n * 100 + 10}`,
  ]);
  await receiveTold(central, lines.flat());
  await Promise.all([watchAll(central, dueAt(5_000)), watchAll(other, dueAt(5_000))]);
  expect(await expectCases(central, dueAt(5_000))).toBeGreaterThanOrEqual(40);
  await Promise.all([central.events.place(), other.events.place()]);
  while ((await central.events.place()) > 0);
  const raised = await other.events.after(0, { types: ['alert.raised'], limit: 1_000 });
  expect(new Set(raised.map(({ data }) => data.case)).size).toBe(raised.length);
  expect(raised.length).toBe((await central.alertWork.cases({ limit: 1_000 })).length);
  await Promise.all(centres.map((each) => each.close()));
});

test('of many times in the future that come due at once each medium is looked at once', async () => {
  const database = await postgres.createDatabase();
  const central = await openCentral({ database, now: () => 0 });
  await watchAll(central, 0);
  const soon = dueAt(10_000_000);
  await receiveTold(
    central,
    Array.from({ length: 1_200 }, (_, n) => `${soon + n}: T1 opens M${n} with 0`),
  );
  await watchAll(central, 0);
  let subjects = 0;
  for (
    let seen = await central.alertWork.watch(soon + 1_200);
    seen;
    seen = await central.alertWork.watch(soon + 1_200)
  ) {
    subjects += seen.subjects;
  }
  expect(subjects).toBe(1_200);
  await central.close();
});
