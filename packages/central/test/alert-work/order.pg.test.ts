/** The order of cases: what it costs, and that of cases which are older than it. */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationFiles, readMigration } from '../../src/database/migrations.ts';
import { type CaseQuery, OPEN_CASE_STATES, openCentral } from '../../src/index.ts';
import { sqlIn } from '../database.ts';
import { costOf } from '../rows-read.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres({ settings: { autovacuum: 'off' } }); // it would read tables while we count
});
afterAll(() => postgres?.stop());

/** So many cases, the n-th of the state that `state` gives in SQL, which began to stand at `at`. */
const cases = (many: number, state: string, at = 'n'): string =>
  `insert into alert_case (raised_at, appeared_at, cured_at, state, kind, key, alert, medium, assigned_to, reason, cure)
   select ${at}, ${at}, case when s.state = 'cured' then 1 end, s.state::alert_case_state, 'unknown-medium', n,
     json_build_object('kind', 'unknown-medium', 'medium', 'M' || n), 'M' || n, 'ana', 'seen',
     case when s.state = 'cured' then '{"by":"time"}' end
   from generate_series(1, ${many}) n, lateral (select ${state} as state) s order by n;`;

const QUERIES: readonly (readonly [query: Partial<CaseQuery>, found: number])[] = [
  [{ states: OPEN_CASE_STATES }, 20],
  [{ states: ['cured'], before: 180 }, 20],
  [{}, 20],
  [{ medium: 'M7' }, 1],
  [{ medium: 'M7', states: ['cured'] }, 0],
];

test('the open ones are found at once, however many were cured since', async () => {
  const costs = [];
  for (const many of [200, 20_000]) {
    const database = await postgres.createDatabase();
    await (await openCentral({ database, now: () => 0 })).close();
    const state = `case when n > 60 then 'cured' else (array['new', 'acknowledged', 'assigned', 'resolved'])[1 + n % 4] end`;
    await sqlIn(database, `${cases(many, state)} analyze`);
    for (const [query, found] of QUERIES) {
      const { of } = await costOf(database, async ({ alertWork }) => {
        expect(await alertWork.cases({ ...query, limit: 20 })).toHaveLength(found);
      });
      costs.push(of.alert_case ?? 0);
    }
  }
  // By the index and in the table, of each of five states, and one that ends each.
  for (const cost of costs) expect(cost, String(costs)).toBeLessThan(5 * 2 * 21 + 90);
});

test('cases of before have the order in which they began to stand, and new ones go before them', async () => {
  const database = await postgres.createDatabase();
  await sqlIn(database, 'create table migration (name text collate "C" primary key)');
  for (const name of (await migrationFiles()).filter((file) => file < '0013')) {
    await sqlIn(database, await readMigration(name));
    await sqlIn(database, 'insert into migration (name) values ($1)', [name]);
  }
  // The second one came back last; the third and the fourth began to stand at once.
  await sqlIn(database, cases(4, "'new'", '(array[10, 90, 50, 50])[n]'));
  const central = await openCentral({ database, now: () => 0 });
  const order = async () => (await central.alertWork.cases({ limit: 9 })).map(({ id }) => id);
  expect(await order()).toEqual([2, 4, 3, 1]);
  await sqlIn(database, cases(1, "'new'").replace("'unknown-medium', n,", "'unknown-medium', 'new',"));
  expect((await order()).slice(1)).toEqual([2, 4, 3, 1]);
  await central.close();
});
