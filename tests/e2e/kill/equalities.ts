/** What must hold when all is over, however often who was killed. */
import { canonicalReport } from '@retap/testkit';
import { expect } from 'vitest';
import { parseReport } from '../report.ts';
import { ask, retap, until } from '../retap.ts';
import type { LivedCity } from './city.ts';
import type { Serving } from './serving.ts';
import type { Uploads } from './uploads.ts';

/** All is delivered; once all of it is reconciled: nothing is lost, nothing applied twice. Ends the centres. */
export async function expectWhole(
  database: string,
  city: LivedCity,
  uploads: Uploads,
  centres: readonly Serving[],
): Promise<void> {
  await expectEachBatchOnce(uploads, centres[0]!);
  for (const centre of centres) expect(await centre.stop()).toBe(0);
  await expectState(database, city);
}

/** Receipts count the batches without a hole, and a repeat of each gets the one that was promised. */
async function expectEachBatchOnce(uploads: Uploads, centre: Serving): Promise<void> {
  const url = await centre.url;
  const receipts = [...uploads.acknowledged.values()].map(({ receipt }) => receipt);
  expect(receipts.sort((a, b) => a - b)).toEqual(receipts.map((_, index) => index + 1));
  expect(await uploads.repeatedOtherwise()).toEqual([]);
  const totals = await until(
    () => ask(`${url}/totals`),
    ({ waiting }) => waiting === 0,
  );
  expect(totals).toMatchObject({ batches: receipts.length, quarantined: 0 });
}

/** The report equals the specification's over all that was acknowledged, and the truth; `retap check` agrees. */
export async function expectState(database: string, { truth, expected }: LivedCity): Promise<void> {
  const at = ['--database', database, '--as-of', String(truth.asOf)];
  const { status, stdout, stderr } = await retap(['reconcile', ...at, '--format', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = canonicalReport(parseReport(stdout));
  expect(report).toEqual({ ...expected, rejected: [] });
  expectTruth(report as unknown as typeof expected, truth);
  const checked = await retap(['check', ...at]);
  expect({ status: checked.status, stderr: checked.stderr }, checked.stdout).toEqual({ status: 0, stderr: '' });
}

function expectTruth({ accounts, transactions }: LivedCity['expected'], truth: LivedCity['truth']): void {
  const committed = new Map(truth.tornTaps.map((tap) => [`${tap.terminal}-${tap.serial}`, tap.committed]));
  const inDoubt = new Set<string>();
  let resolved = 0;
  for (const { terminal, serial, medium, status } of transactions) {
    const truly = committed.get(`${terminal}-${serial}`);
    if (status === 'unverified') inDoubt.add(medium);
    else if (truly !== undefined) {
      expect([terminal, serial, status === 'successful']).toEqual([terminal, serial, truly]);
      resolved += 1;
    }
  }
  expect(resolved).toBeGreaterThan(20);
  expect(accounts.map(({ medium }) => medium)).toEqual(Object.keys(truth.media).sort());
  // In doubt is only a medium that nobody has read since its last tap tore.
  expect(inDoubt.size).toBeLessThan(accounts.length / 4);
  for (const { medium, balance, lastTime, lastTerminal, products, synchronization } of accounts) {
    if (inDoubt.has(medium)) continue;
    const { mediumSerial: _, ...held } = truth.media[medium]!;
    expect({ medium, balance, lastTime, lastTerminal, products }).toEqual({ medium, ...held });
    expect(synchronization).toEqual([]);
  }
}
