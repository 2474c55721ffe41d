import { history, oracle, randomOf, startPostgres } from '@retap/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { emptyTemplate } from './database.ts';
import { journalPiece, reportOf } from './incremental.ts';

const { records, configuration, asOf } = history('lost', { mode: 'adversarial', clockTolerance: 5 });
const UNREACHABLE = { name: 'CentralError', code: 'database-unreachable' };

test('a PostgreSQL that dies in the middle is called unreachable, whatever the centre was about; then it goes on', async () => {
  const postgres = await startPostgres();
  try {
    const database = await postgres.createDatabase('lost', await emptyTemplate(postgres));
    const central = await openCentral({ database, clockTolerance: 5, now: () => 0 });
    const random = randomOf('lost');
    for (let death = 0; death < 4; death += 1) {
      // Some die waiting for an answer, others would only find out by writing.
      if (death % 2 === 0) await holdProgress(database);
      const pending = Array.from({ length: 6 }, (_, i) =>
        central.receive([journalPiece(random.shuffle(records).slice(i))]),
      );
      const settled = Promise.allSettled([...pending, central.drain(), reportOf(central, { asOf, configuration })]);
      await postgres.kill9();
      const results = [...(await settled), ...(await Promise.allSettled([central.reconcile(), central.totals(0)]))];
      const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(faults.length).toBeGreaterThan(1);
      for (const fault of faults) expect(fault).toMatchObject(UNREACHABLE);
      await postgres.restart();
    }
    await central.receive([journalPiece(records)]);
    await central.drain();
    expect(await reportOf(central, { asOf, configuration })).toEqual(oracle(records, { asOf, ...configuration }));
    await central.close();
  } finally {
    await postgres.stop();
  }
});

/** Until the server dies, nothing can be received. */
async function holdProgress(database: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => {});
  await client.connect();
  await client.query('begin; select from progress for update');
}
