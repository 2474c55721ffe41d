/** Which serials of each terminal have been received, as maximal runs: one row a terminal where nothing is missing. */
import type { Time } from '@retap/model';
import { touchTerminals } from '../alert-work/touch.ts';
import type { Sql } from '../database/database.ts';
import { arrayOf, columnsOf } from '../database/literal.ts';
import type { Arrival } from './record.ts';

interface JournalRun {
  readonly terminal: number;
  readonly first: number;
  readonly last: number;
  readonly firstTime: Time;
  readonly lastTime: Time;
}

/** Runs by terminal, in order of serial. */
export type Runs = ReadonlyMap<number, readonly JournalRun[]>;

/** The runs that hold or touch one of these serials. Work is bounded by the serials asked for, not by the runs there are. */
export async function findRuns(sql: Sql, serials: ReadonlyMap<number, ReadonlyMap<number, unknown>>): Promise<Runs> {
  const stretches = [...serials].flatMap(([terminal, ofTerminal]) =>
    stretchesOf([...ofTerminal.keys()]).map(([from, to]) => ({ terminal, from, to })),
  );
  const rows = await sql.rows<JournalRun>(
    `select distinct run.terminal, run.first_serial as "first", run.last_serial as "last",
       run.first_time as "firstTime", run.last_time as "lastTime"
     from unnest($1::integer[], $2::bigint[], $3::bigint[]) as stretch (terminal, from_serial, to_serial)
     cross join lateral (
       (select * from journal_run j
        where j.terminal = stretch.terminal and j.first_serial <= stretch.from_serial
        order by j.first_serial desc limit 1)
       union all
       select * from journal_run j
       where j.terminal = stretch.terminal
         and j.first_serial > stretch.from_serial and j.first_serial <= stretch.to_serial + 1
     ) run
     order by 1, 2`,
    columnsOf(
      stretches,
      (s) => s.terminal,
      (s) => s.from,
      (s) => s.to,
    ),
  );
  const runs = new Map<number, JournalRun[]>();
  for (const run of rows) {
    const ofTerminal = runs.get(run.terminal);
    if (ofTerminal) ofTerminal.push(run);
    else runs.set(run.terminal, [run]);
  }
  return runs;
}

function stretchesOf(serials: number[]): [from: number, to: number][] {
  const stretches: [number, number][] = [];
  for (const serial of serials.sort((a, b) => a - b)) {
    const open = stretches.at(-1);
    if (open && open[1] + 1 === serial) open[1] = serial;
    else stretches.push([serial, serial]);
  }
  return stretches;
}

export function isInRun(runs: Runs, terminal: number, serial: number): boolean {
  const ofTerminal = runs.get(terminal) ?? [];
  let low = 0;
  let high = ofTerminal.length; // the last run that starts at or before the serial, by bisection
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ofTerminal[middle] as JournalRun).first <= serial) low = middle + 1;
    else high = middle;
  }
  const run = ofTerminal[low - 1];
  return run !== undefined && serial <= run.last;
}

/**
 * Joins new records to the runs. Two neighbours in one run whose times do not grow are a fault that nothing received
 * later can cure (the first received stands), so it is kept; between runs it may still be cured, and is read off them.
 */
export async function extendRuns(sql: Sql, runs: Runs, fresh: readonly Arrival[]): Promise<void> {
  const pieces = new Map<number, JournalRun[]>();
  for (const { record } of fresh) {
    const { terminal, serial, time } = record;
    let ofTerminal = pieces.get(terminal);
    if (!ofTerminal) {
      ofTerminal = [...(runs.get(terminal) ?? [])];
      pieces.set(terminal, ofTerminal);
    }
    ofTerminal.push({ terminal, first: serial, last: serial, firstTime: time, lastTime: time });
  }
  const joined = [...pieces.values()].map(join);
  const kept = joined.flatMap((j) => j.runs);
  const starts = new Set(kept.map((run) => `${run.terminal}-${run.first}`));
  const swallowed = [...pieces.keys()]
    .flatMap((terminal) => runs.get(terminal) ?? [])
    .filter((run) => !starts.has(`${run.terminal}-${run.first}`));
  await sql.rows(
    `delete from journal_run j using unnest($1::integer[], $2::integer[]) as gone (terminal, first_serial)
     where j.terminal = gone.terminal and j.first_serial = gone.first_serial`,
    columnsOf(
      swallowed,
      (run) => run.terminal,
      (run) => run.first,
    ),
  );
  await sql.rows(
    `insert into journal_run select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[])
     on conflict (terminal, first_serial) do update set last_serial = excluded.last_serial, last_time = excluded.last_time`,
    columnsOf(
      kept,
      (r) => r.terminal,
      (r) => r.first,
      (r) => r.last,
      (r) => r.firstTime,
      (r) => r.lastTime,
    ),
  );
  const disordered = joined.flatMap((j) => j.disordered);
  const gappy = await sql.rows<{ terminal: number }>(
    `select terminal from unnest($1::integer[]) as t (terminal)
     where exists (select from journal_run j where j.terminal = t.terminal and j.first_serial > 1)`,
    [arrayOf(pieces.keys())],
  );
  await touchTerminals(
    sql,
    [...swallowed, ...disordered, ...gappy].map(({ terminal }) => terminal),
  );
  if (disordered.length === 0) return;
  await sql.rows(
    'insert into time_disorder select * from unnest($1::integer[], $2::integer[])',
    columnsOf(
      disordered,
      (d) => d.terminal,
      (d) => d.serial,
    ),
  );
}

function join(pieces: JournalRun[]) {
  const runs: JournalRun[] = [];
  const disordered: { terminal: number; serial: number }[] = [];
  for (const piece of pieces.sort((a, b) => a.first - b.first)) {
    const open = runs.at(-1);
    if (open === undefined || open.last + 1 !== piece.first) {
      runs.push(piece);
      continue;
    }
    if (piece.firstTime <= open.lastTime) disordered.push({ terminal: piece.terminal, serial: piece.first });
    runs[runs.length - 1] = { ...open, last: piece.last, lastTime: piece.lastTime };
  }
  return { runs, disordered };
}
