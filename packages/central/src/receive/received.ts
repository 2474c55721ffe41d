/** What has been received of terminals' journals, so that they see what a centre that was restored from an old backup has lost. */
import type { TerminalNumber } from '@retap/model';
import { MISSING_MAX, type ReceivedSerials, type SerialRange } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';

/** Serials `first` … `last`, all received, and neither neighbour. */
interface Run {
  readonly first: number;
  readonly last: number;
}

/** Of each of these terminals, as far as the runs are recorded. @param sql the transaction that recorded them */
export async function receivedOf(
  sql: Sql,
  terminals: Iterable<TerminalNumber>,
): Promise<ReadonlyMap<TerminalNumber, ReceivedSerials>> {
  const numbers = [...new Set(terminals)];
  if (numbers.length === 0) return new Map();
  // A run more than there can be holes to tell of: each has one hole below it.
  const rows = await sql.rows<Run & { readonly terminal: TerminalNumber }>(
    `select t.terminal, run.first_serial as "first", run.last_serial as "last"
     from unnest($1::integer[]) t (terminal)
     cross join lateral (
       select first_serial, last_serial from journal_run j
       where j.terminal = t.terminal order by first_serial desc limit ${MISSING_MAX + 1}
     ) run
     order by 1, 2 desc`,
    [arrayOf(numbers)],
  );
  const runs = new Map<TerminalNumber, Run[]>(numbers.map((terminal) => [terminal, []]));
  for (const { terminal, ...run } of rows) runs.get(terminal)?.push(run);
  return new Map(
    [...runs].map(([terminal, own]) => {
      const last = own[0]?.last ?? 0;
      return [terminal, { last, missing: missingIn(own, 1, last) }];
    }),
  );
}

/** What of `from` … `to` is missing, also above all that was received. Null while a rebuild is recording the batches anew. */
export async function receivedWithin(
  sql: Sql,
  terminal: TerminalNumber,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReceivedSerials | null> {
  const rows = await sql.rows<Run & { readonly isBehind: boolean; readonly highest: number | null }>(
    `select p.recorded < p.received as "isBehind", run.first_serial as "first", run.last_serial as "last",
       (select last_serial from journal_run where terminal = $1 order by first_serial desc limit 1) as highest
     from progress p left join lateral (
       select first_serial, last_serial from journal_run
       where terminal = $1 and first_serial <= $2 order by first_serial desc limit ${MISSING_MAX + 1}
     ) run on true
     order by 2 desc nulls last`,
    [terminal, to],
  );
  if (rows.some(({ isBehind }) => isBehind)) return null;
  const runs = rows.filter(({ first }) => first !== null);
  return { last: rows[0]?.highest ?? 0, missing: missingIn(runs, from, to) };
}

/** @param runs the newest first, at least one more than {@link MISSING_MAX} where there are so many */
export function missingIn(runs: readonly Run[], from: number, to: number): SerialRange[] {
  const missing: SerialRange[] = [];
  let above = to + 1;
  for (const { first, last } of [...runs, { first: 0, last: 0 }]) {
    const hole: SerialRange = [Math.max(from, last + 1), above - 1];
    if (hole[0] <= hole[1] && missing.length < MISSING_MAX) missing.push(hole);
    above = first;
    if (above <= from) break;
  }
  return missing;
}
