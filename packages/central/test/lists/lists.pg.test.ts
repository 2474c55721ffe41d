/** Lists on PostgreSQL: two centres that publish at once, differences as they are kept, and a fleet's status in one question. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { amountOf } from '@retap/model';
import { applyDelta, openDelta, openList } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { sqlIn } from '../database.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const PUBLICATION = { sign: (bytes: Uint8Array) => sign(null, bytes, privateKey), validMs: 7 * 86_400_000 };
const REASON = { who: 'ana', why: 'stolen' };
const START = 1_780_000_000_000;
const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest());

let postgres: TestPostgres;
let database: string;
let central: Central;
let other: Central;
let now = START;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => now });
  other = await openCentral({ database, now: () => now });
});
afterAll(async () => {
  await central?.close();
  await other?.close();
  await postgres?.stop();
});

test('two centres that publish at once make one version, with its difference from the one before', async () => {
  for (let number = 10; number < 70; number += 1) await central.lists.deny(`M${number}`, REASON);
  const first = await central.lists.publish('deny', PUBLICATION);
  await central.lists.deny('N1', REASON);
  const both = await Promise.all([central, other].map((each) => each.lists.publish('deny', PUBLICATION)));
  expect(both.map((each) => each?.list.version)).toEqual([2, 2]);
  expect(both.filter((each) => each?.isNew)).toHaveLength(1);
  const found = await other.lists.delta('deny', 1);
  const made = applyDelta(openList(first!.list.document).list, openDelta(found!.document).delta, sha256);
  expect(made).toEqual(both[0]?.list.document);
});

test('a difference to a version that a centre without differences has outdated is not given out', async () => {
  const [{ document } = { document: null }] = await sqlIn<{ document: Buffer }>(
    database,
    "select document from list_version where kind = 'deny' and version = 2",
  );
  await sqlIn(database, "insert into list_version values ('deny', 3, $1, $1, $2)", [now, document]);
  expect(await central.lists.delta('deny', 1)).toBeNull();
});

test('1,600 terminals, a few of them behind, are told apart in one question', async () => {
  await sqlIn(
    database,
    `insert into list_held select t, k, case when k = 'deny' and t % 400 = 0 then 1 when k = 'deny' then 3 else 0 end, $1, $1
     from generate_series(1, 1600) t, unnest(enum_range(null::list_kind)) k`,
    [START + 5],
  );
  now += 60_000;
  const { newest, terminals } = await central.lists.status();
  expect([newest.deny?.version, terminals.length]).toEqual([3, 1600]);
  const behind = terminals.filter((each) => Object.keys(each.behind).length > 0);
  expect(behind.map(({ terminal }) => terminal)).toEqual([400, 800, 1200, 1600]);
  expect(behind[0]).toMatchObject({ at: START + 5, behind: { deny: { versions: 2, since: START } } });
  expect(await central.lists.heardAt()).toBe(START + 5);
});

test('what no terminal could hold is refused where it is ordered or denied, and the list is published all the same', async () => {
  const full = await postgres.createDatabase();
  const crowded = await openCentral({ database: full, now: () => now });
  try {
    await sqlIn(
      full,
      `insert into ordered_action select 'M' || n, 1,
         json_build_object('medium', 'M' || n, 'serial', 1, 'kind', 'refund', 'amount', 130)::text
       from generate_series(100001, 152426) n`,
    );
    const refund = (medium: string) => crowded.lists.order({ medium, kind: 'refund', amount: amountOf(130) }, REASON);
    expect(await refund('N1')).toMatchObject({ serial: 1 });
    expect(await refund('N2')).toEqual({ refusal: 'list-full' });
    expect(await crowded.lists.publish('actions', PUBLICATION)).toMatchObject({ isNew: true });
    await sqlIn(full, "insert into denied_medium select 'M' || n from generate_series(100001, 199999) n");
    expect(await crowded.lists.deny('N1', REASON)).toBe('added');
    expect(await crowded.lists.deny('N2', REASON)).toEqual({ refusal: 'list-full' });
    expect(await crowded.lists.deny('N1', REASON)).toEqual({ refusal: 'denied-already' });
    expect((await crowded.lists.working()).deny).toHaveLength(100_000);
  } finally {
    await crowded.close();
  }
});
