import { history, randomOf, startPostgres, stretched, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { expectOracle, feed, reportOf } from './incremental.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const HISTORIES = 150;
const seeds = Number(process.env.RETAP_SEEDS ?? 4);

describe('on PostgreSQL, incremental equals the specification', () => {
  test.each(Array.from({ length: seeds }, (_, i) => i + 1))('adversarial histories, seed %i', async (seed) => {
    const random = randomOf(`pg ${seed}`);
    const drawn = random.int(12);
    // Of even seeds each time is in a period of its own.
    const factor = seed % 2 === 0 ? 2 ** 29 : 1;
    const histories = Array.from({ length: HISTORIES }, (_, i) =>
      stretched(history(`${seed} ${i}`, { mode: 'adversarial', clockTolerance: drawn }), factor),
    );
    const clockTolerance = drawn * factor;
    const central = await openCentral({ database: await postgres.createDatabase(), clockTolerance, now: () => 0 });
    const asOf = Math.max(...histories.map((h) => h.asOf));
    const received = await feed(central, histories, random, async () => {
      if (random.chance(0.7)) await central.drain();
    });
    await central.drain();
    const report = await reportOf(central, { asOf, configuration: { ...histories[0]!.configuration, clockTolerance } });
    expectOracle(report, received, histories, asOf);
    expect(report.alerts.length).toBeGreaterThan(0);
    await central.close();
  });
});
