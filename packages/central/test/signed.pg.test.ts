/** What stays of signed batches: they are kept whole, and verified again years later; the history cannot be rewritten. */
import { deflateRawSync } from 'node:zlib';
import { amountOf } from '@retap/model';
import { encodeHeldLists } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, type Discrepancy, openCentral } from '../src/index.ts';
import { inTransaction, sqlIn } from './database.ts';
import { Device, ENROLLED, newCode, REASON, verifySignature } from './device.ts';

const CONFIGURATION = { maxDelay: 1_000_000, clockTolerance: 120_000, minimumBalance: amountOf(0) };

let postgres: TestPostgres;
let database: string;
let central: Central;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => 1_000, verifySignature });
  await central.registry.settle(ENROLLED);
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

const checked = async (): Promise<Discrepancy[]> => {
  const found: Discrepancy[] = [];
  for await (const each of central.check(0, CONFIGURATION)) found.push(each);
  return found;
};

test('batches are stored as they were signed, and verified again by the key of their time', async () => {
  const device = await new Device(21).work(6).join(central);
  const batch = await device.batch(1, 3);
  await central.receive([batch]);
  const { codeDigest } = newCode();
  await central.registry.invite({ terminal: 21, codeDigest, validMs: 1_000, as: null }, REASON);
  const fresh = Object.assign(new Device(21), { journal: device.journal });
  await fresh.enrol(central, codeDigest);
  await central.receive([await fresh.batch(4, 6)]);
  await central.registry.revoke(21, REASON);
  expect(await checked()).toEqual([]);
  await central.rebuild();
  expect(await checked()).toEqual([]);
  expect(await central.integrityAlerts({ limit: 9 })).toEqual([]);
});

test('a batch that an intruder put in the place of another is found', async () => {
  const device = await new Device(22).work(3).join(central);
  const [acknowledgement] = await central.receive([await device.batch(1, 3)]);
  const { receipt } = acknowledgement as { receipt: number };
  const intruder = Object.assign(new Device(22), { journal: device.journal });
  const { body } = await intruder.batch(1, 3);
  const [{ body: original }] = (await sqlIn<{ body: Buffer }>(database, 'select body from batch where receipt = $1', [
    receipt,
  ])) as [{ body: Buffer }];
  await sqlIn(database, 'update batch set body = $2 where receipt = $1', [receipt, deflateRawSync(body)]);
  expect(await checked()).toEqual([
    { subject: `batch ${receipt}`, stored: 'signed by terminal 22', derived: 'signature-invalid' },
  ]);
  await sqlIn(database, 'update batch set body = $2 where receipt = $1', [receipt, original]);
  expect(await checked()).toEqual([]);
});

test('breaks of a chain that were made up, or taken away, are found', async () => {
  await sqlIn(database, 'insert into chain_break values (22, 2)');
  const alert = { kind: 'journal-chain-broken', terminal: 22, serial: 2 };
  expect(await checked()).toEqual([{ subject: 'alert journal-chain-broken', stored: alert, derived: null }]);
  await sqlIn(database, 'delete from chain_break');
});

test.each(["update terminal_change set who = 'nobody'", 'delete from terminal_change', 'truncate terminal_change'])(
  'the history stands: %s',
  async (statement) => {
    await expect(sqlIn(database, statement)).rejects.toThrow('never changed');
    expect((await central.registry.terminal(22))?.history).toHaveLength(2);
  },
);

test('who is not the terminal waits for none of its locks, and makes it wait for none', async () => {
  await new Device(26).join(central);
  const stranger = new Device(26);
  const end = await inTransaction(database, 'select from terminal where terminal = 26 for update');
  try {
    expect(await stranger.renew(central, 1)).toEqual({ refusal: 'signature-invalid' });
    const versions = { deny: 0, actions: 0, limits: 0, tariff: 0 };
    const statement = await encodeHeldLists({ terminal: 26, saidAt: 1_000, versions }, stranger.sign);
    await expect(central.lists.acknowledge(statement)).rejects.toMatchObject({ code: 'signature-invalid' });
  } finally {
    await end();
  }
});
