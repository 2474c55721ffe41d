/**
 * Notes where alerts may have come or gone, in the SQL transaction that changes what they are read from. It may be noted
 * too often and never too seldom: what is not touched is not looked at. Before the first look nothing is noted, for that
 * one goes through everything.
 */
import type { TerminalNumber } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';

export async function touchMedia(sql: Sql, media: Iterable<number>): Promise<void> {
  await touch(sql, 'medium_id', media);
}

export async function touchTerminals(sql: Sql, terminals: Iterable<TerminalNumber>): Promise<void> {
  await touch(sql, 'terminal', terminals);
}

async function touch(sql: Sql, column: 'medium_id' | 'terminal', subjects: Iterable<number>): Promise<void> {
  const distinct = new Set(subjects);
  if (distinct.size === 0) return;
  await sql.rows(
    `insert into alert_touched (${column}) select unnest($1::integer[]) where (select started from alert_watch)`,
    [arrayOf(distinct)],
  );
}

/** Whoever holds it is the watcher. An advisory lock, for one of a row would be written to the disk at each look. */
const WATCH_LOCK = 1919251571;

/** Before the lock of `progress`, by whoever makes all anew: the watcher holds it first, too. */
export async function lockWatch(sql: Sql): Promise<void> {
  await sql.rows('select pg_advisory_xact_lock($1)', [WATCH_LOCK]);
}

/** False where another process is the watcher. */
export async function tryWatchLock(sql: Sql): Promise<boolean> {
  const [row] = await sql.rows<{ held: boolean }>('select pg_try_advisory_xact_lock($1) as held', [WATCH_LOCK]);
  return row?.held ?? false;
}
