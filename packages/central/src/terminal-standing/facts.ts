/** What is counted of each terminal, set-wise over the whole fleet. */
import type { Amount, TerminalNumber, Time } from '@retap/model';
import type { RegisteredRole } from '@retap/protocol';
import { OPEN } from '../alert-groups/groups.ts';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import { type Owed, UNVERIFIED_OVER } from './port.ts';

type OwedCount = Omit<Owed, 'amount'>;

/**
 * One transaction that several records read is owed once: counted in the order of the index of what is owed.
 * @param late what was read before then is late @param terminal null: of all
 */
export async function owedByTerminal(
  sql: Sql,
  late: Time,
  terminal: TerminalNumber | null,
): Promise<ReadonlyMap<TerminalNumber, OwedCount>> {
  const rows = await sql.rows<OwedCount & { readonly terminal: TerminalNumber }>(
    `select terminal, count(*) as transactions, count(*) filter (where since < $1) as late from (
       select missing_terminal as terminal, min(since) as since from condition
       where kind = 'missing-transaction' and ($2::integer is null or missing_terminal = $2)
       group by missing_terminal, missing_time, medium_id) o
     group by terminal`,
    [late, terminal],
  );
  return new Map(rows.map(({ terminal: each, ...count }) => [each, count]));
}

/** Σ |gap| of the records that read what a terminal owes: each gap is one record's. @param terminals null: of all, which is dear */
export async function gapsByTerminal(
  sql: Sql,
  terminals: readonly TerminalNumber[] | null,
): Promise<ReadonlyMap<TerminalNumber, Amount>> {
  const rows = await sql.rows<{ terminal: TerminalNumber; amount: Amount }>(
    `select c.missing_terminal as terminal, sum(abs(s.amount))::bigint as amount
     from synchronization s join condition c on c.terminal = s.terminal and c.serial = s.serial
     where c.kind = 'missing-transaction' and ($1::integer[] is null or c.missing_terminal = any($1))
     group by c.missing_terminal`,
    [terminals && arrayOf(terminals)],
  );
  return new Map(rows.map(({ terminal, amount }) => [terminal, amount]));
}

export interface Torn {
  readonly role: RegisteredRole;
  readonly unverified: number;
  readonly transactions: number;
}

/** Of each terminal's last serials, by the key of what did not report a commit: so many at most, however long its journal is. */
export async function tornByTerminal(sql: Sql): Promise<ReadonlyMap<TerminalNumber, Torn>> {
  const rows = await sql.rows<Torn & { readonly terminal: TerminalNumber }>(
    `select t.terminal, t.role, u.unverified, greatest(j.received - u.observations, 0) as transactions
     from terminal t
     cross join lateral (
       select last_serial as last from journal_run r where r.terminal = t.terminal order by first_serial desc limit 1) l
     cross join lateral (
       select sum(last_serial::bigint - greatest(first_serial, l.last - $1 + 1) + 1)::bigint as received
       from journal_run r where r.terminal = t.terminal and last_serial > l.last - $1) j
     cross join lateral (
       select count(*) filter (where status = 'unverified') as unverified,
         count(*) filter (where status is null) as observations
       from uncommitted u where u.terminal = t.terminal and u.serial > l.last - $1) u`,
    [UNVERIFIED_OVER],
  );
  return new Map(rows.map(({ terminal, ...torn }) => [terminal, torn]));
}

export async function casesByTerminal(
  sql: Sql,
  terminal: TerminalNumber | null,
): Promise<ReadonlyMap<TerminalNumber, number>> {
  const rows = await sql.rows<{ terminal: TerminalNumber; cases: number }>(
    `select split_part(cause, ':', 2)::integer as terminal, count(*) as cases from alert_case
     where ${OPEN} and cause like 'terminal:%' and ($1::text is null or cause = $1) group by cause`,
    [terminal === null ? null : `terminal:${terminal}`],
  );
  return new Map(rows.map(({ terminal: each, cases }) => [each, cases]));
}

/** Serials between the runs that arrived, the newest first. */
export async function missingRanges(sql: Sql, terminal: TerminalNumber, limit: number): Promise<[number, number][]> {
  const rows = await sql.rows<{ from: number; to: number }>(
    `select before + 1 as from, first_serial - 1 as to from (
       select first_serial, lag(last_serial, 1, 0) over (order by first_serial) as before
       from journal_run where terminal = $1) run
     where first_serial > before + 1 order by first_serial desc limit $2`,
    [terminal, limit],
  );
  return rows.map(({ from, to }) => [from, to]);
}

export interface OwedFound {
  readonly medium: string;
  readonly medium_id: number;
  readonly time: Time;
  readonly since: Time;
  readonly amount: Amount | null;
}

/** By the index of what is owed, from a place on: no more is read than shown, but for what several records read. */
export function owedOf(
  sql: Sql,
  terminal: TerminalNumber,
  [time, medium]: readonly [time: number, medium: number],
  limit: number,
): Promise<OwedFound[]> {
  return sql.rows<OwedFound>(
    `select m.medium, o.* from (
       select c.medium_id, c.missing_time as time, min(c.since) as since, sum(s.amount)::bigint as amount
       from condition c left join synchronization s on s.terminal = c.terminal and s.serial = c.serial
       where c.kind = 'missing-transaction' and c.missing_terminal = $1
         and (c.missing_time, c.medium_id) < ($2::bigint, $3::integer)
       group by c.missing_terminal, c.missing_time, c.medium_id
       order by c.missing_time desc, c.medium_id desc limit $4) o
     join medium m on m.id = o.medium_id order by o.time desc, o.medium_id desc`,
    [terminal, time, medium, limit],
  );
}
