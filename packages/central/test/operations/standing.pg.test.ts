/** How much stands open, for those who watch over the centre. */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { sqlIn } from '../database.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
let postgres: TestPostgres;
let database: string;
let central: Central;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => NOW });
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

test('of a new centre nothing does', async () => {
  expect(await central.operations.standing()).toEqual({
    ...{ sessions: 0, cases: { new: 0, acknowledged: 0, assigned: 0 }, webhooksDisabled: 0, webhooksFailing: 0 },
    deliveriesWaiting: 0,
  });
});

test('sessions that have not ended by rest, by age, or because somebody is disabled', async () => {
  const session = (id: number, person: string, begunAt: number, seenAt: number) =>
    `insert into session (digest, person, passkey, begun_at, seen_at, confirmed_at, client)
     select '\\x0${id}', '${person}', id, ${begunAt}, ${seenAt}, ${begunAt}, '' from passkey where person = '${person}';`;
  await sqlIn(
    database,
    `insert into person (name, roles, disabled, user_handle, invited_at)
       values ('ana', '{clerk}', false, '\\x01', 0), ('bor', '{clerk}', true, '\\x02', 0);
     insert into passkey (person, credential, public_key, counter, transports, label, added_at)
       select name, user_handle, '', 0, '{}', '', 0 from person;
     ${session(1, 'ana', NOW - MINUTE, NOW)} ${session(2, 'ana', NOW - 60 * MINUTE, NOW - 29 * MINUTE)}
     ${session(3, 'ana', NOW - 60 * MINUTE, NOW - 30 * MINUTE)} ${session(4, 'ana', NOW - 720 * MINUTE, NOW)}
     ${session(5, 'bor', NOW - MINUTE, NOW)}`,
  );
  expect(await central.operations.standing()).toMatchObject({ sessions: 2 });
});

test('cases that somebody has still to see to, each state counted to 10,000', async () => {
  await sqlIn(
    database,
    `insert into alert_case (raised_at, appeared_at, cured_at, state, kind, key, alert, assigned_to, reason, cure)
     select 0, 0, case state when 'cured' then 1 end, state::alert_case_state, 'unknown-medium', state || n, '{}', 'ana', 'seen',
       case state when 'cured' then '{}' end
     from (values ('new', 12000), ('acknowledged', 3), ('assigned', 2), ('resolved', 5), ('cured', 7)) s (state, many),
       generate_series(1, many) n`,
  );
  expect((await central.operations.standing()).cases).toEqual({ new: 10_000, acknowledged: 3, assigned: 2 });
});

test('what enabled webhooks have still to be sent, of their types, and how many are disabled', async () => {
  const webhook = (url: string, types: string, enabled: boolean, position: number) =>
    `insert into webhook (url, types, enabled, secret, position, made_at)
     values ('https://${url}.example', '{${types}}', ${enabled}, '', ${position}, 0);`;
  await sqlIn(
    database,
    `insert into event (position, at, type, data)
       select n, 0, case when n % 2 = 0 then 'alert.raised' else 'person.changed' end, '{}' from generate_series(1, 20) n;
     ${webhook('a', 'alert.raised', true, 10)} ${webhook('b', 'alert.raised,person.changed', true, 17)}
     ${webhook('c', 'alert.raised', true, 20)} ${webhook('d', 'alert.raised', false, 0)}`,
  );
  await sqlIn(database, "update webhook set failures = 3 where url in ('https://a.example', 'https://d.example')");
  expect(await central.operations.standing()).toMatchObject({
    webhooksDisabled: 1,
    webhooksFailing: 1,
    deliveriesWaiting: 5 + 3,
  });
  await sqlIn(
    database,
    `insert into event (position, at, type, data) select n, 0, 'alert.raised', '{}' from generate_series(21, 40000) n`,
  );
  expect(await central.operations.standing()).toMatchObject({ deliveriesWaiting: 10_000 });
});
