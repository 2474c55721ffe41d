/** Who was at a time, who read a time, which node comes before or after. */
import { binaryColumns, int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import type { Fact, Moment } from '../fact.ts';
import type { Search } from '../store.ts';
import { IS_STRAIGHT } from './exceptional.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

export async function factsAt(sql: Sql, moments: readonly Moment[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from record r where period_of(r.time) = period_of(k.time)
         and r.medium_id = k.medium_id and r.time = k.time and r.status = 'successful' and r.receipt <= $3 offset 0) r
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

/**
 * Those that did not go straight are found by what they read. Of straight transactions one at most read a time: the first that is
 * later. For each read the tip of its day, and any between would have been a later tip.
 */
export async function factsReading(sql: Sql, searches: readonly Search[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from exceptional o where o.medium_id = k.medium_id and o.last_time = k.time offset 0) o
       join record r on r.terminal = o.terminal and r.serial = o.serial and r.receipt <= $4
       left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     union all
     select ${FACT} from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, time, last_straight)
       left join exceptional_until x on x.medium_id = k.medium_id
       cross join lateral (
         select r.* from period e cross join lateral (
           select * from record r where period_of(r.time) = e.id and r.medium_id = k.medium_id
             and r.time > greatest(k.time, x.time) and r.time <= k.last_straight and r.status = 'successful' and r.receipt <= $4 and ${IS_STRAIGHT}
           order by r.time limit 1) r
         where e.id between period_of(greatest(k.time, x.time)) and period_of(k.last_straight)
         order by e.id limit 1) r
       left join uncommitted u on false
       where r.last_time = k.time`,
    [
      ...momentColumns(searches),
      ...binaryColumns(
        searches,
        int8((s) => s.lastStraight),
      ),
      target,
    ],
  );
  return rows.map(factOf);
}

export async function nodeTimes(
  sql: Sql,
  direction: 'before' | 'after',
  searches: readonly Search[],
  target: number,
): Promise<(Moment & { readonly found: number | null })[]> {
  const isBefore = direction === 'before';
  const [comparison, order] = isBefore ? ['<', 'desc'] : ['>', 'asc'];
  const rows = await sql.rows<{ medium_id: number; time: number; found: number | null }>(
    `select k.medium_id, k.time, ${isBefore ? 'greatest' : 'least'}((
         select r.time from period e cross join lateral (
           select r.time from record r
           where period_of(r.time) = e.id and r.medium_id = k.medium_id and r.time ${comparison} k.time
             and r.status = 'successful' and r.receipt <= $7
             and (r.type <> 'open' or (r.terminal = k.root_terminal and r.serial = k.root_serial))
           order by r.time ${order} limit 1) r
         where e.id between period_of(${isBefore ? 'k.first_time' : 'k.time'})
           and period_of(${isBefore ? 'least(k.time, k.max_time)' : 'k.max_time'})
         order by e.id ${order} limit 1
       ), (
         select u.time from uncommitted u
         where u.medium_id = k.medium_id and u.time ${comparison} k.time and u.effective
         order by u.time ${order} limit 1
       )) as found
     from unnest($1::integer[], $2::bigint[], $3::integer[], $4::integer[], $5::bigint[], $6::bigint[])
       as k (medium_id, time, root_terminal, root_serial, first_time, max_time)`,
    [
      ...momentColumns(searches),
      ...binaryColumns(
        searches,
        int4(({ root }) => root?.terminal),
        int4(({ root }) => root?.serial),
        int8((s) => s.firstTime),
        int8((s) => s.maxTime),
      ),
      target,
    ],
  );
  return rows.map(({ medium_id: mediumId, time, found }) => ({ mediumId, time, found }));
}

export function momentColumns(moments: readonly Moment[]): Buffer[] {
  return binaryColumns(
    moments,
    int4((moment) => moment.mediumId),
    int8((moment) => moment.time),
  );
}
