import type { JournalRecord } from '@retap/model';
import { type Random, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../src/database/database.ts';
import { migrate } from '../src/database/schema.ts';
import { extendedRuns, isInRun } from '../src/receive/journal-runs.ts';
import { SqlRecordStore } from '../src/receive/sql-store.ts';

const TERMINALS = [1, 2, 2 ** 31 - 1];
const SERIAL_MAX = 60;

let postgres: TestPostgres;
let database: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase(await postgres.createDatabase());
  await migrate(database);
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

/** The naive set: terminal → serial → time. */
type Times = Map<number, Map<number, number>>;

function timesOf(times: Times, terminal: number): Map<number, number> {
  const found = times.get(terminal) ?? new Map<number, number>();
  times.set(terminal, found);
  return found;
}

function drawn(random: Random, top: number): Times {
  const batch: Times = new Map();
  for (const terminal of TERMINALS.filter(() => random.chance(0.7))) {
    const from = random.between(1, top);
    for (let serial = from; serial <= Math.min(top, from + random.int(9)); serial += 1) {
      if (random.chance(0.8)) timesOf(batch, terminal).set(serial, random.int(40));
    }
  }
  return batch;
}

const arrival = (terminal: number, serial: number, time: number) => ({
  receipt: 1,
  position: 1,
  record: { terminal, serial, time, medium: 'M', type: 'open', status: 'successful' } as JournalRecord,
});

/** Serials as maximal runs, and every serial whose time is not greater than its predecessor's, if that is there. */
function naive(times: Times) {
  const runs: object[] = [];
  const disordered: object[] = [];
  for (const [terminal, ofTerminal] of [...times].sort(([a], [b]) => a - b)) {
    for (const [serial, time] of [...ofTerminal].sort(([a], [b]) => a - b)) {
      const before = ofTerminal.get(serial - 1);
      if (before !== undefined && time <= before) disordered.push({ terminal, serial });
      if (before !== undefined) continue;
      let last = serial;
      while (ofTerminal.has(last + 1)) last += 1;
      runs.push({ terminal, first: serial, last, firstTime: time, lastTime: ofTerminal.get(last) });
    }
  }
  return { runs, disordered };
}

describe('serials as runs', () => {
  test.each([1, 2, 3, 4])('equal a set of serials, whatever the order of arrival, draw %i', async (seed) => {
    await database.script('truncate journal_run, time_disorder');
    const random = randomOf(`runs ${seed}`);
    const all: Times = new Map();
    for (let step = 0; step < 40; step += 1) {
      const batch = drawn(random, SERIAL_MAX);
      await database.transaction(async (sql) => {
        const store = new SqlRecordStore(sql, new Map());
        const found = await store.runs(batch);
        const fresh = [];
        for (const [terminal, ofTerminal] of batch) {
          for (const [serial, time] of ofTerminal) {
            expect(isInRun(found, terminal, serial)).toBe(timesOf(all, terminal).has(serial));
            if (!isInRun(found, terminal, serial)) fresh.push(arrival(terminal, serial, time));
          }
        }
        await store.writeRuns(extendedRuns(found, random.shuffle(fresh)));
        for (const { record } of fresh) timesOf(all, record.terminal).set(record.serial, record.time);
      });
      const runs = await database.rows(
        `select terminal, first_serial as "first", last_serial as "last", first_time as "firstTime", last_time as "lastTime"
         from journal_run order by 1, 2`,
      );
      const disordered = await database.rows('select terminal, serial from time_disorder order by 1, 2');
      expect({ runs, disordered }).toEqual(naive(all));
    }
  });

  test('go to the last serial there is', async () => {
    await database.script('truncate journal_run, time_disorder');
    const last = 2 ** 31 - 1;
    await database.transaction(async (sql) => {
      const store = new SqlRecordStore(sql, new Map());
      const found = await store.runs(new Map([[1, new Map([[last, 0]])]]));
      await store.writeRuns(extendedRuns(found, [arrival(1, last, 5)]));
    });
    const store = new SqlRecordStore(database, new Map());
    const found = await store.runs(new Map([[1, new Map([[last - 1, 0]])]]));
    expect(isInRun(found, 1, last)).toBe(true);
    expect(isInRun(found, 1, last - 1)).toBe(false);
    await store.writeRuns(extendedRuns(found, [arrival(1, last - 1, 4)]));
    expect(await database.rows('select first_serial, last_serial from journal_run')).toEqual([
      { first_serial: last - 1, last_serial: last },
    ]);
  });
});
