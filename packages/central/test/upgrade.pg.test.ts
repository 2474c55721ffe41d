/**
 * A database of the first version that enrolled and signed, as pg_dump wrote it (tests/fixtures/schema-0005), becomes one of
 * this version while terminals upload to it and people read it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { amountOf } from '@retap/model';
import { readBody } from '@retap/protocol';
import { type OracleRecord, oracle, startPostgres, type TestPostgres } from '@retap/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral, type ReceivedBatch } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { verifySignature } from './device.ts';
import { findings, reportOf } from './incremental.ts';

const FOLDER = new URL('../../../tests/fixtures/schema-0005/', import.meta.url);
const DUMP = readFileSync(new URL('database.sql', FOLDER), 'utf8');
/** What its terminals had not sent when it was dumped. */
const LATER: { readonly asOf: number; readonly batches: readonly string[] } = JSON.parse(
  readFileSync(new URL('later.json', FOLDER), 'utf8'),
);
const { asOf } = LATER;
const configuration = { maxDelay: 72 * 3_600_000, clockTolerance: 120_000, minimumBalance: amountOf(0) };
const batches = LATER.batches.map((hex): ReceivedBatch => ({ form: 'signed', body: Buffer.from(hex, 'hex') }));

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
  await sqlIn(await postgres.createDatabase('first'), DUMP);
});
afterAll(() => postgres?.stop());

const restored = (): Promise<string> => postgres.createDatabase(undefined, 'first');
const open = (database: string): Promise<Central> => openCentral({ database, now: () => asOf, verifySignature });

const READ = 'select count(*) from record r join batch b using (receipt) join journal_run using (terminal)';
const WRITE =
  'update journal_run set last_time = last_time where false; update batch set received_at = received_at where false';

/** Sent again until it is answered, as a terminal does. */
async function acknowledged(central: Central, batch: ReceivedBatch): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await central.receive([batch]))[0];
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(20);
    }
  }
}

/** A session that does something again and again. @returns what ends it, with the longest answer in ms */
async function asking(database: string, text: string): Promise<() => Promise<number>> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  let [over, longest] = [false, 0];
  const work = (async () => {
    for (; !over; await sleep(10)) {
      const since = performance.now();
      await client.query(text);
      longest = Math.max(longest, performance.now() - since);
    }
    await client.end();
    return longest;
  })();
  return () => {
    over = true;
    return work;
  };
}

describe('a database of the first version', () => {
  test('is migrated under uploads and readers, by two at once: nothing is lost, and the state is that of all records', async () => {
    const database = await restored();
    const stored = await sqlIn<{ form: 'signed'; body: Buffer }>(database, 'select form::text, body from batch');
    expect(stored).toHaveLength(14);
    const stopAsking = await asking(database, READ);
    const [one, other] = await Promise.all([open(database), open(database)]);
    const answers = await Promise.all(batches.map((batch, at) => acknowledged(at % 2 ? one : other, batch)));
    expect(answers.map((answer) => (answer as { receipt: number }).receipt).sort((a, b) => a - b)).toEqual(
      batches.map((_, at) => stored.length + at + 1),
    );
    expect(await stopAsking()).toBeLessThan(5_000);
    await one.drain();
    const records: OracleRecord[] = [];
    const bodies = [...stored.map(({ body }) => inflateRawSync(body)), ...batches.map(({ body }) => body)];
    for (const body of bodies) for (const { record } of readBody('signed', body).records) records.push(record);
    expect(await reportOf(one, { asOf, configuration })).toEqual(oracle(records, { asOf, ...configuration }));
    expect(await findings(one, asOf, configuration)).toEqual([]);
    expect(await one.registry.terminals()).toHaveLength(8);
    expect(await one.lists.version('deny')).toBe(1);
    await Promise.all([one.close(), other.close()]);
  });

  test('whose tables somebody is writing is migrated when they are done; nobody waits for long behind it', async () => {
    const database = await restored();
    const writer = new pg.Client({ connectionString: database });
    await writer.connect();
    await writer.query(`begin; lock table batch, record, journal_run, progress, partition, terminal, setting, list_version
      in row exclusive mode`);
    const stopAsking = await asking(database, WRITE);
    const opening = open(database);
    await sleep(7_000);
    await writer.query('commit');
    await writer.end();
    const central = await opening;
    // 2 s for the lock, and what a busy machine adds.
    expect(await stopAsking()).toBeLessThan(5_000);
    await central.close();
  });

  test('that a newer version has changed is not opened, and says by what', async () => {
    const database = await restored();
    await (await open(database)).close();
    await sqlIn(database, "insert into migration values ('9999_future.sql')");
    await expect(open(database)).rejects.toMatchObject({
      code: 'database-unusable',
      message: expect.stringContaining('made by a newer Retap (9999_future.sql); upgrade this one'),
    });
  });

  test('was made by the same files as now: one that has landed never changes', () => {
    const sql = new URL('../sql/', import.meta.url);
    const digests = Object.entries(LANDED).map(([name]) => [
      name,
      createHash('sha256')
        .update(readFileSync(new URL(name, sql)))
        .digest('hex'),
    ]);
    expect(Object.fromEntries(digests)).toEqual(LANDED);
  });
});

/** SHA-256 of the files that databases in the field were made by. */
const LANDED = {
  '0001_facts.sql': '7c44105e793768441aab94d71f89c90da00e49f2788f02ad98ed51c166ab8add',
  '0002_account.sql': 'b6134e8e74cf38bd87496ae529eb5e2c7cf6845de36cf44338f3f4c5bfb981cb',
  '0003_proof.sql': 'a16d9505b96d95d4ce22da3738053741715b83be5acdff8ba16c3051ed7f0bea',
  '0004_registry.sql': '9f1303bc658e78c9fc42b711f5d55ea6a1c0923803b16bca2ca8087af0fc7261',
  '0005_lists.sql': '99cf8d9b97e6f5de196f48ddf3a896702af05caa8715ce0c50b128b6614b30b4',
};
