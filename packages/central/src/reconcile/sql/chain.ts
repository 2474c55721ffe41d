/** Who was at a time, who read a time, which node comes before or after. */
import type { Sql } from '../../database/database.ts';
import { columnsOf } from '../../database/literal.ts';
import type { Fact, Moment } from '../fact.ts';
import type { NodeSearch } from '../store.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

export async function factsAt(sql: Sql, moments: readonly Moment[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from record r where r.medium_id = k.medium_id and r.time = k.time
         and r.status = 'successful' and r.receipt <= $3 offset 0) r
       left join uncommitted u on false
       union all
       select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from uncommitted u where u.medium_id = k.medium_id and u.time = k.time
         and u.status is not null offset 0) u
       join record r on r.terminal = u.terminal and r.serial = u.serial`,
    [...momentColumns(moments), target],
  );
  return rows.map(factOf);
}

export async function factsReading(sql: Sql, moments: readonly Moment[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from record r where r.medium_id = k.medium_id and r.last_time = k.time
         and r.receipt <= $3 offset 0) r
       left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial`,
    [...momentColumns(moments), target],
  );
  return rows.map(factOf);
}

export async function nodeTimes(
  sql: Sql,
  direction: 'before' | 'after',
  searches: readonly NodeSearch[],
  target: number,
): Promise<(Moment & { readonly found: number | null })[]> {
  const [comparison, order] = direction === 'before' ? ['<', 'desc'] : ['>', 'asc'];
  const rows = await sql.rows<{ medium_id: number; time: number; found: number | null }>(
    `select k.medium_id, k.time, (
         select node.time from (
           (select r.time from record r
            where r.medium_id = k.medium_id and r.time ${comparison} k.time and r.status = 'successful' and r.receipt <= $5
              and (r.type <> 'open' or (r.terminal = k.root_terminal and r.serial = k.root_serial))
            order by r.time ${order} limit 1)
           union all
           (select u.time from uncommitted u
            where u.medium_id = k.medium_id and u.time ${comparison} k.time and u.effective
            order by u.time ${order} limit 1)
         ) node order by node.time ${order} limit 1
       ) as found
       from unnest($1::integer[], $2::bigint[], $3::integer[], $4::integer[]) as k (medium_id, time, root_terminal, root_serial)`,
    [
      ...momentColumns(searches),
      ...columnsOf(
        searches,
        ({ root }) => root?.terminal,
        ({ root }) => root?.serial,
      ),
      target,
    ],
  );
  return rows.map(({ medium_id: mediumId, time, found }) => ({ mediumId, time, found }));
}

export function momentColumns(moments: readonly Moment[]): string[] {
  return columnsOf(
    moments,
    (moment) => moment.mediumId,
    (moment) => moment.time,
  );
}
