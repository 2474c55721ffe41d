import type { JournalRecord } from '@retap/model';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchOf, debit, open } from '../../../../apps/central/test/records.ts';
import { openDatabase } from '../../src/database/database.ts';
import { type Central, openCentral } from '../../src/index.ts';
import { Minutes } from '../../src/today/minutes.ts';
import { sqlIn } from '../database.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** A Monday, at midnight. */
const MONDAY = 1_448_841_600_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function centreAt(now: () => number): Promise<Central & { readonly url: string }> {
  const url = await postgres.createDatabase();
  return { ...(await openCentral({ database: url, now })), url };
}

async function receive(central: Central, records: readonly JournalRecord[]): Promise<void> {
  await central.receive([{ form: 'batch', body: batchOf(records) }]);
}

/** Opened long before, debited at a minute. */
function tapsAt(terminal: number, times: readonly number[]) {
  const medium = `M${terminal}`;
  const opened = MONDAY - 30 * DAY;
  const records: JournalRecord[] = [{ ...open(terminal, 1, medium, 0, 10_000), time: opened }];
  times.forEach((time, i) => {
    const made = { terminal, serial: i + 2, medium, hours: 0, last: [0, terminal], amount: -100 } as const;
    const record = debit({ ...made, balance: 9_900 - i * 100 });
    records.push({ ...record, time, lastTime: i === 0 ? opened : (times[i - 1] as number) } as JournalRecord);
  });
  return records;
}

test('each transaction counts once, in the minute of its time, whenever it arrives', async () => {
  let now = MONDAY - DAY;
  const central = await centreAt(() => now);
  try {
    await receive(central, tapsAt(1, [MONDAY - 2 * DAY, MONDAY - DAY - 5 * MINUTE]));
    const week = [{ from: MONDAY - 3 * DAY, until: MONDAY }];
    const first = await central.today.taps(week, now);
    expect(first?.[0]?.counts).toHaveLength(3 * 1440);
    expect(first?.[0]?.counts[1440]).toBe(1);
    expect(first?.[0]?.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    now = MONDAY;
    // Received twice, and one that is late: neither the repeat nor the opening counts.
    const late = tapsAt(2, [MONDAY - 2 * DAY + 1_000, MONDAY - MINUTE]);
    await receive(central, late);
    await receive(central, late.slice(1));
    const second = await central.today.taps(week, now);
    expect(second?.[0]?.counts[1440]).toBe(2);
    expect(second?.[0]?.counts.at(-1)).toBe(1);
    expect(second?.[0]?.counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  } finally {
    await central.close();
  }
});

test('what was there before this process began is counted too, and a rebuild counts nothing twice', async () => {
  const central = await centreAt(() => MONDAY);
  try {
    await receive(central, tapsAt(1, [MONDAY - 3 * MINUTE, MONDAY - 2 * MINUTE]));
    const stretch = [{ from: MONDAY - 3 * MINUTE, until: MONDAY }];
    const other = await openCentral({ database: central.url, now: () => MONDAY });
    expect((await other.today.taps(stretch, MONDAY))?.[0]?.counts).toEqual([1, 1, 0]);
    await central.rebuild();
    expect((await other.today.taps(stretch, MONDAY))?.[0]?.counts).toEqual([1, 1, 0]);
    await other.close();
  } finally {
    await central.close();
  }
});

test('a process that has just begun reads piece by piece, and says nothing before it has read all', async () => {
  const central = await centreAt(() => MONDAY);
  const database = await openDatabase(central.url);
  try {
    for (const terminal of [1, 2, 3, 4])
      await receive(central, tapsAt(terminal, [MONDAY - 2 * MINUTE, MONDAY - MINUTE]));
    const minutes = new Minutes(2);
    const answers: boolean[] = [];
    while (!answers.at(-1)) answers.push(await minutes.readOn(database, MONDAY));
    expect(answers).toEqual([false, false, false, true]);
    expect(minutes.of({ from: MONDAY - 2 * MINUTE, until: MONDAY }).counts).toEqual([4, 4]);
    // Several at once: each record counts once.
    await receive(central, tapsAt(5, [MONDAY - MINUTE]));
    await Promise.all([minutes.readOn(database, MONDAY), minutes.readOn(database, MONDAY)]);
    expect(minutes.of({ from: MONDAY - 2 * MINUTE, until: MONDAY }).counts).toEqual([4, 5]);
  } finally {
    await database.close();
    await central.close();
  }
});

test('what is older than the days kept is not counted, and is forgotten', async () => {
  let now = MONDAY;
  const central = await centreAt(() => now);
  try {
    await receive(central, tapsAt(1, [MONDAY - 20 * DAY, MONDAY - DAY]));
    const all = () => central.today.taps([{ from: MONDAY - 21 * DAY, until: MONDAY }], now);
    const sum = (found: Awaited<ReturnType<typeof all>>) => found?.[0]?.counts.reduce((one, other) => one + other, 0);
    expect(sum(await all())).toBe(1);
    now = MONDAY + 10 * DAY;
    expect(sum(await all())).toBe(0);
  } finally {
    await central.close();
  }
});

test('money in doubt is what is in doubt, whichever way it would go', async () => {
  const central = await centreAt(() => MONDAY);
  try {
    const records = tapsAt(1, [MONDAY - 2 * DAY, MONDAY - MINUTE]);
    await receive(central, [records[0], { ...records[1], status: 'unverified' }] as typeof records);
    const other = tapsAt(2, [MONDAY - MINUTE]);
    await receive(central, [other[0], { ...other[1], status: 'unverified' }] as typeof other);
    await central.drain();
    expect(await central.today.doubt(MONDAY - DAY)).toEqual({
      all: { count: 2, amount: 200 },
      recent: { count: 1, amount: 100 },
    });
  } finally {
    await central.close();
  }
});

test('news are the events after a position, by type, of those asked for only', async () => {
  const central = await centreAt(() => MONDAY);
  try {
    expect(await central.today.news(0, ['alert.raised'])).toEqual({ last: 0, counts: {} });
    await sqlIn(
      central.url,
      `insert into event values (1, 0, 'alert.raised', '{}'), (2, 0, 'alert.raised', '{}'), (3, 0, 'person.changed', '{}');
       update event_place set last = 3`,
    );
    expect(await central.today.news(1, ['alert.raised'])).toEqual({ last: 3, counts: { 'alert.raised': 1 } });
    expect(await central.today.news(null, ['alert.raised'])).toEqual({ last: 3, counts: {} });
  } finally {
    await central.close();
  }
});
