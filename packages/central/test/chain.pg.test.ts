import { type Configuration, identityOf, type JournalRecord, mediumState, resolve } from '@retap/model';
import { arrivals, history, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told } from '../../model/test/told.ts';
import { type Central, type ChainLink, openCentral } from '../src/index.ts';
import { journalPiece } from './incremental.ts';

const CLOCK_TOLERANCE = 5;
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const open = async () =>
  openCentral({ database: await postgres.createDatabase(), clockTolerance: CLOCK_TOLERANCE, now: () => 0 });

async function pages(central: Central, medium: string, limit: number): Promise<ChainLink[]> {
  const links: ChainLink[] = [];
  for (let before: string | null = null; ; ) {
    const page = await central.chain(medium, { limit, ...(before !== null && { before }) });
    expect(page.links.length).toBeLessThanOrEqual(limit);
    links.push(...page.links);
    if (page.next === null) return links;
    before = page.next;
  }
}

function firstOf(records: readonly JournalRecord[]): JournalRecord[] {
  const first = new Map<string, JournalRecord>();
  for (const record of records) if (!first.has(identityOf(record))) first.set(identityOf(record), record);
  return [...first.values()];
}

describe("a medium's records", () => {
  test('come once each, newest first, whatever the page, with what the model concludes about each', async () => {
    const random = randomOf('chain');
    for (let seed = 0; seed < 6; seed += 1) {
      const { records, configuration } = history(`chain ${seed}`, {
        mode: 'adversarial',
        size: 40,
        clockTolerance: CLOCK_TOLERANCE,
      });
      const central = await open();
      const batches = arrivals(records, random);
      await central.receive(batches.map(journalPiece));
      await central.drain();
      const received = firstOf(batches.flat());
      for (const medium of new Set(received.map((record) => record.medium))) {
        const own = received.filter((record) => record.medium === medium);
        expectLinks(await pages(central, medium, random.between(1, 7)), own, configuration);
        expect(await pages(central, medium, 1_000)).toEqual(await pages(central, medium, own.length));
      }
      await central.close();
    }
  });

  function expectLinks(links: readonly ChainLink[], own: readonly JournalRecord[], configuration: Configuration) {
    const medium = own[0]?.medium ?? '';
    const { nodes, predecessors, root } = resolve(own, CLOCK_TOLERANCE);
    const { transactions, account } = mediumState(medium, own, 0, configuration);
    const statuses = new Map(transactions.map((one) => [identityOf(one), one.status]));
    const newestFirst = [...own].sort((a, b) => b.time - a.time || b.terminal - a.terminal || b.serial - a.serial);
    expect(links.map((link) => link.record)).toEqual(newestFirst);
    for (const { record, status, node, predecessor } of links) {
      const [given] = own.filter((one) => identityOf(one) === identityOf(record));
      const before = given && given.type !== 'open' ? predecessors.get(given) : undefined;
      const expected = record.type === 'open' ? (given === root ? 'successful' : 'unsuccessful') : null;
      expect({ status, node, predecessor }, JSON.stringify(record)).toEqual({
        status: statuses.get(identityOf(record)) ?? expected,
        node: nodes.includes(given as never),
        predecessor: before ? { terminal: before.terminal, serial: before.serial } : null,
      });
    }
    const rows = links.flatMap(({ synchronization }) => synchronization ?? []);
    const amounts = account.synchronization.map(({ amount, kind }) => JSON.stringify({ amount, kind }));
    expect(rows.map((row) => JSON.stringify(row)).sort()).toEqual(amounts.sort());
  }

  test('name no predecessor that is not reconciled yet', async () => {
    const central = await open();
    const [root, first, second] = told(['100: T1 opens M with 9', '200: T2 debits 1', '300: T3 debits 1']);
    await central.receive([journalPiece([root as JournalRecord, second as JournalRecord])]);
    await central.drain();
    await central.receive([journalPiece([first as JournalRecord])]);
    const [newest] = (await central.chain('M', { limit: 1 })).links;
    expect(newest).toMatchObject({ predecessor: null, synchronization: { kind: 'gap' } });
    await central.drain();
    const [now] = (await central.chain('M', { limit: 1 })).links;
    expect(now).toMatchObject({ predecessor: { terminal: 2, serial: 1 }, synchronization: null });
    await central.close();
  });

  test('of a medium nobody named are none', async () => {
    const central = await open();
    expect(await central.chain('M', { limit: 5 })).toEqual({ links: [], next: null });
    expect(await central.account('M')).toBeNull();
    expect(await central.media({ prefix: '', limit: 5 })).toEqual([]);
    await central.receive([
      journalPiece(told(['1: T1 opens A with 0', '2: T1 opens a with 0', '3: T1 opens Ab with 0'])),
    ]);
    expect(await central.media({ prefix: '', limit: 5 })).toEqual(['A', 'Ab', 'a']);
    expect(await central.media({ prefix: 'A', limit: 5 })).toEqual(['A', 'Ab']);
    expect(await central.media({ prefix: '', limit: 1 })).toEqual(['A']);
    await central.close();
  });
});
