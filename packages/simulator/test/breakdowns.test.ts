import { describe, expect, test } from 'vitest';
import type { Faults } from '../src/index.ts';
import { alertsOf, falseAlarmsOf, livedWithCentre } from './kept-centre.ts';

const small = { seed: 'breakdowns', days: 8, media: 30, terminals: 12 } as const;
const OTHERS = { tornShare: 0.05, offlineShare: 0.2 } as const;

describe.each<[keyof Faults, boolean]>([
  ['bitRotShare', true],
  ['diskFullShare', false],
  ['clockJumpShare', true],
  ['clockRollbackShare', true],
  ['clockStoppedShare', true],
  ['batteryEmptyShare', true],
  ['terminalReplacedShare', false],
])('%s', (fault, isTold) => {
  test('happens, everything drains, and only what is granted alarms', async () => {
    const lived = await livedWithCentre({ ...small, faults: { ...OTHERS, [fault]: 0.2 } });
    const { city, unkept } = lived;
    expect(city.counts[fault as keyof typeof city.counts]).toBeGreaterThan(5);
    expect(city.violations()).toEqual([]);
    expect(unkept).toEqual([]);
    expect(city.queues.unsent.filter(({ count }) => count > 0)).toEqual([]);
    expect(city.truth().grants.length > 0).toBe(isTold);
    expect(falseAlarmsOf(lived)).toEqual([]);
  });

  test('causes no false alarm at any moment, 15 seeds', async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const options = { seed, days: 4, media: 8, terminals: 5, faults: { ...OTHERS, [fault]: 0.3 } };
      const lived = await livedWithCentre(options);
      expect([seed, falseAlarmsOf(lived), lived.city.violations()]).toEqual([seed, [], []]);
    }
  });
});

test('a bit that rotted is found, and another terminal goes on under a new number', async () => {
  const { city, received } = await livedWithCentre({ ...small, faults: { bitRotShare: 0.3 } });
  const successors = new Set(received.map(({ terminal }) => terminal).filter((terminal) => terminal > small.terminals));
  expect(successors.size).toBeGreaterThan(3);
  expect(city.truth().grants.some(({ terminals }) => terminals.size > 1)).toBe(true);
});

test('a full disk refuses, and refuses before the medium is written', async () => {
  const faults = { diskFullShare: 0.5, diskFullHoursMax: 12 };
  const { city } = await livedWithCentre({ ...small, faults });
  expect(city.counts.refused).toBeGreaterThan(3);
  expect(city.violations()).toEqual([]);
});

test('a clock that is far ahead is an alert of the future, while it is', async () => {
  const faults = { clockJumpShare: 0.4, clockJumpHoursMax: 12, clockWrongHoursMax: 12 };
  const lived = await livedWithCentre({ ...small, seed: 'ahead', faults });
  expect(alertsOf(lived).map(({ kind }) => kind)).toContain('future-time');
  expect(falseAlarmsOf(lived)).toEqual([]);
});
