/** A process of the version before goes on beside one that knows `period` and `exceptional`: what it reconciled is found too. */
import { history, randomOf, startPostgres, stretched, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { expectOracle, feed, reportOf } from './incremental.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const FACTOR = 2 ** 29;
const TOLERANCE = 4;

/** The tables as such a process leaves them: it decides the same, keeps neither index, and counts no rounds. */
const AS_LEFT = `update partition set indexed = 0, rounds = 0; truncate exceptional, exceptional_until, period;
  update account set last_straight = -1`;

test('the state is the specification’s, whoever reconciled what', async () => {
  const random = randomOf('older process');
  const histories = Array.from({ length: 80 }, (_, i) =>
    stretched(history(`older ${i}`, { mode: 'adversarial', clockTolerance: TOLERANCE }), FACTOR),
  );
  const database = await postgres.createDatabase();
  const clockTolerance = TOLERANCE * FACTOR;
  const central = await openCentral({ database, clockTolerance, now: () => 0 });
  let times = 0;
  const received = await feed(central, histories, random, async () => {
    await central.drain();
    if (!random.chance(0.5)) return;
    await sqlIn(database, AS_LEFT);
    times += 1;
  });
  await central.drain();
  const asOf = Math.max(...histories.map((h) => h.asOf));
  const report = await reportOf(central, { asOf, configuration: { ...histories[0]!.configuration, clockTolerance } });
  expectOracle(report, received, histories, asOf);
  expect(times).toBeGreaterThan(2);
  await central.close();
});
