import { history, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { feed, findings } from './incremental.ts';

const CLOCK_TOLERANCE = 5;
const HISTORIES = Array.from({ length: 30 }, (_, i) =>
  history(`planted ${i}`, { mode: 'adversarial', clockTolerance: CLOCK_TOLERANCE }),
);
const { configuration } = HISTORIES[0] ?? expect.fail('no history');
/** Late enough for every condition to be an alert, so that none can be taken away unseen. */
const asOf = 1_000_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
  const central = await openCentral({
    database: await postgres.createDatabase('sound'),
    clockTolerance: CLOCK_TOLERANCE,
    now: () => 0,
  });
  await feed(central, HISTORIES, randomOf('planted'), async () => {});
  await central.drain();
  expect(await findings(central, asOf, configuration)).toEqual([]);
  await central.close();
});
afterAll(() => postgres.stop());

const one = (table: string, condition: string) => `ctid = (select ctid from ${table} where ${condition} limit 1)`;

/** What is done to the database, and the subject under which check tells of it. */
const EDITS: readonly (readonly [edit: string, sql: string, subject: RegExp])[] = [
  [
    'a balance is raised',
    `update account set tip_balance = tip_balance + 1 where ${one('account', 'records > 3')}`,
    /^account h/,
  ],
  [
    'the last time of an account is moved',
    `update account set tip_time = tip_time + 1 where ${one('account', 'tip_time > 0')}`,
    /^account h/,
  ],
  ['an account is taken away', `delete from account where ${one('account', 'opens > 0')}`, /^account h/],
  [
    'a row of X′ is taken away',
    `delete from synchronization where ${one('synchronization', 'amount <> 0')}`,
    /^account h/,
  ],
  [
    'a row of X′ is made a fork',
    `update synchronization set kind = 'fork' where ${one('synchronization', "kind = 'gap'")}`,
    /^account h/,
  ],
  ['a use is forgiven', `update product set uses = uses - 1 where ${one('product', 'uses > 0')}`, /^account h/],
  [
    'a pending validation is taken away',
    `delete from pending_validation where ${one('pending_validation', 'true')}`,
    /^account h/,
  ],
  [
    'a doubt is settled',
    `update uncommitted set resolved = 'unsuccessful' where ${one('uncommitted', "resolved = 'unverified'")}`,
    /^transaction \d/,
  ],
  [
    'a commit is denied',
    `update uncommitted set effective = false where ${one('uncommitted', 'effective')}`,
    /^record \d/,
  ],
  [
    'a commit is invented',
    `update uncommitted set effective = true where ${one('uncommitted', 'not effective and status is not null')}`,
    /^record \d/,
  ],
  [
    'what the logs say of a doubt is turned',
    `update uncommitted set logged = not logged where ${one('uncommitted', 'status is not null')}`,
    /^record \d/,
  ],
  [
    'a refutation by a log is invented',
    `update uncommitted set log_refuted = true where ${one('uncommitted', 'not log_refuted and status is not null')}`,
    /^record \d/,
  ],
  [
    'a condition is invented',
    `insert into condition (terminal, serial, medium_id, kind) select terminal, serial, medium_id, 'stale-medium' from record r
     where not exists (select from condition c where c.terminal = r.terminal and c.serial = r.serial) limit 1`,
    /^alert stale-medium$/,
  ],
  [
    'a condition is taken away',
    `delete from condition where ${one('condition', "kind = 'balance-mismatch'")}`,
    /^alert balance-mismatch$/,
  ],
  [
    'a clone is no suspect any more',
    `delete from clone_member where ${one('clone_member', 'true')}`,
    /^alert cloned-medium$/,
  ],
  ['a transaction is taken away', `delete from record where ${one('record', "type = 'debit'")}`, /^transaction \d/],
  ['an opening is taken away', `delete from record where ${one('record', "type = 'open'")}`, /^record \d/],
  ['an observation is taken away', `delete from record where ${one('record', "type = 'observation'")}`, /^record \d/],
  [
    'an amount is lowered',
    `update record set amount = amount - 1 where ${one('record', "type = 'debit'")}`,
    /^record \d/,
  ],
  [
    'a record is put on another medium',
    `update record set medium_id = medium_id + 1 where ${one('record', "type = 'debit' and medium_id < 20")}`,
    /^(transaction|record) \d/,
  ],
  [
    'a record is invented',
    `insert into record select time, last_time, amount, balance, receipt, terminal, 999, medium_id, last_terminal, medium_serial,
     type, status, has_log, extras, product_id from record where type = 'refill' limit 1`,
    /^record \d+-999$/,
  ],
  [
    'a hole in the serials is closed',
    'update journal_run set first_serial = 1 where first_serial > 1 and (terminal, first_serial) in (select terminal, min(first_serial) from journal_run group by 1)',
    /^alert terminal-serial-gap$/,
  ],
  [
    'a fault of order is forgiven',
    `delete from time_disorder where ${one('time_disorder', 'true')}`,
    /^alert terminal-time-order$/,
  ],
  [
    'a conflict is forgotten',
    'delete from conflict where (terminal, serial) = (select terminal, serial from conflict limit 1)',
    /^alert conflicting-record$/,
  ],
  [
    'a product is made to last',
    `update purchase set valid_until = valid_until + 9 where ${one('purchase', 'valid_until is not null')}`,
    /^record \d/,
  ],
  [
    'an entry of a log is moved',
    `update medium_log set times[1] = times[1] + 1 where ${one('medium_log', 'true')}`,
    /^record \d/,
  ],
  [
    'the account row forgets a doubt',
    `update account set doubt_last_time = -1 where ${one('account', 'doubt_last_time > 0')}`,
    /^account row h/,
  ],
  [
    'the account row forgets who was last',
    `update account set tip_serial = tip_serial + 1 where ${one('account', 'tip_serial > 0')}`,
    /^account row h/,
  ],
  [
    'a medium is invented',
    `insert into account select (select max(id) from medium), first_time, max_time, max_last_time, doubt_last_time,
     root_time, tip_time, tip_balance, records, opens, root_terminal, root_serial, tip_terminal, tip_serial, tip_medium_serial,
     max_medium_serial, tip_alone from account limit 1`,
    /^account x/,
  ],
  ['a medium is renamed', `update medium set medium = 'y' where ${one('medium', "medium <> 'x'")}`, /^account h/],
];

describe('check finds it when', () => {
  test.each(EDITS)('%s', async (_, sql, subject) => {
    const database = await postgres.createDatabase(undefined, 'sound');
    await sqlIn(database, "insert into medium (medium) values ('x')"); // one that has no account is nothing
    const before = await sqlIn(
      database,
      `with edited as (${sql} returning 1) select count(*)::int as rows from edited`,
    );
    expect(before).not.toEqual([{ rows: 0 }]);
    const central = await openCentral({ database, now: () => 0 });
    const found = await findings(central, asOf, configuration);
    expect(found.map((one) => one.subject)).toContainEqual(expect.stringMatching(subject));
    for (const { stored, derived } of found) expect(stored).not.toEqual(derived);
    await central.close();
  });

  test('all of that is done at once, and a rebuild cures it', async () => {
    const database = await postgres.createDatabase(undefined, 'sound');
    for (const [, sql] of EDITS.filter(([edit]) => !edit.includes('invented'))) await sqlIn(database, sql);
    const central = await openCentral({ database, now: () => 0 });
    expect((await findings(central, asOf, configuration)).length).toBeGreaterThan(15);
    await central.rebuild();
    expect(await findings(central, asOf, configuration)).toEqual([]);
    await central.close();
  });
});
