import { expect, test } from 'vitest';
import { falseAlarmsOf, livedWithCentre } from './kept-centre.ts';

const small = { seed: 'fares', days: 5, media: 40, terminals: 12 } as const;
const TORN = { tornShare: 0.4, retapSiblingShare: 0.45, retapSameShare: 0.5 } as const;

const amountsOf = (received: readonly object[]): Set<unknown> =>
  new Set(
    received.flatMap((record) => ('type' in record && record.type === 'debit' ? [Reflect.get(record, 'amount')] : [])),
  );

test('fareChangesDaily: the fare changes during service, and nobody who is torn across it pays twice', async () => {
  const plain = await livedWithCentre({ ...small, faults: TORN });
  const lived = await livedWithCentre({ ...small, faults: { ...TORN, fareChangesDaily: 30 } });
  expect(lived.city.counts.fareChangesDaily).toBe(150);
  expect(amountsOf(lived.received).size).toBeGreaterThan(amountsOf(plain.received).size);
  expect(lived.city.violations()).toEqual([]);
  expect(lived.city.counts.unknowinglyTwice).toBe(0);
  expect(falseAlarmsOf(lived)).toEqual([]);
});

test('fareLateShare: terminals that hear of it late raise no alert, and money is kept', async () => {
  const faults = { ...TORN, fareChangesDaily: 20, fareLateShare: 0.5, fareLateHoursMax: 4 };
  const lived = await livedWithCentre({ ...small, faults });
  expect(lived.city.counts.fareLateShare).toBeGreaterThan(100);
  expect(lived.city.violations()).toEqual([]);
  expect(falseAlarmsOf(lived)).toEqual([]);
});

test('a city whose fares change replays to the byte', async () => {
  const faults = { ...TORN, fareChangesDaily: 5, fareLateShare: 0.3 };
  const [first, second] = [await livedWithCentre({ ...small, faults }), await livedWithCentre({ ...small, faults })];
  expect(second.received).toEqual(first.received);
});
