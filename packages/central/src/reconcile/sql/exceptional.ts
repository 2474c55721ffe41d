/**
 * Evidence that did not go straight (`exceptional` in the schema), and how straight transactions are told from it.
 *
 * Straight transactions of one medium were each later than everything known when they were decided, read the commit at the tip,
 * and had the greatest counter. So in order of time they are in order of what they read and of their counter too, and no
 * index of its own is needed to find one by either: writing each record into two more indexes was half of what it cost.
 */
import { binaryColumns, int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import { insertRows, named } from '../../database/insert.ts';
import { arrayOf } from '../../database/literal.ts';
import { type Evidence, type Fact, isTransactionFact, type Moment } from '../fact.ts';

export function insertExceptional(sql: Sql, evidence: readonly Evidence[]): Promise<void> {
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

/** So many of one medium at once, and its straight transactions follow, or each search for one would pass all of them. */
const MANY = 16;

/** @param evidence of media of which nothing goes straight in this round */
export async function setAside(sql: Sql, evidence: readonly Evidence[], target: number): Promise<void> {
  await insertExceptional(sql, evidence);
  const counts = new Map<number, number>();
  for (const { mediumId } of evidence) counts.set(mediumId, (counts.get(mediumId) ?? 0) + 1);
  await setAllAside(
    sql,
    evidence.filter(({ mediumId }) => (counts.get(mediumId) ?? 0) > MANY),
    target,
  );
}

/**
 * Condition on a record `r` that reports its commit: it went straight. A value and no `not exists`, which would be made a join with all
 * that is set aside of the medium, before the first row that is asked for.
 */
export const IS_STRAIGHT = `r.type <> 'open' and (select true from exceptional o where o.medium_id = r.medium_id
  and o.last_time = r.last_time and o.terminal = r.terminal and o.serial = r.serial) is null`;

/**
 * Sets aside all straight transactions so far of some media, up to these moments at least: where a counter did not grow, or many
 * records are exceptional. From then on they are found like the others, and nobody looks among them for straight ones. Each is set
 * aside once, so that two cards that fight over one number do not make every record cost as much as all before it.
 */
export async function setAllAside(sql: Sql, moments: readonly Moment[], target: number): Promise<void> {
  if (moments.length === 0) return;
  await sql.rows(
    `with wanted as (
       select k.medium_id, max(k.time) as time from unnest($1::integer[], $2::bigint[]) as k (medium_id, time) group by 1),
     straight as (
       select r.terminal, r.serial, r.medium_id, r.last_time, r.medium_serial
       from wanted k
       join account a on a.medium_id = k.medium_id
       left join exceptional_until x on x.medium_id = k.medium_id
       join period e on e.id between period_of(greatest(a.first_time, x.time)) and period_of(a.last_straight)
       cross join lateral (select * from record r where period_of(r.time) = e.id and r.medium_id = k.medium_id
         and r.status = 'successful' and r.time > coalesce(x.time, -1) and r.time <= a.last_straight
         and r.receipt <= $3 and ${IS_STRAIGHT} offset 0) r),
     aside as (
       insert into exceptional (terminal, serial, medium_id, last_time, medium_serial)
       select terminal, serial, medium_id, last_time, medium_serial from straight)
     insert into exceptional_until
     select k.medium_id, greatest(k.time, a.max_time) from wanted k left join account a on a.medium_id = k.medium_id
     on conflict (medium_id) do update set time = greatest(exceptional_until.time, excluded.time)`,
    [
      ...binaryColumns(
        moments,
        int4((m) => m.mediumId),
        int8((m) => m.time),
      ),
      target,
    ],
  );
}

/** 2^29 ms, as `period_of` in the schema has it. */
const PERIOD_MS = 2 ** 29;

/** The periods of these records, by which they are found from now on. */
export async function keepPeriods(sql: Sql, facts: readonly Fact[]): Promise<void> {
  const periods = new Set<number>();
  for (const { time } of facts) periods.add(Math.floor(time / PERIOD_MS));
  // In order, for another round may write the same ones: each waits for the other's, and in two orders for ever.
  const inOrder = [...periods].sort((a, b) => a - b);
  await sql.rows('insert into period select unnest($1::integer[]) on conflict do nothing', [arrayOf(inOrder)]);
}

/** Sets aside all that a process of the version before has reconciled of these partitions. @param partitions claimed */
export async function catchUpOnOthers(sql: Sql, partitions: readonly number[]): Promise<void> {
  await sql.rows(
    `with theirs as (
       select r.terminal, r.serial, r.medium_id, r.time, r.last_time, r.status, r.medium_serial
       from record r join partition p on p.id = partition_of(r.medium_id)
       where p.id = any($1::integer[]) and r.receipt > p.indexed and r.receipt <= p.reconciled
         and r.receipt > (select min(indexed) from partition where id = any($1::integer[]))),
     periods as (insert into period select distinct period_of(time) from theirs order by 1 on conflict do nothing)
     insert into exceptional (terminal, serial, medium_id, last_time, medium_serial)
     select terminal, serial, medium_id, last_time, case when status is not null then medium_serial end
     from theirs where last_time is not null on conflict do nothing`,
    [arrayOf(partitions)],
  );
}
