/** In which receipts, or serials, a time of taps is looked for. */
import { DEFAULT_CONFIGURATION, type TerminalNumber } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { RecordQuery } from './port.ts';

/** Receipts greater than `after`, up to `to`. */
export interface Stretch {
  readonly after: number;
  readonly to: number;
}

export const EVERYTHING: Stretch = { after: 0, to: Number.MAX_SAFE_INTEGER };

/**
 * A record is not received before it was written, and mostly at once; so those of a day long ago are found without looking at
 * all that came since. `late` is what arrived after that: looked through last, from its beginning on.
 */
export async function stretchesOf(
  sql: Sql,
  { from, until }: Pick<RecordQuery, 'from' | 'until'>,
): Promise<{ readonly main: Stretch; readonly late: Stretch | null }> {
  if (from === undefined && until === undefined) return { main: EVERYTHING, late: null };
  const [last] = await sql.rows<{ receipt: number; received_at: number; latest_time: number }>(
    `select b.receipt, b.received_at, g.latest_time from progress g join batch b on b.receipt = g.received`,
  );
  if (!last) return { main: EVERYTHING, late: null };
  // A record that is ahead of the centre's clock was received before its time: then only looking finds it.
  const isAhead = last.latest_time > last.received_at + DEFAULT_CONFIGURATION.clockTolerance;
  const after = from === undefined || isAhead ? 0 : (await firstReceivedAt(sql, from - CLOCKS_MS, last.receipt)) - 1;
  if (until === undefined) return { main: { after, to: EVERYTHING.to }, late: null };
  const inTime = (await firstReceivedAt(sql, until + CLOCKS_MS, last.receipt)) - 1;
  if (inTime >= last.receipt) return { main: { after, to: EVERYTHING.to }, late: null };
  const to = Math.max(after, inTime);
  return { main: { after, to }, late: { after: to, to: EVERYTHING.to } };
}

/** Clocks differ, and the centre's own may have been set back: by this much nothing is missed. Most batches arrive within it too. */
const CLOCKS_MS = 3_600_000;

/** The smallest receipt of a batch received at this time or later; one more than the last where there is none. In one question: bisection. */
async function firstReceivedAt(sql: Sql, time: number, last: number): Promise<number> {
  const [found] = await sql.rows<{ low: number }>(
    `with recursive b (low, high) as (
       select 1::bigint, $2::bigint + 1
       union all
       select case when m.is_before then m.middle + 1 else b.low end, case when m.is_before then b.high else m.middle end
       from b cross join lateral (
         select (b.low + b.high) / 2 as middle,
           coalesce((select received_at from batch where receipt = (b.low + b.high) / 2), 0) < $1 as is_before) m
       where b.low < b.high)
     select low from b where low >= high`,
    [time, last],
  );
  return found?.low ?? 1;
}

/** Serials from the first on, below the second. */
export interface Serials {
  readonly from: number;
  readonly below: number;
}

/**
 * Which serials of a terminal are of this time: its clock goes on with them, so that they are found by bisection. Where it is known not to
 * have gone on, all of them.
 */
export async function serialsOf(
  sql: Sql,
  terminal: TerminalNumber,
  { from, until }: Pick<RecordQuery, 'from' | 'until'>,
): Promise<Serials> {
  const all = { from: 1, below: 2 ** 31 - 1 };
  if (from === undefined && until === undefined) return all;
  const [disorder] = await sql.rows(
    `select from time_disorder where terminal = $1
     union all
     select from (select last_time >= lead(first_time) over (order by first_serial) as is_broken
       from journal_run where terminal = $1) j where is_broken
     limit 1`,
    [terminal],
  );
  if (disorder) return all;
  return {
    from: from === undefined ? all.from : await firstWrittenAt(sql, terminal, from),
    below: until === undefined ? all.below : await firstWrittenAt(sql, terminal, until),
  };
}

/** The smallest serial up to which the terminal has written something at this time or later; one more than the last where there is none. */
async function firstWrittenAt(sql: Sql, terminal: TerminalNumber, time: number): Promise<number> {
  const [found] = await sql.rows<{ low: number }>(
    `with recursive b (low, high) as (
       select 1::bigint, coalesce(max(last_serial), 0)::bigint + 1 from journal_run where terminal = $1
       union all
       select case when m.is_before then m.middle + 1 else b.low end, case when m.is_before then b.high else m.middle end
       from b cross join lateral (
         select (b.low + b.high) / 2 as middle, coalesce((select r.time from record r
           where r.terminal = $1 and r.serial <= (b.low + b.high) / 2 order by r.serial desc limit 1), -1) < $2 as is_before) m
       where b.low < b.high)
     select low from b where low >= high`,
    [terminal, time],
  );
  return found?.low ?? 1;
}
