import { type Central, openCentral } from '@retap/central';
import { formatRecord } from '@retap/protocol';
import { canonicalReport, type ExhaustiveCase, oracle, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrivedBy, asOf, CASES, casesInGroups, configuration, TAPS } from './scope.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  // Nothing here is about a power cut, and n = 4 commits often.
  postgres = await startPostgres({ settings: { fsync: 'off', synchronous_commit: 'off' } });
});
afterAll(() => postgres?.stop());

test(`the centre equals the specification after each arrival, in all ${CASES} histories of one medium with ${TAPS} taps`, {
  timeout: 3_600_000,
}, async () => {
  let tried = 0;
  for (const group of casesInGroups(6_144)) {
    const { clockTolerance } = configuration;
    const central = await openCentral({ database: await postgres.createDatabase(), clockTolerance, now: () => asOf });
    // One record of every medium, reconciled, then the next: no medium ever gets two at once, which would be easier.
    for (let step = 0; step <= TAPS; step += 1) {
      await receive(central, group, step);
      await central.drain();
      await expectSpecification(central, group, step);
    }
    await central.close();
    tried += group.length;
  }
  expect(tried).toBe(CASES);
});

async function receive(central: Central, group: readonly ExhaustiveCase[], step: number): Promise<void> {
  const lines = group.map(({ records }) => `${formatRecord(records[step]!)}\n`);
  await central.receive([{ form: 'journal', body: new TextEncoder().encode(lines.join('')) }]);
}

/** Media of two cases share nothing, so that each is held against the specification alone. */
async function expectSpecification(central: Central, group: readonly ExhaustiveCase[], step: number): Promise<void> {
  const report = central.report(asOf, configuration);
  const accounts = await byMedium(report.accounts());
  const transactions = await byMedium(report.transactions());
  const alerts = await byMedium(report.alerts());
  const ofNoMedium = alerts.get('') ?? [];
  for (const drawn of group) {
    const expected = oracle(arrivedBy(step, drawn), { asOf, ...configuration });
    const stored = canonicalReport({
      asOf,
      accounts: accounts.get(drawn.medium) ?? [],
      transactions: transactions.get(drawn.medium) ?? [],
      alerts: alerts.get(drawn.medium) ?? [],
    });
    const ofMedium = expected.alerts.filter((alert) => 'medium' in alert);
    expect(stored, `${drawn.name}, after ${step + 1}`).toEqual({ ...expected, alerts: ofMedium });
  }
  expect(ofNoMedium).toEqual([]);
}

async function byMedium<Part extends object>(parts: AsyncIterable<Part>): Promise<Map<string, Part[]>> {
  const all = new Map<string, Part[]>();
  for await (const part of parts) {
    const medium = 'medium' in part ? String(part.medium) : '';
    const own = all.get(medium);
    if (own) own.push(part);
    else all.set(medium, [part]);
  }
  return all;
}
