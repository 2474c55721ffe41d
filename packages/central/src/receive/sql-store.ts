/** Recording over SQL: one statement for all records of a call. */
import { touchTerminals } from '../alert-work/touch.ts';
import type { Sql } from '../database/database.ts';
import { arrayOf, columnsOf } from '../database/literal.ts';
import { keepCarriedActions } from '../lists/actions.ts';
import type { ProofJudge } from '../port.ts';
import { judgeFresh } from '../proof/judging.ts';
import { keepClaims } from '../registry/chain.ts';
import type { Recorded, RecordedRow } from '../remembered.ts';
import { keepTransfers } from '../transfers/keep.ts';
import { insertFacts, mediumIds } from './facts.ts';
import type { Joined, JournalRun, Runs, SerialsAsked } from './journal-runs.ts';
import { type Arrival, type BatchToRecord, type RecordStore, record } from './record.ts';
import { differingFromStored } from './repeats.ts';

export class SqlRecordStore implements RecordStore {
  readonly #sql: Sql;
  readonly #known: ReadonlyMap<string, number>;
  /** What was inserted. */
  readonly rows: RecordedRow[] = [];
  /** Numbers of media that were not known. */
  readonly media = new Map<string, number>();

  /** @param sql the transaction in which the batches become durable @param known numbers of media */
  constructor(sql: Sql, known: ReadonlyMap<string, number>) {
    this.#sql = sql;
    this.#known = known;
  }

  runs(serials: SerialsAsked) {
    return findRuns(this.#sql, serials);
  }
  async insert(fresh: readonly Arrival[]) {
    const unknown = new Map<string, { mediumId: number }[]>();
    const rows = fresh.map(({ receipt, record: own }) => {
      const mediumId = this.#known.get(own.medium); // asked now: by the end of the next question it may be forgotten
      const row = { receipt, record: own, mediumId: mediumId ?? 0 };
      if (mediumId === undefined) {
        const waiting = unknown.get(own.medium);
        if (waiting) waiting.push(row);
        else unknown.set(own.medium, [row]);
      }
      return row;
    });
    for (const [name, id] of await mediumIds(this.#sql, unknown)) {
      for (const row of unknown.get(name) ?? []) row.mediumId = id;
      this.media.set(name, id);
    }
    if (rows.some(({ mediumId }) => mediumId === 0)) throw new Error('a medium has no number');
    await insertFacts(this.#sql, rows);
    for (const row of rows) this.rows.push(row);
    await keepCarriedActions(this.#sql, fresh);
    await keepTransfers(this.#sql, fresh);
  }
  writeRuns(joined: Joined) {
    return writeRuns(this.#sql, joined);
  }
  differing(arrivals: readonly Arrival[]) {
    return differingFromStored(this.#sql, arrivals);
  }
  insertConflicts(arrivals: readonly Arrival[]) {
    return insertConflicts(this.#sql, arrivals);
  }
}

export interface RecordingOptions {
  readonly judge: ProofJudge | undefined;
  /** As of `progress`, which is locked. */
  readonly epoch: number;
  /** Numbers of media that are known; default: none. */
  readonly media?: ReadonlyMap<string, number>;
}

/** Records batches, with what else hangs on them. @param batches as {@link record} wants them */
export async function recordBatches(
  sql: Sql,
  batches: readonly BatchToRecord[],
  { judge, epoch, media = new Map() }: RecordingOptions,
): Promise<Recorded | null> {
  const last = batches.at(-1);
  if (!last) return null;
  const store = new SqlRecordStore(sql, media);
  const fresh = await record(store, batches);
  await keepClaims(
    sql,
    batches.flatMap(({ claims }) => claims),
  );
  if (judge) await judgeFresh(sql, fresh, last.receipt, judge);
  const latest = fresh.reduce((time, { record: { time: own } }) => Math.max(time, own), 0);
  await sql.rows('update progress set recorded = $1, latest_time = greatest(latest_time, $2)', [last.receipt, latest]);
  return { epoch, rows: store.rows, media: store.media };
}

/** The runs that hold or touch one of these serials. Work is bounded by the serials asked for, not by the runs there are. */
async function findRuns(sql: Sql, serials: SerialsAsked): Promise<Runs> {
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

async function writeRuns(sql: Sql, { terminals, swallowed, kept, disordered }: Joined): Promise<void> {
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
  const gappy = await sql.rows<{ terminal: number }>(
    `select terminal from unnest($1::integer[]) as t (terminal)
     where exists (select from journal_run j where j.terminal = t.terminal and j.first_serial > 1)`,
    [arrayOf(terminals)],
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

async function insertConflicts(sql: Sql, arrivals: readonly Arrival[]): Promise<void> {
  if (arrivals.length === 0) return;
  await touchTerminals(
    sql,
    arrivals.map(({ record: { terminal } }) => terminal),
  );
  await sql.rows(
    `insert into conflict (terminal, serial, receipt, position)
     select * from unnest($1::integer[], $2::integer[], $3::bigint[], $4::integer[])`,
    columnsOf(
      arrivals,
      (a) => a.record.terminal,
      (a) => a.record.serial,
      (a) => a.receipt,
      (a) => a.position,
    ),
  );
}
