import { expect, test } from 'vitest';
import type { Faults } from '../src/index.ts';
import { livedWithCentre } from './kept-centre.ts';
import { HOUR, reportOf } from './lived.ts';

const small = { seed: 'taps', days: 5, media: 30, terminals: 12 } as const;

test.each<[keyof Faults, number, Partial<Faults>]>([
  ['tornShare', 0.2, {}],
  ['tornCommittedShare', 1, { tornShare: 0.2 }],
  ['declinedShare', 0.1, {}],
  ['powerCutShare', 0.1, {}],
  ['tornAuthenticateShare', 0.2, {}],
  ['tornReadShare', 0.2, {}],
  ['collisionShare', 0.2, {}],
  ['otherCardShare', 0.2, { tornShare: 0.1 }],
  ['journalCutShare', 0.1, {}],
  ['tornSectorShare', 1, { journalCutShare: 0.1 }],
  ['retapSameShare', 1, { tornShare: 0.2, retapSiblingShare: 0 }],
  ['retapSiblingShare', 1, { tornShare: 0.2, retapSameShare: 0 }],
])('%s: nobody pays twice or not at all, no money is lost, no alert', async (fault, share, others) => {
  const { city, received, unkept } = await livedWithCentre({ ...small, faults: { ...others, [fault]: share } });
  expect(city.counts[fault as keyof typeof city.counts]).toBeGreaterThan(10);
  expect(city.violations()).toEqual([]);
  expect(unkept).toEqual([]);
  const { asOf, media, grants } = city.truth();
  expect(grants).toEqual([]);
  const report = reportOf(received, asOf + 1000 * HOUR);
  expect([...reportOf(received, asOf).alerts, ...report.alerts]).toEqual([]);
  expect(report.accounts.map(({ medium }) => medium)).toEqual(Object.keys(media).sort());
});

test('who never taps again walks away', async () => {
  const faults = { tornShare: 0.3, retapSameShare: 0, retapSiblingShare: 0 };
  const { city } = await livedWithCentre({ ...small, faults });
  expect(city.counts.torn).toBeGreaterThan(20);
  expect(city.counts.completed + city.counts.retapSameShare + city.counts.retapSiblingShare).toBe(0);
});

test('a second card is an account of its own, and is known to the truth', async () => {
  const { city } = await livedWithCentre({ ...small, faults: { otherCardShare: 0.3 } });
  const seconds = Object.keys(city.truth().media).filter((name) => name.startsWith('05'));
  expect(seconds.length).toBeGreaterThan(3);
});

test('all of them at once, 40 seeds', async () => {
  const faults = {
    tornShare: 0.1,
    declinedShare: 0.03,
    powerCutShare: 0.03,
    tornAuthenticateShare: 0.05,
    tornReadShare: 0.05,
    collisionShare: 0.05,
    otherCardShare: 0.05,
    journalCutShare: 0.05,
    tornSectorShare: 0.7,
    uploadPowerCutShare: 0.05,
    offlineShare: 0.2,
  };
  for (let seed = 1; seed <= 40; seed += 1) {
    const { city, received } = await livedWithCentre({ seed, days: 4, media: 8, terminals: 6, faults });
    const { asOf } = city.truth();
    const alerts = [...reportOf(received, asOf).alerts, ...reportOf(received, asOf + 1000 * HOUR).alerts];
    expect([seed, alerts, city.violations()]).toEqual([seed, [], []]);
  }
});
