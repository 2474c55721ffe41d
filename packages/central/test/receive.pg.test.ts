import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll } from 'vitest';
import { openCentral } from '../src/index.ts';
import { describeReceiving } from './receive-contract.ts';

let postgres: TestPostgres | undefined;
afterAll(() => postgres?.stop());

describeReceiving('PostgreSQL', async () => {
  postgres = await startPostgres();
  // Four processors: a round takes a quarter of the media, wherever the records are.
  return openCentral({
    database: await postgres.createDatabase(),
    clockTolerance: 20,
    processors: 4,
    now: () => 0,
  });
});
