/** Alerts that stand for some media and terminals: the conditions of `read/alerts.ts`, asked by subject and set-wise. */
import type { Configuration } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import { CLOCKS_OFF } from '../registry/clock.ts';
import { type TransferAlertKind, transferAlertsOf } from '../transfers/alerts.ts';
import type { AnyAlert } from './port.ts';

export interface Subjects {
  readonly media: readonly number[];
  readonly terminals: readonly number[];
}

export interface StandingQuery {
  readonly asOf: number;
  readonly configuration: Configuration;
}

/** What waits for its partition is no part of the state yet. */
const RECONCILED = `r.receipt <= (select p.reconciled from partition p where p.id = partition_of(r.medium_id))`;

/** @param media in the place of `$1` @param late greatest time that is late, in the place of `$2` */
const STORED = `
  select m.medium, c.kind, c.terminal, c.serial, c.amount, c.missing_terminal, c.missing_time
  from condition c join medium m on m.id = c.medium_id
  where c.medium_id = any($1::integer[]) and (c.since is null or c.since < $2)
  union all
  select m.medium, 'validation-without-purchase', v.terminal, v.serial, null, null, null
  from pending_validation v join medium m on m.id = v.medium_id where v.medium_id = any($1::integer[]) and v.time < $2
  union all
  select m.medium, case when a.opens = 0 then 'unknown-medium' else 'duplicate-open' end, null, null, null, null, null
  from account a join medium m on m.id = a.medium_id
  where a.medium_id = any($1::integer[]) and (a.opens > 1 or a.opens = 0 and a.first_time < $2)
  union all
  select m.medium, 'invalid-amount', r.terminal, r.serial, null, null, null
  from record r join medium m on m.id = r.medium_id join account a on a.medium_id = r.medium_id
  left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
  where r.medium_id = any($1::integer[]) and r.balance < 0 and r.balance < $3 and ${RECONCILED}
    and (case when r.type = 'open' then r.terminal = a.root_terminal and r.serial = a.root_serial
              else r.status = 'successful' or u.effective end)`;

interface StoredRow {
  readonly medium: string;
  readonly kind: string;
  readonly terminal: number | null;
  readonly serial: number | null;
  readonly amount: number | null;
  readonly missing_terminal: number | null;
  readonly missing_time: number | null;
}

export async function alertsOfMedia(
  sql: Sql,
  { asOf, configuration }: StandingQuery,
  media: readonly number[],
): Promise<AnyAlert[]> {
  if (media.length === 0) return [];
  const wanted = arrayOf(media);
  const { maxDelay, clockTolerance, minimumBalance } = configuration;
  const stored = await sql.rows<StoredRow>(STORED, [wanted, asOf - maxDelay, minimumBalance]);
  return [
    ...stored.map(alertOf),
    ...(await clonesAmong(sql, wanted)),
    ...(await futureAmong(sql, wanted, asOf + clockTolerance)),
    ...(await transfersAmong(sql, { asOf, configuration }, media)),
  ];
}

function alertOf(row: StoredRow): AnyAlert {
  const { kind, medium, terminal, serial } = row;
  if (kind === 'missing-transaction') {
    return { kind, medium, terminal: row.missing_terminal, time: row.missing_time } as AnyAlert;
  }
  if (terminal === null) return { kind, medium } as AnyAlert;
  return { kind, medium, terminal, serial, ...(kind === 'balance-mismatch' && { amount: row.amount }) } as AnyAlert;
}

async function clonesAmong(sql: Sql, media: string): Promise<AnyAlert[]> {
  const rows = await sql.rows<{ medium: string; terminals: number[]; serials: number[] }>(
    `select m.medium, array_agg(c.terminal order by c.terminal, c.serial) as terminals,
       array_agg(c.serial order by c.terminal, c.serial) as serials
     from clone_member c join medium m on m.id = c.medium_id where c.medium_id = any($1::integer[]) group by m.medium`,
    [media],
  );
  return rows.map(({ medium, terminals, serials }) => ({
    kind: 'cloned-medium',
    medium,
    transactions: terminals.map((terminal, i) => ({ terminal, serial: serials[i] as number })),
  }));
}

/** Most of the time nothing is ahead of the clock, and the latest time of all tells so. */
function futureAmong(sql: Sql, media: string, horizon: number): Promise<AnyAlert[]> {
  return sql.rows<AnyAlert>(
    `select 'future-time' as kind, m.medium, r.terminal, r.serial
     from account a join medium m on m.id = a.medium_id cross join lateral records_of(a.medium_id) r
     where a.medium_id = any($1::integer[]) and a.max_time > $2 and r.time > $2 and ${RECONCILED}
       and (select latest_time from progress) > $2`,
    [media, horizon],
  );
}

async function transfersAmong(sql: Sql, query: StandingQuery, media: readonly number[]): Promise<AnyAlert[]> {
  const doubted = await sql.rows<{ kind: TransferAlertKind }>(
    'select distinct kind from transfer_doubt where medium_id = any($1::integer[])',
    [arrayOf(media)],
  );
  const alerts: AnyAlert[] = [];
  for (const { kind } of doubted) {
    alerts.push(...(await transferAlertsOf(sql, kind, { ...query, media, limit: 2 ** 31 - 1 })));
  }
  return alerts;
}

const RUNS = `select terminal, first_serial, first_time,
  lag(last_serial, 1, 0) over journal as last_before, lag(last_time) over journal as time_before
  from journal_run where terminal = any($1::integer[]) window journal as (partition by terminal order by first_serial)`;

export function alertsOfTerminals(
  sql: Sql,
  { asOf, configuration }: StandingQuery,
  terminals: readonly number[],
): Promise<AnyAlert[]> {
  if (terminals.length === 0) return Promise.resolve([]);
  return sql
    .rows<{ alert: AnyAlert }>(
      `with run as (${RUNS})
     select json_build_object('kind', 'terminal-serial-gap', 'terminal', terminal, 'from', last_before + 1,
       'to', first_serial - 1) as alert
     from run where first_serial > last_before + 1 and first_time < $2
     union all
     select json_build_object('kind', 'terminal-clock-off', 'terminal', c.terminal) ${CLOCKS_OFF}
       and c.terminal = any($1::integer[])
     union all
     select json_build_object('kind', kind, 'terminal', terminal, 'serial', serial) from (
       select 'terminal-time-order' as kind, terminal, first_serial as serial from run where first_time <= time_before
       union all
       select 'terminal-time-order', terminal, serial from time_disorder where terminal = any($1::integer[])
       union all
       select distinct 'conflicting-record', terminal, serial from conflict where terminal = any($1::integer[])
       union all
       select 'journal-chain-broken', terminal, serial from chain_break where terminal = any($1::integer[])) each`,
      [arrayOf(terminals), asOf - configuration.maxDelay],
    )
    .then((rows) => rows.map(({ alert }) => alert));
}
