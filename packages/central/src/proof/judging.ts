/**
 * How far the batches are judged, and by which keys. New records are judged as they are recorded, in the same SQL
 * transaction; where keys came later, or are others, the batches are gone through again.
 */
import { identityOf, isTransaction } from '@retap/model';
import { lockWatch } from '../alert-work/touch.ts';
import type { Database, Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { ProofJudge } from '../port.ts';
import { lockProgress } from '../receive/progress.ts';
import type { Arrival } from '../receive/record.ts';
import { storedBatches } from '../receive/repeats.ts';
import { keepLines, provable } from './keep.ts';
import { type ProofLine, proofLine } from './rules.ts';

/** Few, for they are held in memory; a batch may have tens of thousands of records. */
const BATCHES_A_STEP = 10;

export async function forgetProofs(sql: Sql): Promise<void> {
  await sql.script(`
    truncate proof, proof_shift, proof_repeated;
    update judging set judged = 0;
    update alert_watch set proofs_wait_for = (select received from progress);
  `);
}

/** From here on these keys decide, and no others: whoever holds others stops judging. */
export function adoptKeys(database: Database, { keys }: ProofJudge): Promise<void> {
  return database.transaction(async (sql) => {
    await lockWatch(sql);
    await lockProgress(sql);
    const [judging] = await sql.rows<{ keys: string }>('select keys from judging');
    if (judging?.keys === keys) return;
    await forgetProofs(sql);
    await sql.rows('update judging set keys = $1', [keys]);
  });
}

/**
 * Judges records that are just being recorded, unless earlier ones still wait for it.
 * @param sql a transaction that holds the lock of `progress`, which still says what was recorded before
 */
export async function judgeFresh(sql: Sql, fresh: readonly Arrival[], last: number, judge: ProofJudge): Promise<void> {
  const [current] = await sql.rows('select from judging j, progress g where j.keys = $1 and j.judged = g.recorded', [
    judge.keys,
  ]);
  if (!current) return;
  const lines = linesIfJudged(fresh, judge);
  if (lines === null) return;
  await keepLines(sql, lines);
  await sql.rows('update judging set judged = $1', [last]);
}

/** Null where the keys cannot be used: uploads go on, and {@link judgeBehind} tells of it when it meets them. */
function linesIfJudged(fresh: readonly Arrival[], judge: ProofJudge): ProofLine[] | null {
  try {
    return provable(fresh, judge).map((record) => proofLine(record, judge));
  } catch {
    return null;
  }
}

/** Judges some of the batches that are recorded and not yet judged. @returns how many may be left */
export async function judgeBehind(database: Database, judge: ProofJudge): Promise<number> {
  const [behind] = await database.rows<{ judged: number; recorded: number }>(
    'select j.judged, g.recorded from judging j, progress g where j.keys = $1 and j.judged < g.recorded',
    [judge.keys],
  );
  if (!behind) return 0;
  const batches = (await storedBatches(database, behind.judged, BATCHES_A_STEP)).filter(
    ({ receipt }) => receipt <= behind.recorded,
  );
  const last = batches.at(-1);
  if (!last) return 0;
  // Before the lock: judging takes long, and uploads wait for whoever holds it.
  const lines = batches.flatMap(({ receipt, records }) => linesOf(receipt, records, judge));
  return database.transaction(async (sql) => {
    const { recorded } = await lockProgress(sql);
    const [now] = await sql.rows('select from judging where keys = $1 and judged = $2', [judge.keys, behind.judged]);
    // Someone else was faster, has other keys, or is rebuilding: what was judged here is dropped.
    if (!now || recorded < last.receipt) return 1;
    await keepLines(sql, await standing(sql, lines));
    await sql.rows('update judging set judged = $1', [last.receipt]);
    return recorded - last.receipt;
  });
}

interface ReceivedLine extends ProofLine {
  readonly receipt: number;
}

/** Within a batch too the first stands. */
function linesOf(receipt: number, records: readonly Omit<Arrival, 'receipt'>[], judge: ProofJudge): ReceivedLine[] {
  const seen = new Set<string>();
  const lines: ReceivedLine[] = [];
  for (const { record } of records) {
    if (seen.has(identityOf(record))) continue;
    seen.add(identityOf(record));
    if (isTransaction(record) && judge.canProve(record.medium)) lines.push({ ...proofLine(record, judge), receipt });
  }
  return lines;
}

async function standing(sql: Sql, lines: readonly ReceivedLine[]): Promise<ReceivedLine[]> {
  if (lines.length === 0) return [];
  const rows = await sql.rows<{ place: number }>(
    `select u.place from unnest($1::integer[], $2::integer[], $3::bigint[]) with ordinality
       as u (terminal, serial, receipt, place)
     join record r on r.terminal = u.terminal and r.serial = u.serial and r.receipt = u.receipt order by u.place`,
    columnsOf(
      lines,
      (l) => l.terminal,
      (l) => l.serial,
      (l) => l.receipt,
    ),
  );
  return rows.map(({ place }) => lines[place - 1] as ReceivedLine);
}
