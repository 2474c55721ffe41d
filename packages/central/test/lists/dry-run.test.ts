import { amountOf, type JournalRecord } from '@retap/model';
import { encodeBatch, type Tariff } from '@retap/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/schema.ts';
import { type Central, type DryRunRule, openCentral } from '../../src/index.ts';
import { denyJudge, limitsJudge, type PastTap, tariffJudge } from '../../src/lists/dry-run-judges.ts';
import { rangesSince } from '../../src/lists/dry-run-ranges.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** 10 November 2026, 00:00 UTC. */
const START = Date.UTC(2026, 10, 10);

const tap = (more: Partial<PastTap>): PastTap => ({
  ...{ terminal: 17, serial: 1, mediumId: 1, time: START, type: 'debit', amount: -130, balance: 870, code: null },
  ...{ ordered: false, ...more },
});

test('what is refused counts for no day, and another day or terminal begins anew', () => {
  const judge = limitsJudge({ dayAmountMax: 300 });
  const reasons = [
    tap({}),
    tap({ amount: -200 }), // 330: refused
    tap({ amount: -170 }), // 300
    tap({ amount: -1, mediumId: 2 }),
    tap({ amount: -1 }), // 301: refused
    tap({ amount: -300, time: START + DAY }),
    tap({ amount: -300, time: START + DAY, terminal: 18 }),
  ].map((each) => judge.judge(each));
  expect(reasons.map((found) => (found === null ? null : (found as { reason: string }).reason))).toEqual([
    ...[null, 'day-limit', null, null, 'day-limit', null, null],
  ]);
});

test('an ordered action is held by the balance alone, a refill by no number of taps', () => {
  const judge = limitsJudge({ dayTapsMax: 1, tapAmountMax: 100, maximumBalance: 500 });
  expect(judge.judge(tap({ ordered: true, type: 'refill', amount: 400, balance: 500 }))).toBeNull();
  expect(judge.judge(tap({ ordered: true, type: 'refill', amount: 400, balance: 501 }))).toMatchObject({
    reason: 'balance-limit',
  });
  expect(judge.judge(tap({ type: 'refill', amount: 100, balance: 500 }))).toBeNull();
  expect(judge.judge(tap({ amount: -100 }))).toBeNull();
  expect(judge.judge(tap({ amount: -100 }))).toMatchObject({ reason: 'day-limit', amount: 100 });
});

test('every tap of a denied medium would have been refused', () => {
  expect(denyJudge().judge(tap({ amount: -5 }))).toMatchObject({ reason: 'medium-denied', amount: 5 });
});

const NAME = { sl: 'x', en: 'x' };
const tariff = (fares: Record<string, number>, products: Record<string, number> = {}): Tariff => ({
  ...{ validFrom: 0, currency: 'EUR', parts: [] },
  fares: Object.entries(fares).map(([code, amount]) => ({ code, name: NAME, amount: amountOf(amount) })),
  products: Object.entries(products).map(([code, price]) => ({ code, name: NAME, price: amountOf(price) })),
});

test('a fare is known by what it cost then; where two would part, nobody can say', () => {
  const now = [tariff({ ride: 130, child: 65, dog: 65, ferry: 500 }, { month: 3_000 })];
  const judge = tariffJudge(now, [tariff({ ride: 1 }), tariff({ ride: 150, child: 60, dog: 65 }, { month: 2_900 })]);
  expect(judge.judge(tap({}))).toMatchObject({ reason: 'dearer', amount: 20 });
  expect(judge.judge(tap({ amount: -65 }))).toBe('unknown');
  expect(judge.judge(tap({ amount: -7 }))).toBe('unknown');
  expect(judge.judge(tap({ amount: -500 }))).toMatchObject({ reason: 'not-sold', amount: -500 });
  const bought = { type: 'purchase', amount: -3_000, code: 'month' } as const;
  expect(judge.judge(tap(bought))).toMatchObject({ reason: 'cheaper', amount: -100 });
  expect(judge.judge(tap({ ...bought, amount: -2_900 }))).toBeNull();
  expect(judge.judge(tap({ ...bought, code: 'week' }))).toMatchObject({ reason: 'not-sold' });
  for (const type of ['refill', 'validation'] as const) expect(judge.judge(tap({ type }))).toBeNull();
});

const now = START + 3 * DAY;
let central: Central;
beforeAll(async () => {
  central = await openCentral({ database: null, now: () => now });
  await central.site.set(
    { timeZone: 'Europe/Ljubljana', dayStart: '04:00', currency: { code: 'EUR', digits: 2 } },
    { who: '@ana', why: 'test' },
  );
  // Terminal 17: a debit each six hours, the later ones received first.
  const records = Array.from({ length: 8 }, (_, index) => debit(17, index + 1, START + index * 6 * HOUR, 900));
  for (const some of [records.slice(4), records.slice(0, 4)]) await receive(17, some);
  await receive(18, [
    debit(18, 1, START + 2 * DAY, 40, 'M2'),
    debit(18, 2, START + 2 * DAY + 1, 30, 'M2', 'unsuccessful'),
  ]);
  await central.drain();
});
afterAll(() => central.close());

function debit(
  terminal: number,
  serial: number,
  time: number,
  balance: number,
  medium = 'M1',
  status: 'successful' | 'unsuccessful' = 'successful',
): JournalRecord {
  return {
    ...{ terminal, serial, medium, time, type: 'debit', amount: amountOf(-10), balance: amountOf(balance), status },
    ...{ lastTime: time - 1, lastTerminal: terminal, mediumSerial: serial },
  } as unknown as JournalRecord;
}

async function receive(terminal: number, records: readonly JournalRecord[]): Promise<void> {
  const [from, to] = [records[0]?.serial ?? 0, records.at(-1)?.serial ?? 0];
  await central.receive([{ form: 'batch', body: encodeBatch({ terminal, from, to, records }) }]);
}

const tried = (rule: DryRunRule, days = 7, recordsMax = 1_000) => central.lists.dryRun({ rule, days, recordsMax });

test('limits are judged in the order of taps, summed by business day, terminal and reason', async () => {
  const found = await tried({ limits: { dayTapsMax: 2, minimumBalance: 40 } });
  expect(found).toMatchObject({
    ...{ examined: 10, isWhole: true, taps: 9, unknown: 0 },
    // Of four taps a day, by UTC, the last two; by the business day of the site 13:00 and 19:00 are of the same day.
    affected: { count: 4, amount: 40 },
    reasons: { 'day-limit': { count: 4, amount: 40 } },
    days: [
      { day: '2026-11-10', count: 2, amount: 20 },
      { day: '2026-11-11', count: 2, amount: 20 },
    ],
    terminals: [{ terminal: 17, count: 4, amount: 40 }],
  });
  expect(found?.samples.map(({ serial, medium }) => [serial, medium])).toEqual([
    ...[
      [8, 'M1'],
      [7, 'M1'],
      [4, 'M1'],
      [3, 'M1'],
    ],
  ]);
});

test('of denied media only theirs, of the days asked for only those', async () => {
  expect(await tried({ deny: ['M2', 'M9'] })).toMatchObject({ taps: 1, affected: { count: 1, amount: 10 } });
  expect(await tried({ deny: ['M1'] }, 2)).toMatchObject({ taps: 4, affected: { count: 4 } });
});

test('no more is examined than was said, and that it is not all of it too', async () => {
  const found = await tried({ deny: ['M1', 'M2'] }, 7, 6);
  expect(found).toMatchObject({ examined: 6, isWhole: false, taps: 5 });
});

test('one at a time', async () => {
  const both = await Promise.all([tried({ deny: ['M1'] }), tried({ deny: ['M1'] })]);
  expect(both.map((found) => found === null)).toEqual([false, true]);
  expect(await tried({ deny: ['M1'] })).not.toBeNull();
});

test('batches are read newest first, up to the last one that may hold such a tap', async () => {
  const database = await openDatabase(null);
  try {
    await migrate(database);
    await database.rows(
      `insert into batch select n, n::bigint * 3600000, 'batch', decode(lpad(to_hex(n), 64, '0'), 'hex'), 2000, ''
       from generate_series(1, 6000) n`,
    );
    const { ranges, isWhole, examinedFrom } = await rangesSince(database, 5_998 * HOUR, 500_000);
    // One hour more than asked for would be too early, ten minutes are not.
    expect({ ranges, isWhole, examinedFrom }).toEqual({
      ranges: [
        { first: 5_998, last: 5_998, records: 2_000 },
        { first: 5_999, last: 6_000, records: 4_000 },
      ],
      isWhole: true,
      examinedFrom: 5_998 * HOUR,
    });
    expect(await rangesSince(database, 0, 20_000)).toMatchObject({ isWhole: false, examinedFrom: 5_991 * HOUR });
    expect((await rangesSince(database, 0, 2_000 * 6_000)).ranges[0]).toMatchObject({ first: 1 });
  } finally {
    await database.close();
  }
});
