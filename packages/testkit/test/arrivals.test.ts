import { expect, test } from 'vitest';
import { arrivals, history, oracle, randomOf } from '../src/index.ts';

const texts = (records: readonly object[]): string[] => records.map((record) => JSON.stringify(record)).sort();

test('every record arrives, some twice, in batches that are not empty', () => {
  const { records } = history(1, { mode: 'realistic', size: 60 });
  let twice = 0;
  const orders = new Set<string>();
  for (let seed = 0; seed < 50; seed++) {
    const batches = arrivals(records, randomOf(seed));
    for (const batch of batches) expect(batch.length).toBeGreaterThan(0);
    expect([...new Set(texts(batches.flat()))]).toEqual([...new Set(texts(records))]);
    twice += batches.flat().length - records.length;
    orders.add(JSON.stringify(batches));
  }
  expect(twice).toBeGreaterThan(100);
  expect(orders.size).toBe(50);
});

test('a batch holds no more than the most allowed, and duplicates can be turned off', () => {
  const { records } = history(2, { mode: 'realistic', size: 60 });
  const batches = arrivals(records, randomOf(1), { batchSizeMax: 4, duplicates: 0 });
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(4);
  expect(texts(batches.flat())).toEqual(texts(records));
});

test('without conflicting records, the order of arrival changes nothing', () => {
  for (let seed = 0; seed < 60; seed++) {
    const { records, asOf, configuration } = history(seed);
    const identities = records.map(({ terminal, serial }) => `${terminal}-${serial}`);
    const distinct = records.filter((_, position) => identities.indexOf(identities[position] ?? '') === position);
    const expected = oracle(distinct, { asOf, ...configuration });
    expect(oracle(arrivals(distinct, randomOf(seed)).flat(), { asOf, ...configuration })).toEqual(expected);
  }
});
