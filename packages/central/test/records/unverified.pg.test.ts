import type { JournalRecord } from '@retap/model';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { told } from '../../../model/test/told.ts';
import { openCentral } from '../../src/index.ts';
import { journalPiece } from '../incremental.ts';

const TOLERANCE = 5;
const DAY = 86_400_000;
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const open = async () =>
  openCentral({ database: await postgres.createDatabase(), clockTolerance: TOLERANCE, now: () => 0 });

/** What would settle the only one in doubt. */
async function settling(lines: readonly string[], without: readonly number[] = []) {
  const central = await open();
  await central.receive([journalPiece(told(lines).filter((_, index) => !without.includes(index)))]);
  await central.drain();
  const { records } = await central.records.unverified({ asOf: 1_000, limit: 10 });
  const torn = await central.records.record(records[0]?.line ?? { terminal: 0, serial: 0 });
  await central.close();
  return { count: records.length, settledBy: records[0]?.settledBy, status: torn?.line.status };
}

const TORN = ['100: T1 opens M with 9', '200: T2 debits 1, unverified'];

test('what would settle it', async () => {
  const own = { by: 'own-terminal', terminal: 2, from: 2, to: null };
  expect(await settling(TORN)).toEqual({ count: 1, settledBy: [own, { by: 'next-tap' }], status: 'unverified' });
  // Its terminal went on, elsewhere.
  expect(await settling([...TORN, '210: T2 opens N with 9'])).toMatchObject({ settledBy: [{ by: 'next-tap' }] });
  // … and what follows is missing up to there.
  expect(await settling([...TORN, '210: T2#5 opens N with 9'])).toMatchObject({
    settledBy: [{ ...own, to: 4 }, { by: 'next-tap' }],
  });
  // It was seen as it was before, too soon after for clocks to tell.
  expect(await settling([...TORN, '203: T3 reads'])).toMatchObject({
    settledBy: [own, { by: 'tap-after', time: 205 }],
  });
  expect((await settling([...TORN, '205: T3 reads'])).count).toBe(0);
  // Somebody read a commit that has not arrived: it may have come after this one.
  expect(await settling([...TORN, '300: T4 reads, from terminal 7 at 250'])).toMatchObject({
    settledBy: [{ by: 'missing-record', terminal: 7, time: 250 }, own],
  });
});

test('is counted by age, and listed age by age', async () => {
  const central = await open();
  const ages = [0, 0.5, 1, 2.9, 3, 12, 30, 400];
  const asOf = 500 * DAY;
  const records = ages.flatMap((age, index) => {
    const medium = `M${index}`;
    const time = asOf - age * DAY;
    const terminal = 10 + index;
    const read = { medium, lastTime: 1, lastTerminal: 1, balance: 8 - index };
    return [
      {
        terminal: 1,
        serial: index + 1,
        type: 'open',
        medium,
        time: index + 1,
        amount: 9,
        balance: 9,
        status: 'successful',
      },
      { terminal, serial: 1, type: 'debit', time, ...read, amount: -1 - index, status: 'unverified' },
    ];
  }) as unknown as JournalRecord[];
  await central.receive([journalPiece(records)]);
  await central.drain();
  const whole = await central.records.unverified({ asOf, limit: 100 });
  expect(whole.ages).toEqual([
    { from: 0, to: 1, count: 2, amount: 3 },
    { from: 1, to: 3, count: 2, amount: 7 },
    { from: 3, to: 10, count: 1, amount: 5 },
    { from: 10, to: 30, count: 1, amount: 6 },
    { from: 30, to: null, count: 2, amount: 15 },
  ]);
  for (const { from, count } of whole.ages) {
    const page = await central.records.unverified({ asOf, age: from, limit: 100 });
    expect(page.records.length, `${from} days`).toBe(count);
  }
  const first = await central.records.unverified({ asOf, limit: 3 });
  const second = await central.records.unverified({ asOf, limit: 100, before: first.next as string });
  expect([...first.records, ...second.records]).toEqual(whole.records);
  expect(whole.records.map(({ line }) => line.terminal)).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  await central.close();
});
