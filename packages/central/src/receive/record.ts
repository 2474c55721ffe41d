/** Record: each record once, for ever; the first received stands (spec, "Records"). */
import type { JournalRecord } from '@retap/model';
import type { PositionedRecord } from '@retap/protocol';
import { sameRecord } from '@retap/protocol';
import { touchTerminals } from '../alert-work/touch.ts';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import { keepCarriedActions } from '../lists/actions.ts';
import type { ProofJudge } from '../port.ts';
import { judgeFresh } from '../proof/judging.ts';
import { type ChainClaim, keepClaims } from '../registry/chain.ts';
import { insertFacts } from './facts.ts';
import { extendRuns, findRuns, isInRun } from './journal-runs.ts';
import { differingFromStored } from './repeats.ts';

export interface BatchToRecord {
  readonly receipt: number;
  readonly records: readonly PositionedRecord[];
  /** What the batch says of its journal's hash chain; nothing where it is not signed. */
  readonly claims: readonly ChainClaim[];
}

/** A record as it arrived: which batch, and where in it. */
export interface Arrival extends PositionedRecord {
  readonly receipt: number;
}

/** @param batches in order of receipt, none of them recorded before, none missing between */
export async function recordBatches(
  sql: Sql,
  batches: readonly BatchToRecord[],
  judge: ProofJudge | undefined,
): Promise<void> {
  const last = batches.at(-1);
  if (!last) return;
  const { first, repeats } = firstArrivals(batches);
  const runs = await findRuns(sql, first);
  const fresh: Arrival[] = [];
  for (const [terminal, arrivals] of first) {
    for (const [serial, arrival] of arrivals) {
      if (!isInRun(runs, terminal, serial)) fresh.push(arrival);
      else repeats.push({ arrival, standing: null });
    }
  }
  await insertFacts(sql, fresh);
  await keepCarriedActions(sql, fresh);
  await extendRuns(sql, runs, fresh);
  await keepConflicts(sql, repeats);
  await keepClaims(
    sql,
    batches.flatMap(({ claims }) => claims),
  );
  if (judge) await judgeFresh(sql, fresh, last.receipt, judge);
  const latest = fresh.reduce((time, { record }) => Math.max(time, record.time), 0);
  await sql.rows('update progress set recorded = $1, latest_time = greatest(latest_time, $2)', [last.receipt, latest]);
}

/** Of each identity the first arrival; `standing` is what a repeat must equal, null where it is in the database. */
interface Repeat {
  readonly arrival: Arrival;
  readonly standing: JournalRecord | null;
}

function firstArrivals(batches: readonly BatchToRecord[]) {
  const first = new Map<number, Map<number, Arrival>>();
  const repeated: Arrival[] = [];
  for (const { receipt, records } of batches) {
    for (const { position, record } of records) {
      let ofTerminal = first.get(record.terminal);
      if (!ofTerminal) {
        ofTerminal = new Map();
        first.set(record.terminal, ofTerminal);
      }
      const arrival = { receipt, position, record };
      if (ofTerminal.has(record.serial)) repeated.push(arrival);
      else ofTerminal.set(record.serial, arrival);
    }
  }
  // Whether the first of this call or one in the database stands is known later; both are compared where both exist.
  const repeats: Repeat[] = repeated.map((arrival) => ({
    arrival,
    standing: first.get(arrival.record.terminal)?.get(arrival.record.serial)?.record ?? null,
  }));
  return { first, repeats };
}

async function keepConflicts(sql: Sql, repeats: readonly Repeat[]): Promise<void> {
  const conflicting = new Set(
    repeats.filter(({ arrival, standing }) => standing && !sameRecord(standing, arrival.record)).map((r) => r.arrival),
  );
  const inDatabase = repeats.filter(({ standing }) => standing === null).map((r) => r.arrival);
  for (const arrival of await differingFromStored(sql, inDatabase)) conflicting.add(arrival);
  if (conflicting.size === 0) return;
  const rows = [...conflicting];
  await touchTerminals(
    sql,
    rows.map(({ record }) => record.terminal),
  );
  await sql.rows(
    `insert into conflict (terminal, serial, receipt, position)
     select * from unnest($1::integer[], $2::integer[], $3::bigint[], $4::integer[])`,
    [
      arrayOf(rows.map((a) => a.record.terminal)),
      arrayOf(rows.map((a) => a.record.serial)),
      arrayOf(rows.map((a) => a.receipt)),
      arrayOf(rows.map((a) => a.position)),
    ],
  );
}
