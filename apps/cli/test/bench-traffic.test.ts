import { openMemoryCentral } from '@retap/central/memory';
import { DEFAULT_CONFIGURATION } from '@retap/model';
import { expect, test } from 'vitest';
import { Traffic } from '../src/bench/traffic.ts';
import { workloadOf } from '../src/bench/workload.ts';

const OPTIONS = { seed: 'test', records: 3_000, exceptional: 0.3 };

test('traffic is what it says: the serials of each terminal without holes, and the share that is exceptional', () => {
  const traffic = new Traffic({ ...OPTIONS, records: 20_000, run: 100 });
  const records = [...traffic.uploads()].flat();
  expect(records).toHaveLength(20_000);
  const last = new Map<number, number>();
  for (const { terminal, serial } of records) {
    expect(serial).toBe((last.get(terminal) ?? 0) + 1);
    last.set(terminal, serial);
  }
  const { late, torn, forked } = traffic.counts;
  expect(torn).toBe(
    records.filter((record) => record.type !== 'open' && 'status' in record && record.status === 'unverified').length,
  );
  // None in the last tenth of so few, and none of a medium of which one is under way.
  expect((late + torn + forked) / 20_000).toBeGreaterThan(0.22);
  expect((late + torn + forked) / 20_000).toBeLessThan(0.3);
  expect(late).toBeGreaterThan(torn);
  expect(forked).toBeGreaterThan(0);
});

test('every late record is received after the next of its medium', () => {
  const records = [...new Traffic({ ...OPTIONS, run: 20 }).uploads()].flat();
  const received = new Map(records.map((record, place) => [record, place]));
  const late = records.filter(({ terminal }) => terminal > 1_600);
  expect(late.length).toBeGreaterThan(100);
  for (const record of late) {
    const next = records.find(
      (other) => other.type !== 'open' && other.medium === record.medium && other.lastTime === record.time,
    );
    expect(received.get(next as typeof record)).toBeLessThan(received.get(record) as number);
  }
});

/** What a medium and its copy, each of which goes its own way, make of one account. */
const OF_COPIES = new Set([
  'cloned-medium',
  'stale-medium',
  'duplicate-product',
  'invalid-validation',
  'invalid-amount',
]);

test('a centre takes it whole, and finds in it what was put in and nothing else', async () => {
  const central = await openMemoryCentral();
  const { batches, counts } = workloadOf({ ...OPTIONS, batch: 20 });
  for (const batch of batches) {
    await central.receive([batch]);
    while ((await central.reconcile()) > 0);
  }
  const asOf = Date.UTC(2027, 0, 1);
  const totals = await central.totals(asOf);
  expect(totals).toMatchObject({ records: 3_000, waiting: 0, quarantined: 0, inDoubt: 0 });
  expect(Object.keys(totals.alerts).filter((kind) => !OF_COPIES.has(kind))).toEqual([]);
  expect(totals.alerts['cloned-medium']).toBeLessThanOrEqual(counts.forked);
  const differences = [];
  for await (const difference of central.check(asOf, DEFAULT_CONFIGURATION)) differences.push(difference);
  expect(differences).toEqual([]);
});
