/** Whom a transaction can meet in the same state of its medium, and who is a suspect already. */
import type { Sql } from '../../database/database.ts';
import { columnsOf } from '../../database/literal.ts';
import type { Evidence, Fact, Moment } from '../fact.ts';
import { momentColumns } from './chain.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

/** Effective transactions of order, as `t`: reported successful, or settled so. */
const COMMITTED = `(
  select ${FACT} from record r left join uncommitted u on false
  where r.medium_id = k.medium_id and r.status = 'successful' and r.type <> 'open' and r.receipt <= $4
    and r.time > r.last_time and r.time > k.low and r.time <= k.high
  union all
  select ${FACT} from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial
  where u.medium_id = k.medium_id and u.effective and u.time > u.last_time and u.time > k.low and u.time <= k.high
)`;

export async function endingWithin(sql: Sql, spans: readonly Evidence[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select t.* from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, low, high)
     cross join lateral ${COMMITTED} t`,
    [
      ...columnsOf(
        spans,
        (s) => s.mediumId,
        (s) => s.lastTime,
        (s) => s.time,
      ),
      target,
    ],
  );
  return rows.map(factOf);
}

export async function nextAfter(sql: Sql, moments: readonly Moment[], target: number): Promise<Fact[]> {
  // Each half in the order of its own index: by the record's time, the second would sort all that is yet to come.
  const rows = await sql.rows<FactRow>(
    `select t.* from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
     cross join lateral (
       (select ${FACT} from record r left join uncommitted u on false
        where r.medium_id = k.medium_id and r.status = 'successful' and r.type <> 'open' and r.receipt <= $3
          and r.time > r.last_time and r.time > k.time
        order by r.time limit 1)
       union all
       select ${FACT} from (
         select * from uncommitted n
         where n.medium_id = k.medium_id and n.effective and n.time > n.last_time and n.time > k.time
         order by n.time limit 1) u
       join record r on r.terminal = u.terminal and r.serial = u.serial
     ) t`,
    [...momentColumns(moments), target],
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

export async function sharingSerial(sql: Sql, evidence: readonly Evidence[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::integer[]) as k (medium_id, medium_serial)
     join record r on r.medium_id = k.medium_id and r.medium_serial = k.medium_serial and r.status is not null
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where r.receipt <= $3 and (r.status = 'successful' or u.effective)`,
    [
      ...columnsOf(
        evidence,
        (e) => e.mediumId,
        (e) => e.mediumSerial,
      ),
      target,
    ],
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
