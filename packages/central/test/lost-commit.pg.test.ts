/** A round whose commit does not come about decides nothing, in the database and in what the process remembers. */
import { amountOf, DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../src/database/database.ts';
import { openCentral } from '../src/index.ts';
import { reconcileRound } from '../src/reconcile/round.ts';
import { Remembered } from '../src/remembered.ts';
import { findings, journalPiece } from './incremental.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const OPEN: JournalRecord = {
  ...{ terminal: 1, serial: 1, type: 'open', medium: 'M', time: 100, status: 'successful' },
  ...{ amount: amountOf(50), balance: amountOf(50) },
};
const DEBIT: JournalRecord = {
  ...{ terminal: 1, serial: 2, type: 'debit', medium: 'M', time: 200, lastTime: 100, lastTerminal: 1 },
  ...{ amount: amountOf(-5), balance: amountOf(45), status: 'successful' },
};

/** All is done and then taken back, as where the database does not answer to a commit. */
function withoutCommit(database: Database): Database {
  return {
    ...database,
    transaction: (work, statementMs) =>
      database.transaction(async (sql) => {
        await work(sql);
        throw new Error('the commit did not come about');
      }, statementMs),
  };
}

test('the next round decides as if it had never been', async () => {
  const url = await postgres.createDatabase();
  const central = await openCentral({ database: url, now: () => 0 });
  const database = await openDatabase(url);
  const remembered = new Remembered();
  const options = { clockTolerance: central.clockTolerance, processors: 1 };
  await central.receive([journalPiece([OPEN])]);
  expect(await reconcileRound(database, options, remembered)).toEqual({ records: 1, careful: 0 });
  await central.receive([journalPiece([DEBIT])]);
  await expect(reconcileRound(withoutCommit(database), options, remembered)).rejects.toThrow('did not come about');
  expect(await reconcileRound(database, options, remembered)).toEqual({ records: 1, careful: 0 });
  expect(await findings(central, 1_000, DEFAULT_CONFIGURATION)).toEqual([]);
  await database.close();
  await central.close();
});
