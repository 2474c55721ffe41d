/** What is in doubt: how old it is, and what would settle it (docs/console.md, "In doubt"). */
import { identityOf, type RecordIdentity, type Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import { recordsOf } from './list.ts';
import type { Age, RecordLine, Settling, UnverifiedPage, UnverifiedQuery } from './port.ts';

const DAY = 86_400_000;
/** Bounds of the ages in days, as the paper's Table 2 has them. */
export const AGES: readonly number[] = [0, 1, 3, 10, 30];
/** More are not counted: each is looked up. */
const COUNTED_MAX = 100_000;
const MISSING_MAX = 3;

/** @param clockTolerance of the database, in milliseconds */
export async function unverifiedOf(
  sql: Sql,
  { asOf, age, before, terminal, limit }: UnverifiedQuery,
  clockTolerance: number,
): Promise<UnverifiedPage> {
  const range = age === undefined ? {} : rangeOf(age, asOf);
  const page = await recordsOf(sql, { status: 'unverified', ...range, before, terminal, limit });
  const settling = await settlingOf(sql, page.records, clockTolerance);
  return {
    ages: await agesOf(sql, asOf),
    records: page.records.map((line) => ({ line, settledBy: settling.get(identityOf(line)) ?? [{ by: 'next-tap' }] })),
    next: page.next,
  };
}

/** What is `age` days old, up to the next bound. */
function rangeOf(age: number, asOf: Time): { readonly from?: Time; readonly until?: Time } {
  const older = AGES[AGES.indexOf(age) + 1];
  // What is ahead of the centre's clock is as young as anything can be.
  return {
    ...(age > 0 && { until: asOf - age * DAY + 1 }),
    ...(older !== undefined && { from: Math.max(0, asOf - older * DAY + 1) }),
  };
}

export async function agesOf(sql: Sql, asOf: Time): Promise<Age[]> {
  const rows = await sql.rows<{ place: number; count: number; amount: number }>(
    `select width_bucket(greatest($1 - u.time, 0), $2::bigint[]) as place, count(*)::integer as count,
       coalesce(sum(abs(r.amount)), 0) as amount
     from (select * from uncommitted where resolved = 'unverified' order by time desc limit $3) u
     join record r on r.terminal = u.terminal and r.serial = u.serial group by place`,
    [asOf, AGES.map((days) => days * DAY), COUNTED_MAX],
  );
  const found = new Map(rows.map((row) => [row.place, row]));
  return AGES.map((from, index) => {
    const row = found.get(index + 1);
    return { from, to: AGES[index + 1] ?? null, count: row?.count ?? 0, amount: row?.amount ?? 0 };
  });
}

interface Surroundings extends RecordIdentity {
  readonly time: Time;
  readonly seen_until: Time;
  readonly last_in_run: number;
  readonly next_run: number | null;
  readonly missing_terminals: number[];
  readonly missing_times: string[];
}

async function settlingOf(
  sql: Sql,
  lines: readonly RecordLine[],
  clockTolerance: number,
): Promise<Map<string, Settling[]>> {
  const rows = await sql.rows<Surroundings>(
    `select u.terminal, u.serial, u.time, a.max_time as seen_until, j.last_serial as last_in_run,
       (select min(n.first_serial) from journal_run n where n.terminal = u.terminal and n.first_serial > u.serial) as next_run,
       array(select c.missing_terminal from condition c where c.medium_id = u.medium_id and c.kind = 'missing-transaction'
         and c.missing_time > u.last_time order by c.missing_time limit $3) as missing_terminals,
       array(select c.missing_time from condition c where c.medium_id = u.medium_id and c.kind = 'missing-transaction'
         and c.missing_time > u.last_time order by c.missing_time limit $3) as missing_times
     from unnest($1::integer[], $2::integer[]) as k (terminal, serial)
     join uncommitted u on u.terminal = k.terminal and u.serial = k.serial
     join account a on a.medium_id = u.medium_id
     cross join lateral (select last_serial from journal_run j where j.terminal = u.terminal and j.first_serial <= u.serial
       order by j.first_serial desc limit 1) j`,
    [
      ...columnsOf(
        lines,
        ({ terminal }) => terminal,
        ({ serial }) => serial,
      ),
      MISSING_MAX,
    ],
  );
  return new Map(rows.map((row) => [identityOf(row), settlingBy(row, clockTolerance)]));
}

function settlingBy(row: Surroundings, clockTolerance: number): Settling[] {
  const found: Settling[] = row.missing_terminals.map((terminal, index) => ({
    by: 'missing-record',
    terminal,
    time: Number(row.missing_times[index]),
  }));
  if (row.last_in_run === row.serial) {
    const { terminal, serial, next_run: next } = row;
    found.push({ by: 'own-terminal', terminal, from: serial + 1, to: next === null ? null : next - 1 });
  }
  const isSeenSoonAfter = row.seen_until > row.time && row.seen_until < row.time + clockTolerance;
  if (isSeenSoonAfter) found.push({ by: 'tap-after', time: row.time + clockTolerance });
  else if (row.seen_until <= row.time || found.length === 0) found.push({ by: 'next-tap' });
  return found;
}
