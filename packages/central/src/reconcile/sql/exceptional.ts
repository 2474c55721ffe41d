/**
 * Evidence that did not go straight (`exceptional` in the schema), and how straight transactions are told from it.
 *
 * Straight transactions of one medium were each later than everything known when they were decided, read the commit at the tip,
 * and had the greatest counter. So in order of time they are in order of what they read and of their counter too, and no
 * index of its own is needed to find one by either: writing each record into two more indexes was half of what it cost.
 */
import { int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import { insertRows, named } from '../../database/insert.ts';
import { arrayOf } from '../../database/literal.ts';
import { type Evidence, isTransactionFact } from '../fact.ts';

export function setAside(sql: Sql, evidence: readonly Evidence[]): Promise<void> {
  return insertRows(sql, 'exceptional', evidence, [
    named(
      'terminal',
      int4((e) => e.terminal),
    ),
    named(
      'serial',
      int4((e) => e.serial),
    ),
    named(
      'medium_id',
      int4((e) => e.mediumId),
    ),
    named(
      'last_time',
      int8((e) => e.lastTime),
    ),
    named(
      'medium_serial',
      int4((e) => (isTransactionFact(e) ? e.mediumSerial : null)),
    ),
  ]);
}

/** Condition on a record `r` that reports its commit: it went straight. */
export const IS_STRAIGHT = `r.type <> 'open' and not exists (select from exceptional o where o.medium_id = r.medium_id
  and o.last_time = r.last_time and o.terminal = r.terminal and o.serial = r.serial)`;

/**
 * Sets aside all straight transactions so far of media whose counter did not grow. From then on they are found like the others;
 * each is set aside once, so that two cards that fight over one number do not make every record cost as much as all before it.
 */
export async function setAllAside(sql: Sql, media: Iterable<number>, target: number): Promise<void> {
  await sql.rows(
    `with straight as (
       select r.terminal, r.serial, r.medium_id, r.last_time, r.medium_serial, r.time
       from unnest($1::integer[]) as k (medium_id)
       join account a on a.medium_id = k.medium_id
       left join exceptional_until x on x.medium_id = k.medium_id
       join period e on e.id between period_of(greatest(a.first_time, x.time)) and period_of(a.last_straight)
       cross join lateral (select * from record r where period_of(r.time) = e.id and r.medium_id = k.medium_id
         and r.status = 'successful' and r.time > coalesce(x.time, -1) and r.time <= a.last_straight and r.receipt <= $2 and ${IS_STRAIGHT} offset 0) r),
     aside as (
       insert into exceptional (terminal, serial, medium_id, last_time, medium_serial)
       select terminal, serial, medium_id, last_time, medium_serial from straight)
     insert into exceptional_until select medium_id, max(time) from straight group by medium_id
     on conflict (medium_id) do update set time = excluded.time`,
    [arrayOf(new Set(media)), target],
  );
}
