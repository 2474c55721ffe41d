/** What groups cost: the open cases and no others; and that a process of the version before goes on raising cases. */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationFiles, readMigration } from '../../src/database/migrations.ts';
import { openCentral } from '../../src/index.ts';
import { sqlIn } from '../database.ts';
import { costOf } from '../rows-read.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres({ settings: { autovacuum: 'off' } }); // it would read tables while we count
});
afterAll(() => postgres?.stop());

/** As version 0013 raises them: so many, of which the first 60 are open, three for each of twenty terminals. */
const cases = (many: number): string =>
  `insert into alert_case (raised_at, appeared_at, cured_at, state, kind, key, alert, medium, terminal, cure)
   select n, n, case when n > 60 then 1 end, case when n > 60 then 'cured' else 'new' end::alert_case_state,
     'missing-transaction', n, json_build_object('kind', 'missing-transaction', 'medium', 'M' || n, 'terminal', 1 + n % 20, 'time', n),
     'M' || n, 1 + n % 20, case when n > 60 then '{"by":"time"}' end
   from generate_series(1, ${many}) n order by n;`;

test('open cases alone are read, however many were cured', async () => {
  const costs = [];
  for (const many of [200, 20_000]) {
    const database = await postgres.createDatabase();
    await (await openCentral({ database, now: () => 0 })).close();
    await sqlIn(database, `${cases(many)} analyze`);
    await sqlIn(database, 'vacuum');
    const { of } = await costOf(database, async ({ alertGroups }) => {
      const groups = await alertGroups.groups({ silenced: false, limit: 50 });
      expect(groups.map((group) => group.cases)).toEqual(Array(20).fill(3));
      expect(await alertGroups.open()).toMatchObject({ cases: { new: 60 }, causes: 20 });
      expect(await alertGroups.cases('terminal:7', { limit: 50 })).toHaveLength(3);
    });
    costs.push(of.alert_case ?? 0);
  }
  // Twice for the groups, once for the figures, each entry of the index and, at worst, its row.
  expect(costs[1], String(costs)).toBeLessThan(2 * (3 * 60 + 3) + 60);
});

test('cases of before have their cause, and so has what a process of before goes on to raise', async () => {
  const database = await postgres.createDatabase();
  await sqlIn(database, 'create table migration (name text collate "C" primary key)');
  for (const name of (await migrationFiles()).filter((file) => file < '0016')) {
    await sqlIn(database, await readMigration(name));
    await sqlIn(database, 'insert into migration (name) values ($1)', [name]);
  }
  await sqlIn(database, cases(1));
  const central = await openCentral({ database, now: () => 0 });
  await sqlIn(
    database,
    cases(1).replace("'missing-transaction', n,", "'stale-medium', n,").replace("'missing-transaction', n,", ''),
  );
  const groups = await central.alertGroups.groups({ silenced: false, limit: 9 });
  expect(groups.map(({ cause }) => cause)).toEqual(['stale-medium:M1', 'terminal:2']);
  await central.close();
});
