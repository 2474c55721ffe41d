import { DEFAULT_CONFIGURATION } from '@retap/model';
import { history, NO_FAULTS, randomOf } from '@retap/testkit';
import { expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { embeddedDirectory } from './embedded-directory.ts';
import { feed, findings, reportOf } from './incremental.ts';

const SEEDS = 200;
const { maxDelay } = DEFAULT_CONFIGURATION;

test('an honest city never causes an alert, whatever tears, fails, comes late or comes twice', {
  timeout: 90_000,
}, async () => {
  const histories = Array.from({ length: SEEDS }, (_, i) =>
    history(`honest ${i}`, { mode: 'realistic', faults: NO_FAULTS }),
  );
  const central = await openCentral({ database: embeddedDirectory(), now: () => 0 });
  const times = histories.flatMap(({ records }) => records.map((record) => record.time));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const alertsAt = async (asOf: number, maxDelay = DEFAULT_CONFIGURATION.maxDelay) =>
    (await reportOf(central, { asOf, configuration: { ...DEFAULT_CONFIGURATION, maxDelay } })).alerts;
  let outOfSync = 0;
  await feed(central, histories, randomOf('honest'), async (step) => {
    if (step % 5 !== 0) return;
    await central.drain();
    expect(await alertsAt(last, last - first), `after batch ${step}`).toEqual([]); // nothing under way is late yet
    outOfSync += (await central.totals(last)).outOfSync;
  });
  await central.drain();
  expect(outOfSync).toBeGreaterThan(100); // there were gaps, and they closed
  for (const asOf of [last, last + maxDelay / 2, last + maxDelay, last + maxDelay + 1, last + 100 * maxDelay]) {
    expect(await alertsAt(asOf), `at ${asOf}`).toEqual([]);
  }
  expect(await central.totals(last)).toMatchObject({ outOfSync: 0, waiting: 0, alerts: {} });
  expect(await findings(central, last, DEFAULT_CONFIGURATION)).toEqual([]);
  await central.close();
});
