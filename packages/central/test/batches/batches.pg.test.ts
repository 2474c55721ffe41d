import type { JournalRecord } from '@retap/model';
import { encodeBatch } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { told } from '../../../model/test/told.ts';
import { type Central, openCentral } from '../../src/index.ts';
import { sqlIn } from '../database.ts';

let postgres: TestPostgres;
let database: string;
let central: Central;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => 5 });
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

const records = told(['100: T1 opens A with 9', '200: T1 opens B with 9', '300: T1 opens C with 9']);
const bytes = (text: string) => new TextEncoder().encode(text);

test('batches are listed the newest first, and shown with what of them was left out', async () => {
  const [first, second, third] = records as [JournalRecord, JournalRecord, JournalRecord];
  await central.receive([
    { form: 'batch', body: encodeBatch({ terminal: 1, from: 1, to: 2, records: [first, second] }) },
  ]);
  const spoiled = { ...third, balance: 'much' };
  const body = bytes(JSON.stringify({ terminal: 1, from: 2, to: 3, records: [{ ...second, time: 250 }, spoiled] }));
  await central.receive([{ form: 'batch', body }]);
  await central.receive([{ form: 'journal', body: bytes(`nonsense\n${JSON.stringify(third)}\n`) }]);

  const all = await central.batches.batches({ limit: 10 });
  expect(all.map(({ receipt, terminal, accepted, quarantined }) => [receipt, terminal, accepted, quarantined])).toEqual(
    [
      [3, null, 1, 1],
      [2, null, 1, 1],
      [1, 1, 2, 0],
    ],
  );
  expect((await central.batches.batches({ limit: 1, before: 3 })).map(({ receipt }) => receipt)).toEqual([2]);
  const spoiledOnes = async (query: object) =>
    (await central.batches.batches({ isQuarantined: true, limit: 10, ...query })).map(({ receipt }) => receipt);
  expect(await spoiledOnes({})).toEqual([3, 2]);
  expect(await spoiledOnes({ limit: 1 })).toEqual([3]);
  expect(await spoiledOnes({ before: 3 })).toEqual([2]);
  expect(await spoiledOnes({ before: 2 })).toEqual([]);

  const detail = await central.batches.batch(2);
  expect(detail).toMatchObject({
    ...{ receipt: 2, receivedAt: 5, form: 'batch', receivedSize: body.length, standing: 0, first: null, last: null },
    conflicts: [{ terminal: 1, serial: 2, position: 1 }],
    left: [{ position: 2, raw: { of: 'entry' } }],
  });
  expect(detail?.digest).toMatch(/^[0-9A-F]{64}$/);
  expect(JSON.parse(Buffer.from(detail?.left[0]?.raw?.hex ?? '', 'hex').toString())).toEqual(spoiled);
  const piece = await central.batches.batch(3);
  expect(piece).toMatchObject({ standing: 1, first: { terminal: 1, serial: 3 }, last: { terminal: 1, serial: 3 } });
  expect(Buffer.from(piece?.left[0]?.raw?.hex ?? '', 'hex').toString()).toBe('nonsense');
  expect(await central.batches.batch(4)).toBeNull();
});

test('reading a batch again says what this version makes of what was left out, and changes nothing', async () => {
  const again = await central.batches.read(3);
  const [left] = (await central.batches.batch(3))?.left ?? [];
  expect(again).toEqual({
    ...{ outcome: 'read', accepted: 1 },
    records: [{ position: 1, reason: left?.reason, now: left?.reason, record: null, stands: false }],
  });
  // As if an earlier version had not understood what this one reads.
  await sqlIn(database, `insert into quarantine values (1, 2, 'not understood then')`);
  await sqlIn(database, `delete from record where serial = 2`);
  const before = await sqlIn(database, 'select * from record order by serial');
  expect(await central.batches.read(1)).toEqual({
    ...{ outcome: 'read', accepted: 2 },
    records: [
      { position: 2, reason: 'not understood then', now: null, record: { terminal: 1, serial: 2 }, stands: false },
    ],
  });
  expect(await sqlIn(database, 'select * from record order by serial')).toEqual(before);
  await central.rebuild();
  expect(await central.batches.read(1)).toMatchObject({ records: [{ position: 2, now: null, stands: true }] });
  expect(await central.batches.read(9)).toBeNull();
});
