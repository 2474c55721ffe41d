import { type Configuration, identityOf, type JournalRecord, mediumState, resolve } from '@retap/model';
import { arrivals, history, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told } from '../../../model/test/told.ts';
import { type Central, openCentral, type RecordLine, type RecordQuery } from '../../src/index.ts';
import { Device, ENROLLED, verifySignature } from '../device.ts';
import { journalPiece } from '../incremental.ts';

const CLOCK_TOLERANCE = 5;
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const open = async (now: () => number = () => 0): Promise<Central> =>
  openCentral({ database: await postgres.createDatabase(), clockTolerance: CLOCK_TOLERANCE, now });

async function pages(central: Central, query: Omit<RecordQuery, 'before'>): Promise<RecordLine[]> {
  const lines: RecordLine[] = [];
  for (let before: string | undefined; ; ) {
    const page = await central.records.records({ ...query, before });
    expect(page.records.length).toBeLessThanOrEqual(query.limit);
    lines.push(...page.records);
    if (page.next === null) return lines;
    expect(page.next).not.toBe(before);
    before = page.next;
  }
}

interface Expected {
  readonly record: JournalRecord;
  readonly status: string | null;
}

/** What the model says of every record, the first received of each identity. */
function expectedOf(records: readonly JournalRecord[], configuration: Configuration): Map<string, Expected> {
  const first = new Map<string, JournalRecord>();
  for (const record of records) if (!first.has(identityOf(record))) first.set(identityOf(record), record);
  const all = [...first.values()];
  const expected = new Map<string, Expected>();
  for (const medium of new Set(all.map((record) => record.medium))) {
    const own = all.filter((record) => record.medium === medium);
    const { root } = resolve(own, CLOCK_TOLERANCE);
    const state = mediumState(medium, own, 0, configuration);
    const statuses = new Map(state.transactions.map((one) => [identityOf(one), one.status as string]));
    for (const record of own) {
      const opened = record.type === 'open' ? (record === root ? 'successful' : 'unsuccessful') : null;
      expected.set(identityOf(record), { record, status: statuses.get(identityOf(record)) ?? opened });
    }
  }
  return expected;
}

describe('records of random histories', () => {
  test('are listed once each under every filter, with the status that the model gives them, and their evidence fits it', async () => {
    const random = randomOf('records');
    for (let seed = 0; seed < 4; seed += 1) {
      const { records, configuration } = history(`records ${seed}`, {
        mode: 'adversarial',
        size: 60,
        clockTolerance: CLOCK_TOLERANCE,
      });
      const central = await open();
      const batches = arrivals(records, random);
      await central.receive(batches.map(journalPiece));
      await central.drain();
      const expected = expectedOf(batches.flat(), configuration);
      const limit = random.between(1, 9);
      const all = await pages(central, { limit });
      expect(all.map(({ terminal, serial }) => `${terminal}-${serial}`).sort()).toEqual([...expected.keys()].sort());
      for (const line of all) {
        const { record, status } = expected.get(identityOf(line)) as Expected;
        const { type, medium, time, balance } = record;
        expect(line).toMatchObject({ type, medium, time, balance, status, reconciled: true });
      }
      const newestFirst = all.map(({ receipt, terminal, serial }) => [receipt, terminal, serial]);
      expect(newestFirst).toEqual([...newestFirst].sort((a, b) => b[0]! - a[0]! || b[1]! - a[1]! || b[2]! - a[2]!));
      await expectFilters(central, [...expected.values()], limit);
      await expectEvidence(central, [...expected.values()]);
      await central.close();
    }
  });

  async function expectFilters(central: Central, expected: readonly Expected[], limit: number): Promise<void> {
    const some = expected[Math.floor(expected.length / 2)] as Expected;
    const { terminal, medium, time } = some.record;
    const sized = ({ record }: Expected) => (record.type === 'observation' ? null : Math.abs(record.amount));
    const cases: [Omit<RecordQuery, 'limit'>, (each: Expected) => boolean][] = [
      [{ terminal }, ({ record }) => record.terminal === terminal],
      [{ medium }, ({ record }) => record.medium === medium],
      [{ medium, from: time }, ({ record }) => record.medium === medium && record.time >= time],
      [{ medium, until: time }, ({ record }) => record.medium === medium && record.time < time],
      [{ status: 'successful' }, ({ status }) => status === 'successful'],
      [{ status: 'unverified' }, ({ status }) => status === 'unverified'],
      [{ status: 'observation' }, ({ record }) => record.type === 'observation'],
      [{ status: 'unsuccessful' }, ({ record, status }) => record.type !== 'open' && status === 'unsuccessful'],
      [{ status: 'unverified', terminal }, (e) => e.status === 'unverified' && e.record.terminal === terminal],
      [{ status: 'unverified', medium }, (e) => e.status === 'unverified' && e.record.medium === medium],
      [{ status: 'unverified', from: time }, (e) => e.status === 'unverified' && e.record.time >= time],
      [{ type: 'debit' }, ({ record }) => record.type === 'debit'],
      [{ from: time, until: time + 50 }, ({ record }) => record.time >= time && record.time < time + 50],
      [{ until: time }, ({ record }) => record.time < time],
      [{ terminal, until: time }, ({ record }) => record.terminal === terminal && record.time < time],
      [
        { terminal, from: time, until: time + 50 },
        ({ record }) => record.terminal === terminal && record.time >= time && record.time < time + 50,
      ],
      [{ amountMin: 3 }, (each) => (sized(each) ?? -1) >= 3],
      [{ amountMin: 1, amountMax: 2 }, (each) => (sized(each) ?? -1) >= 1 && (sized(each) ?? 9) <= 2],
    ];
    for (const [query, isMeant] of cases) {
      const found = (await pages(central, { ...query, limit })).map(identityOf).sort();
      const meant = expected.filter(isMeant).map(({ record }) => identityOf(record));
      expect(found, JSON.stringify(query)).toEqual(meant.sort());
    }
  }

  async function expectEvidence(central: Central, expected: readonly Expected[]): Promise<void> {
    for (const { record, status } of expected) {
      const detail = await central.records.record(record);
      expect(detail?.record).toEqual(record);
      if (record.type === 'open' || record.type === 'observation') continue;
      const words = (detail?.evidence ?? []).map(({ word }) => word);
      const isConfirmed = words.some((word) => word === 'read-by' || word === 'named-by-log');
      const told = `${identityOf(record)} reported ${record.status}, now ${status}: ${words}`;
      if (record.status !== 'successful') expect(isConfirmed, told).toBe(status === 'successful');
      if (record.status !== 'unverified') continue;
      expect(words.some((word) => word.startsWith('refuted-')) && !isConfirmed, told).toBe(status === 'unsuccessful');
    }
  }
});

describe('a list of records', () => {
  const DAY = 86_400_000;

  test('finds a day long ago without what came since, and what arrived late as well', async () => {
    let now = 0;
    const central = await open(() => now);
    const day = (number: number, terminal: number, serial: number): JournalRecord =>
      ({
        terminal,
        serial,
        type: 'open',
        medium: `M${terminal}-${serial}`,
        time: number * DAY + 1_000,
        amount: 5,
        balance: 5,
        status: 'successful',
      }) as never;
    for (let number = 1; number <= 40; number += 1) {
      now = number * DAY + 60_000;
      await central.receive([journalPiece([day(number, 1, number)])]);
    }
    now = 41 * DAY;
    await central.receive([journalPiece([day(5, 2, 1)])]);
    await central.drain();
    const wanted = { from: 5 * DAY, until: 6 * DAY, limit: 10 };
    const page = await central.records.records(wanted);
    expect(page.records.map(identityOf)).toEqual(['1-5', '2-1']);
    expect(page.next).toBeNull();
    expect(page.order).toBe('receipt');
    const one = await central.records.records({ ...wanted, limit: 1 });
    expect(one.records.map(identityOf)).toEqual(['1-5']);
    expect(one.examined).toBeLessThan(10);
    const rest = await central.records.records({ ...wanted, limit: 1, before: one.next as string });
    expect(rest.records.map(identityOf)).toEqual(['2-1']);
    const end = await central.records.records({ ...wanted, limit: 1, before: rest.next as string });
    expect([end.records, end.next]).toEqual([[], null]);
    await central.close();
  });

  test('of a terminal finds a day without what it wrote before and after, gaps or not; all is looked at where its clock went back', async () => {
    const central = await open();
    const opened = (serial: number, time: number): JournalRecord =>
      ({
        terminal: 1,
        serial,
        type: 'open',
        medium: `M${serial}`,
        time,
        amount: 5,
        balance: 5,
        status: 'successful',
      }) as never;
    const serials = Array.from({ length: 300 }, (_, index) => index + 1).filter((serial) => serial % 7 > 1);
    await central.receive([journalPiece(serials.map((serial) => opened(serial, serial * 1_000)))]);
    const query = { terminal: 1, from: 100_000, until: 110_000, limit: 50 };
    const page = await central.records.records(query);
    expect(page.records.map(({ serial }) => serial)).toEqual([109, 108, 107, 104, 103, 102, 101, 100]);
    expect([page.examined, page.next]).toEqual([8, null]);
    for (const from of [0, 1_000, 2_500, 300_000, 301_000]) {
      const found = (await central.records.records({ terminal: 1, from, limit: 500 })).records.length;
      expect(found, `from ${from}`).toBe(serials.filter((serial) => serial * 1_000 >= from).length);
    }
    await central.receive([journalPiece([opened(400, 105_500)])]);
    const again = await central.records.records(query);
    expect(again.records.map(({ serial }) => serial)).toEqual([400, 109, 108, 107, 104, 103, 102, 101, 100]);
    await central.close();
  });

  test('stays as it is while records arrive, and refuses a cursor of another list', async () => {
    const central = await open();
    const history = told(['1: T1 opens A with 9', '2: T2 opens B with 9', '3: T3 opens C with 9']);
    await central.receive(history.slice(0, 2).map((record) => journalPiece([record])));
    const first = await central.records.records({ limit: 1 });
    await central.receive([journalPiece(history.slice(2))]);
    const second = await central.records.records({ limit: 1, before: first.next as string });
    expect([...first.records, ...second.records].map(({ medium }) => medium)).toEqual(['B', 'A']);
    // Nothing is concluded yet: not even that it counts.
    expect(first.records[0]).toMatchObject({ reconciled: false, status: null, reported: 'successful' });
    for (const before of ['x', 't-1-1-1', 'r-1', 's-3', 'r-1-1--1']) {
      await expect(central.records.records({ limit: 1, before })).rejects.toThrow(RangeError);
    }
    await central.close();
  });
});

describe('one record', () => {
  test('is shown with the bytes it came in, its batch, what refutes it and what contradicts it', async () => {
    const central = await open(() => 77);
    const [root, torn, after] = told(['100: T1 opens M with 9', '200: T2 debits 1, unverified', '300: T3 debits 2']);
    const bytes = journalPiece([root, torn] as JournalRecord[]);
    await central.receive([bytes]);
    await central.receive([journalPiece([{ ...(torn as JournalRecord), balance: 1 } as JournalRecord])]);
    await central.drain();
    const doubted = await central.records.record({ terminal: 2, serial: 1 });
    expect(doubted).toMatchObject({
      line: { status: 'unverified', reported: 'unverified', reconciled: true },
      ...{ node: false, position: 2, predecessor: { terminal: 1, serial: 1 }, evidence: [], proof: null },
      batch: { receipt: 1, receivedAt: 77, form: 'journal', size: bytes.body.length, accepted: 2, quarantined: 0 },
      raw: { of: 'entry' },
      conflicts: [{ receipt: 2, position: 1 }],
    });
    const raw = Buffer.from(doubted?.raw.hex ?? '', 'hex').toString();
    expect(JSON.parse(raw)).toMatchObject({ terminal: 2, serial: 1, status: 'unverified' });
    expect(Buffer.from(bytes.body).toString()).toContain(raw);
    await central.receive([journalPiece([after as JournalRecord])]);
    await central.drain();
    const refuted = await central.records.record({ terminal: 2, serial: 1 });
    expect(refuted?.line.status).toBe('unsuccessful');
    expect(refuted?.evidence).toEqual([
      { word: 'refuted-by-commit', terminal: 3, serial: 1, type: 'debit', time: 300 },
    ]);
    expect(await central.records.record({ terminal: 9, serial: 1 })).toBeNull();
    await central.close();
  });

  test('of a signed batch is shown with all that was signed, for it is signed as one', async () => {
    const central = await openCentral({ database: await postgres.createDatabase(), now: () => 5_000, verifySignature });
    await central.registry.settle(ENROLLED);
    const device = await new Device(7).work(3).join(central);
    const batch = await device.batch(1, 3);
    await central.receive([batch]);
    const detail = await central.records.record({ terminal: 7, serial: 2 });
    expect(detail).toMatchObject({
      ...{ line: { reconciled: false, status: null, reported: 'successful' }, position: 2, evidence: [], node: false },
      batch: { form: 'signed', accepted: 3 },
      raw: { of: 'batch', size: batch.body.length, hex: Buffer.from(batch.body).toString('hex').toUpperCase() },
      record: device.journal[1],
    });
    await central.close();
  });
});
