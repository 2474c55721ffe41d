import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll } from 'vitest';
import { transfersContract } from './contract.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

transfersContract('PostgreSQL', () => postgres.createDatabase());
