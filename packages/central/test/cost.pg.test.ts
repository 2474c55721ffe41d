import type { JournalRecord } from '@retap/model';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told } from '../../model/test/told.ts';
import { openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { journalPiece } from './incremental.ts';
import { costOf } from './rows-read.ts';

const SMALL = 100;
const LARGE = 20_000;
/** Of the large medium's to the small one's; and what may come on top where the small one's is next to nothing. */
const FACTOR = 3;
const SPARE_ROWS = 30;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres({ settings: { autovacuum: 'off' } }); // it would read tables while we count
});
afterAll(() => postgres.stop());

/**
 * A medium with a history: opened, a product bought, then taps of 1 every 100 ms by terminals in turn. Every fifth uses
 * the product, every seventh is torn and goes on, every eleventh is followed by an observation, every thirteenth carries a
 * log. The tap in the middle is left out.
 */
function life(taps: number, medium: string, firstTerminal: number) {
  const lines = [`0: T1 opens ${medium} with ${taps}`, `50: T2 buys p for 0, of ${medium}`];
  const serials = [0, 0, 0, 0];
  const records = told(lines).map((record) => ({ ...record, terminal: record.terminal + firstTerminal }));
  let last = records.at(-1) as JournalRecord;
  let held: JournalRecord | undefined;
  for (let n = 1; n <= taps; n += 1) {
    const terminal = n % serials.length;
    const isUse = n % 5 === 0;
    const amount = isUse ? 0 : -1;
    serials[terminal] = (serials[terminal] ?? 0) + 1;
    const read = { lastTime: last.time, lastTerminal: last.terminal, medium, mediumSerial: n + 1 };
    const identity = { terminal: firstTerminal + 10 + terminal, serial: serials[terminal], time: 100 * n };
    const log = [{ time: last.time, terminal: last.terminal, amount: 0, balance: last.balance }];
    const record = {
      ...identity,
      ...read,
      ...(n % 13 === 0 && { log }),
      ...(isUse ? { type: 'validation', productId: 'p' } : { type: 'debit' }),
      amount,
      balance: last.balance + amount,
      status: n % 7 === 0 ? 'unverified' : 'successful',
    } as unknown as JournalRecord;
    if (n === taps / 2) held = record;
    else records.push(record);
    if (n % 11 === 0) {
      records.push({
        type: 'observation',
        terminal: firstTerminal + 20,
        serial: n / 11,
        medium,
        time: 100 * n + 50,
        lastTime: record.time,
        lastTerminal: record.terminal,
        balance: record.balance,
      });
    }
    last = record;
  }
  return { records, held: held as JournalRecord, last, firstTerminal };
}

type Life = ReturnType<typeof life>;
const next = ({ last }: Life, change: object): JournalRecord =>
  ({
    terminal: last.terminal - (last.terminal % 100) + 30,
    serial: 1,
    type: 'debit',
    medium: last.medium,
    time: last.time + 100,
    lastTime: last.time,
    lastTerminal: last.terminal,
    amount: -1,
    balance: last.balance - 1,
    status: 'successful',
    ...change,
  }) as JournalRecord;
const without = (record: JournalRecord, ...keys: string[]): JournalRecord =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key))) as unknown as JournalRecord;

/** A few taps more, after which the life ends. */
function tailOf(lived: Life): JournalRecord[] {
  return [1, 2, 3].map((serial) => {
    lived.last = next(lived, { terminal: lived.firstTerminal + 50, serial });
    return lived.last;
  });
}

const ARRIVALS: readonly (readonly [what: string, records: (life: Life) => readonly JournalRecord[]])[] = [
  ['the plain next record', (life) => [next(life, {})]],
  [
    'an observation',
    (life) => [without(next(life, { type: 'observation', balance: life.last.balance }), 'amount', 'status')],
  ],
  ['an unverified tap', (life) => [next(life, { status: 'unverified' })]],
  [
    'a tap with a log',
    (life) => [next(life, { log: [{ time: life.last.time, terminal: life.last.terminal, amount: 0, balance: 0 }] })],
  ],
  [
    'a validation of an unlimited product',
    (life) => [next(life, { type: 'validation', productId: 'p', amount: 0, balance: life.last.balance })],
  ],
  [
    'a tap after one that has not arrived',
    (life) => [next(life, { time: life.last.time + 300, lastTime: life.last.time + 200 })],
  ],
  ['a late record into the middle', (life) => [life.held]],
  [
    'a record like one in the middle: a clone',
    (life) => [
      {
        ...life.held,
        terminal: life.held.terminal - (life.held.terminal % 100) + 40,
        serial: 1,
        time: life.held.time + 10,
      },
    ],
  ],
  [
    'an observation of a state long gone',
    (life) => [without(next(life, { type: 'observation', lastTime: 100, lastTerminal: 0 }), 'amount', 'status')],
  ],
  [
    'a late validation of an unlimited product in the middle',
    (life) => [
      { ...without(life.held, 'mediumSerial'), type: 'validation', productId: 'p', amount: 0 } as JournalRecord,
    ],
  ],
];

describe('what a record costs does not grow with the history of its medium', () => {
  let base: { database: string; lives: readonly [small: Life, large: Life] };
  beforeAll(async () => {
    const lives = [life(SMALL, 'small', 100), life(LARGE, 'large', 200)] as const;
    const tails = lives.map(tailOf);
    const database = await postgres.createDatabase('lives');
    const central = await openCentral({ database, now: () => 0 });
    await central.receive(lives.map(({ records }) => journalPiece(records)));
    await central.drain();
    // Each by itself, so that they go straight: whoever looks for a straight one must not pass all that did not.
    for (const record of tails.flat()) {
      await central.receive([journalPiece([record])]);
      await central.drain();
    }
    await central.close();
    await sqlIn(database, 'analyze');
    base = { database, lives };
  }, 120_000);

  test.each(ARRIVALS)('%s', { timeout: 60_000 }, async (_, arrives) => {
    const costs = [];
    for (const one of base.lives) {
      const database = await postgres.createDatabase(undefined, 'lives');
      const central = await openCentral({ database, now: () => 0 });
      await central.receive([journalPiece(arrives(one))]);
      await central.close();
      costs.push(await costOf(database, (centre) => centre.reconcile()));
    }
    const [small, large] = costs;
    expect(large?.total, JSON.stringify({ small, large })).toBeLessThanOrEqual(
      FACTOR * (small?.total ?? 0) + SPARE_ROWS,
    );
    expect(small?.total).toBeGreaterThan(0);
  });
});
