/** A call has room for some hundred thousand arguments: what is spread into one must not be as many as the records of a batch. */
import { amountOf, type JournalRecord } from '@retap/model';
import { expect, test } from 'vitest';
import { extendedRuns } from '../src/receive/journal-runs.ts';
import type { FactRow } from '../src/reconcile/sql/fact-row.ts';
import { waitingRecords } from '../src/reconcile/sql/store.ts';
import { Remembered } from '../src/remembered.ts';

const MANY = 200_000;
const ZERO = amountOf(0);

test('records of one medium that wait, in a batch that another process received', async () => {
  const row = { medium_id: 64, terminal: 1, type: 'open', status: 'successful', balance: ZERO } as unknown as FactRow;
  const rows = Array.from({ length: MANY }, (_, i): FactRow => ({ ...row, serial: i + 1, time: i }));
  const sql = { rows: async <Row>() => rows as Row[], script: async () => {} };
  const partitions = [{ id: 0, reconciled: 0, rounds: 0, indexed: 0 }];
  const claim = { epoch: 1, partitions, from: 0, target: 1 };
  expect(await waitingRecords(sql, claim, new Remembered())).toHaveLength(MANY);
});

test('records of a journal whose times go backwards, received in no order', () => {
  const fresh = Array.from({ length: MANY }, (_, i) => {
    const serial = MANY - i; // from the last: each is a piece of its own
    const record: JournalRecord = {
      ...{ terminal: 1, serial, type: 'open', medium: 'M', time: MANY - serial, status: 'successful' },
      ...{ amount: ZERO, balance: ZERO },
    };
    return { receipt: 1, position: serial, record };
  });
  expect(extendedRuns(new Map(), fresh).disordered).toHaveLength(MANY - 1);
});
