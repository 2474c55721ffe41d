/** What a medium's own log said, and the evidence that is in doubt or idle. */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../../database/database.ts';
import { columnsOf } from '../../database/literal.ts';
import type { Fact, Moment } from '../fact.ts';
import type { LogRow, Stretch } from '../store.ts';
import { momentColumns } from './chain.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

export function logsAround(sql: Sql, moments: readonly Moment[], target: number): Promise<LogRow[]> {
  return logs(
    sql,
    `from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from medium_log l
         where box(point(l.medium_id, l.first_entry), point(l.medium_id, l.reach))
           && box(point(k.medium_id, k.time), point(k.medium_id, k.time)) and l.receipt <= $3 offset 0) l`,
    [...momentColumns(moments), target],
  );
}

export function logsOf(sql: Sql, evidence: readonly RecordIdentity[]): Promise<LogRow[]> {
  return logs(
    sql,
    `from unnest($1::integer[], $2::integer[]) as k (terminal, serial)
       cross join lateral (select * from medium_log l where l.terminal = k.terminal and l.serial = k.serial offset 0) l`,
    columnsOf(
      evidence,
      (e) => e.terminal,
      (e) => e.serial,
    ),
  );
}

async function logs(sql: Sql, from: string, params: readonly unknown[]): Promise<LogRow[]> {
  const rows = await sql.rows<Omit<LogRow, 'log'> & { times: string[]; terminals: number[] }>(
    `select distinct on (l.terminal, l.serial) l.medium_id as "mediumId", l.terminal, l.serial, l.last_time as "lastTime",
         l.times, l.terminals ${from}`,
    params,
  );
  return rows.map(({ times, terminals, ...row }) => ({
    ...row,
    log: times.map((time, i) => ({ time: Number(time), terminal: terminals[i] as number })),
  }));
}

export async function doubtsWithin(sql: Sql, stretches: readonly Stretch[]): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, first_entry, reach)
       cross join lateral (select * from uncommitted u where u.medium_id = k.medium_id
         and u.time between k.first_entry and k.reach and u.status is not null offset 0) u
       join record r on r.terminal = u.terminal and r.serial = u.serial`,
    columnsOf(
      stretches,
      (s) => s.mediumId,
      (s) => s.from,
      (s) => s.to,
    ),
  );
  return rows.map(factOf);
}

export async function idleAround(sql: Sql, moments: readonly Moment[]): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from uncommitted u where not u.effective and u.last_time < u.time
         and box(point(u.medium_id, u.last_time), point(u.medium_id, u.time))
           && box(point(k.medium_id, k.time), point(k.medium_id, k.time)) offset 0) u
       join record r on r.terminal = u.terminal and r.serial = u.serial`,
    momentColumns(moments),
  );
  return rows.map(factOf);
}
