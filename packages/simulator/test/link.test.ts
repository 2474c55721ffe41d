import { expect, test } from 'vitest';
import { City, type Faults } from '../src/index.ts';
import { livedWithCentre } from './kept-centre.ts';
import { HOUR, reportOf } from './lived.ts';

const small = { seed: 'link', days: 3, media: 20, terminals: 8 } as const;

test.each<[keyof Faults, number]>([
  ['uploadCutShare', 0.3],
  ['uploadFlippedShare', 0.3],
  ['uploadLostShare', 0.3],
  ['uploadDelayedShare', 0.3],
  ['uploadOvertakenShare', 0.4],
  ['uploadSlowShare', 0.5],
  ['uploadRepeatShare', 0.5],
  ['acknowledgementLostShare', 0.3],
  ['uploadPowerCutShare', 0.3],
  ['centreKilledShare', 0.2],
  ['databaseRestartedShare', 0.2],
])('%s of the uploads: no record is lost, none is told twice as another, no alert', async (fault, share) => {
  const { city, received, unkept } = await livedWithCentre({ ...small, faults: { [fault]: share } });
  expect(city.counts[fault as keyof typeof city.counts]).toBeGreaterThan(5);
  expect(city.violations()).toEqual([]);
  expect(unkept).toEqual([]);
  expect(city.queues.unsent.filter(({ count }) => count > 0)).toEqual([]);
  const { asOf } = city.truth();
  expect([...reportOf(received, asOf).alerts, ...reportOf(received, asOf + 1000 * HOUR).alerts]).toEqual([]);
});

test('the centre that is killed is started anew, and so is its database', async () => {
  const faults = { centreKilledShare: 0.1, databaseRestartedShare: 0.1 };
  const { city, kills, restarts } = await livedWithCentre({ ...small, faults });
  expect(kills).toBe(city.counts.centreKilledShare);
  expect(restarts).toBe(city.counts.databaseRestartedShare);
  expect(Math.min(kills, restarts)).toBeGreaterThan(3);
});

test('all mishaps of the link at once, and the city replays to the byte', async () => {
  const faults = {
    uploadCutShare: 0.1,
    uploadFlippedShare: 0.1,
    uploadLostShare: 0.1,
    uploadDelayedShare: 0.1,
    uploadOvertakenShare: 0.1,
    uploadSlowShare: 0.2,
    uploadRepeatShare: 0.1,
    acknowledgementLostShare: 0.1,
    uploadPowerCutShare: 0.1,
    centreKilledShare: 0.05,
    databaseRestartedShare: 0.05,
    offlineShare: 0.3,
  };
  const [first, second] = [await livedWithCentre({ ...small, faults }), await livedWithCentre({ ...small, faults })];
  expect(second.received).toEqual(first.received);
  expect(second.city.truth()).toEqual(first.city.truth());
  expect([first.city.violations(), first.unkept]).toEqual([[], []]);
  expect(reportOf(first.received, first.city.truth().asOf + 1000 * HOUR).alerts).toEqual([]);
});

test('a centre that refuses what is whole is a violation, and the city ends all the same', async () => {
  const receive = async (): Promise<never> => {
    throw new Error('the centre is out of order');
  };
  const city = await City.found({ ...small, days: 1, media: 3, terminals: 2 }, null, { receive });
  for await (const { kind } of city.events()) expect(['journal', 'delivery']).toContain(kind);
  const kinds = new Set(city.violations().map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['whole-batch-refused', 'never-delivered']));
});

test.each(['A', 'B', 'C'])(
  'a link over which nothing came for days delivers everything once it is mended: %s',
  async (seed) => {
    const { city } = await livedWithCentre({ ...small, seed, faults: { uploadLostShare: 1 } });
    expect(city.violations()).toEqual([]);
    expect(city.queues.unsent.filter(({ count }) => count > 0)).toEqual([]);
  },
);
