/** Alerts at a point in time: stored conditions, and those that are read off accounts, runs and clones. */
import { ALERT_KINDS, type Alert, type AlertKind, type Configuration, type RecordIdentity } from '@retap/model';
import type { Sql } from '../database/database.ts';

export interface AlertQuery {
  readonly asOf: number;
  readonly configuration: Configuration;
  readonly medium?: string | undefined;
  readonly limit: number;
}

type Query = (sql: Sql, query: AlertQuery) => Promise<Alert[]>;

const OF_RECORD = `select m.medium, c.terminal, c.serial from condition c join medium m on m.id = c.medium_id`;

/** A condition that holds as soon as it is known. */
function atOnce<Kind extends AlertKind>(kind: Kind): Query {
  return async (sql, { medium, limit }) => {
    const rows = await sql.rows<{ medium: string } & RecordIdentity>(
      `${OF_RECORD} where c.kind = $1 and ($2::text is null or m.medium = $2)
       order by c.terminal, c.serial limit $3`,
      [kind, medium ?? null, limit],
    );
    return rows.map((row) => ({ kind, ...row }) as Alert);
  };
}

const missing: Query = (sql, { asOf, configuration, medium, limit }) =>
  sql.rows<Alert>(
    `select distinct 'missing-transaction' as kind, m.medium, c.missing_terminal as terminal, c.missing_time as time
     from condition c join medium m on m.id = c.medium_id
     where c.kind = 'missing-transaction' and c.since < $1 and ($2::text is null or m.medium = $2)
     order by 2, 3, 4 limit $3`,
    [asOf - configuration.maxDelay, medium ?? null, limit],
  );

const balanceMismatch: Query = (sql, { medium, limit }) =>
  sql.rows<Alert>(
    `select 'balance-mismatch' as kind, m.medium, c.terminal, c.serial, c.amount
     from condition c join medium m on m.id = c.medium_id
     where c.kind = 'balance-mismatch' and ($1::text is null or m.medium = $1) order by 3, 4 limit $2`,
    [medium ?? null, limit],
  );

const cloned: Query = async (sql, { medium, limit }) => {
  const rows = await sql.rows<{ medium: string; terminals: number[]; serials: number[] }>(
    `select m.medium, array_agg(c.terminal order by c.terminal, c.serial) as terminals,
       array_agg(c.serial order by c.terminal, c.serial) as serials
     from clone_member c join medium m on m.id = c.medium_id
     where $1::text is null or m.medium = $1 group by m.medium order by m.medium limit $2`,
    [medium ?? null, limit],
  );
  return rows.map(({ medium: name, terminals, serials }) => ({
    kind: 'cloned-medium',
    medium: name,
    transactions: terminals.map((terminal, i) => ({ terminal, serial: serials[i] as number })),
  }));
};

/** Most of the time nothing is ahead of the clock, and the latest time of all tells so without a scan. */
const future: Query = async (sql, { asOf, configuration, medium, limit }) => {
  const horizon = asOf + configuration.clockTolerance;
  const [progress] = await sql.rows<{ latest_time: number }>('select latest_time from progress');
  if ((progress?.latest_time ?? 0) <= horizon) return [];
  return sql.rows<Alert>(
    `select 'future-time' as kind, m.medium, r.terminal, r.serial from (
       select * from record where status = 'successful' and period_of(time) >= period_of($1) and time > $1
       union all
       select r.* from account a join uncommitted u on u.medium_id = a.medium_id and u.time > $1
       join record r on r.terminal = u.terminal and r.serial = u.serial where a.max_time > $1
     ) r join medium m on m.id = r.medium_id
     where ($2::text is null or m.medium = $2) and ${RECONCILED}
     order by 3, 4 limit $3`,
    [horizon, medium ?? null, limit],
  );
};

/** What waits for its partition is no part of the state yet. */
const RECONCILED = `r.receipt <= (select p.reconciled from partition p where p.id = partition_of(r.medium_id))`;

/** A node below the minimum, or of the wrong sign. The index on overdrawn records serves the usual minimum of 0. */
const invalidAmount: Query = (sql, { configuration, medium, limit }) =>
  sql.rows<Alert>(
    `select 'invalid-amount' as kind, medium, terminal, serial from (
       select m.medium, c.terminal, c.serial from condition c join medium m on m.id = c.medium_id
       where c.kind = 'invalid-amount'
       union
       select m.medium, r.terminal, r.serial from record r join medium m on m.id = r.medium_id
       left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
       left join account a on a.medium_id = r.medium_id
       where r.balance < $1 ${configuration.minimumBalance <= 0 ? 'and r.balance < 0' : ''} and ${RECONCILED}
         and (case when r.type = 'open' then r.terminal = a.root_terminal and r.serial = a.root_serial
                   else r.status = 'successful' or u.effective end)
     ) found where $2::text is null or medium = $2 order by terminal, serial limit $3`,
    [configuration.minimumBalance, medium ?? null, limit],
  );

const withoutPurchase: Query = (sql, { asOf, configuration, medium, limit }) =>
  sql.rows<Alert>(
    `select 'validation-without-purchase' as kind, m.medium, v.terminal, v.serial
     from pending_validation v join medium m on m.id = v.medium_id
     where v.time < $1 and ($2::text is null or m.medium = $2) order by 3, 4 limit $3`,
    [asOf - configuration.maxDelay, medium ?? null, limit],
  );

const unknownMedium: Query = (sql, { asOf, configuration, medium, limit }) =>
  sql.rows<Alert>(
    `select 'unknown-medium' as kind, m.medium from account a join medium m on m.id = a.medium_id
     where a.opens = 0 and a.first_time < $1 and ($2::text is null or m.medium = $2) order by 2 limit $3`,
    [asOf - configuration.maxDelay, medium ?? null, limit],
  );

const duplicateOpen: Query = (sql, { medium, limit }) =>
  sql.rows<Alert>(
    `select 'duplicate-open' as kind, m.medium from account a join medium m on m.id = a.medium_id
     where a.opens > 1 and ($1::text is null or m.medium = $1) order by 2 limit $2`,
    [medium ?? null, limit],
  );

const RUNS = `select terminal, first_serial, first_time,
  lag(last_serial, 1, 0) over journal as last_before, lag(last_time) over journal as time_before
  from journal_run window journal as (partition by terminal order by first_serial)`;

const serialGap: Query = async (sql, { asOf, configuration, medium, limit }) =>
  medium !== undefined
    ? []
    : sql.rows<Alert>(
        `select 'terminal-serial-gap' as kind, terminal, last_before + 1 as from, first_serial - 1 as to from (${RUNS}) run
         where first_serial > last_before + 1 and first_time < $1 order by 2, 3 limit $2`,
        [asOf - configuration.maxDelay, limit],
      );

const timeOrder: Query = async (sql, { medium, limit }) =>
  medium !== undefined
    ? []
    : sql.rows<Alert>(
        `select 'terminal-time-order' as kind, terminal, serial from (
           select terminal, serial from time_disorder
           union all
           select terminal, first_serial from (${RUNS}) run where first_time <= time_before
         ) found order by terminal, serial limit $1`,
        [limit],
      );

const conflicting: Query = async (sql, { medium, limit }) =>
  medium !== undefined
    ? []
    : sql.rows<Alert>(
        `select distinct 'conflicting-record' as kind, terminal, serial from conflict order by 2, 3 limit $1`,
        [limit],
      );

const QUERIES: Readonly<Record<AlertKind, Query>> = {
  'cloned-medium': cloned,
  'stale-medium': atOnce('stale-medium'),
  'missing-transaction': missing,
  'balance-mismatch': balanceMismatch,
  'medium-serial-mismatch': atOnce('medium-serial-mismatch'),
  'terminal-chain-mismatch': atOnce('terminal-chain-mismatch'),
  'commit-contradiction': atOnce('commit-contradiction'),
  'invalid-time': atOnce('invalid-time'),
  'future-time': future,
  'terminal-time-order': timeOrder,
  'invalid-amount': invalidAmount,
  'validation-without-purchase': withoutPurchase,
  'invalid-validation': atOnce('invalid-validation'),
  'duplicate-product': atOnce('duplicate-product'),
  'unknown-medium': unknownMedium,
  'duplicate-open': duplicateOpen,
  'terminal-serial-gap': serialGap,
  'conflicting-record': conflicting,
};

/** Alerts of one kind. `limit` alerts at most; of a medium where one is named (a terminal's alerts have none). */
export function alertsOf(sql: Sql, kind: AlertKind, query: AlertQuery): Promise<Alert[]> {
  return QUERIES[kind](sql, query);
}

/** All alerts, in the order of ALERT_KINDS. */
export async function* allAlerts(sql: Sql, query: Omit<AlertQuery, 'limit'>): AsyncGenerator<Alert> {
  for (const kind of ALERT_KINDS) yield* await alertsOf(sql, kind, { ...query, limit: 2 ** 31 - 1 });
}
