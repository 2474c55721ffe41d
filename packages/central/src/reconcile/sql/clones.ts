/** Whom a transaction can meet in the same state of its medium, and who is a suspect already. */
import { binaryColumns, int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import type { Evidence, Fact, Moment } from '../fact.ts';
import type { Search } from '../store.ts';
import { momentColumns } from './chain.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

/** Effective transactions of order, as `t`: reported successful, or settled so. */
const COMMITTED = `(
  select ${FACT} from period e cross join lateral (
    select * from record r where period_of(r.time) = e.id and r.medium_id = k.medium_id and r.status = 'successful'
      and r.type <> 'open' and r.receipt <= $4 and r.time > r.last_time and r.time > k.low and r.time <= k.high offset 0) r
  left join uncommitted u on false
  where e.id between period_of(k.low) and period_of(k.high)
  union all
  select ${FACT} from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial
  where u.medium_id = k.medium_id and u.effective and u.time > u.last_time and u.time > k.low and u.time <= k.high
)`;

export async function endingWithin(sql: Sql, spans: readonly Evidence[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select t.* from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, low, high)
     cross join lateral ${COMMITTED} t`,
    [
      ...binaryColumns(
        spans,
        int4((s) => s.mediumId),
        int8((s) => s.lastTime),
        int8((s) => s.time),
      ),
      target,
    ],
  );
  return rows.map(factOf);
}

export async function nextAfter(sql: Sql, searches: readonly Search[], target: number): Promise<Fact[]> {
  // Each half in the order of its own index: by the record's time, the second would sort all that is yet to come.
  const rows = await sql.rows<FactRow>(
    `select t.* from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, time, max_time)
     cross join lateral (
       (select ${FACT} from period e cross join lateral (
          select * from record r
          where period_of(r.time) = e.id and r.medium_id = k.medium_id and r.status = 'successful' and r.type <> 'open'
            and r.receipt <= $4 and r.time > r.last_time and r.time > k.time
          order by r.time limit 1) r
        left join uncommitted u on false
        where e.id between period_of(k.time) and period_of(k.max_time)
        order by e.id limit 1)
       union all
       select ${FACT} from (
         select * from uncommitted n
         where n.medium_id = k.medium_id and n.effective and n.time > n.last_time and n.time > k.time
         order by n.time limit 1) u
       join record r on r.terminal = u.terminal and r.serial = u.serial
     ) t`,
    [
      ...momentColumns(searches),
      ...binaryColumns(
        searches,
        int8((s) => s.maxTime),
      ),
      target,
    ],
  );
  return rows.map(factOf);
}

export async function clonesAround(sql: Sql, moments: readonly Moment[]): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
     cross join lateral (select * from clone_member c where c.last_time < c.time
       and box(point(c.medium_id, c.last_time), point(c.medium_id, c.time))
         && box(point(k.medium_id, k.time), point(k.medium_id, k.time)) offset 0) c
     join record r on r.terminal = c.terminal and r.serial = c.serial
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial`,
    momentColumns(moments),
  );
  return rows.map(factOf);
}

export async function clonesOf(sql: Sql, media: readonly number[]): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from clone_member c join record r on r.terminal = c.terminal and r.serial = c.serial
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where c.medium_id = any($1::integer[])`,
    [`{${media.join(',')}}`],
  );
  return rows.map(factOf);
}
