import { expect, test } from 'vitest';
import type { Faults } from '../src/index.ts';
import { falseAlarmsOf, livedWithCentre } from './kept-centre.ts';

const small = { seed: 'lists', days: 6, media: 30, terminals: 10 } as const;

test.each<[keyof Faults, number]>([
  ['deniedDaily', 3],
  ['listStaleShare', 0.5],
  ['listFlippedShare', 0.5],
  ['listRolledBackShare', 0.5],
])('%s: no older and no damaged list is taken, and nobody denied is served', async (fault, value) => {
  const faults = { deniedDaily: 2, terminalReplacedShare: 0.02, powerCutShare: 0.02, [fault]: value };
  const lived = await livedWithCentre({ ...small, faults });
  expect(lived.city.counts[fault as keyof typeof lived.city.counts]).toBeGreaterThan(8);
  expect(lived.city.violations()).toEqual([]);
  expect(falseAlarmsOf(lived)).toEqual([]);
});

test('whom a list denies is refused, sooner or later everywhere', async () => {
  const { city: free } = await livedWithCentre(small);
  const { city } = await livedWithCentre({ ...small, faults: { deniedDaily: 5 } });
  expect(city.counts.refused).toBeGreaterThan(free.counts.refused + 20);
});

test('a city with lists replays to the byte', async () => {
  const faults = { deniedDaily: 2, listFlippedShare: 0.3, listRolledBackShare: 0.3 };
  const [first, second] = [await livedWithCentre({ ...small, faults }), await livedWithCentre({ ...small, faults })];
  expect(second.received).toEqual(first.received);
  expect(second.city.counts).toEqual(first.city.counts);
});
