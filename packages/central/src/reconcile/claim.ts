/** Partitions: media are spread over 16; whoever locks a partition's row owns its media until its transaction ends. */
import type { Sql } from '../database/database.ts';

export const PARTITIONS = 16;
/** Records a round takes at most, but for a single batch that holds more: it bounds memory, and the time a claim lasts. */
const RECORDS_MAX = 50_000;

export interface Claim {
  readonly partitions: readonly number[];
  /** The records wanted have receipts in (from, target], and after their partition's own cursor. */
  readonly from: number;
  readonly target: number;
}

/** Claims this processor's share of what waits, the furthest behind first, passing over what others hold. */
export async function claimPartitions(sql: Sql, processors: number): Promise<Claim | null> {
  const rows = await sql.rows<{ id: number; reconciled: number; recorded: number }>(
    `select p.id, p.reconciled, g.recorded from partition p cross join progress g where p.reconciled < g.recorded
     order by p.reconciled, p.id limit $1 for update of p skip locked`,
    [Math.ceil(PARTITIONS / processors)],
  );
  if (rows.length === 0) return null;
  const from = Math.min(...rows.map((row) => row.reconciled));
  const recorded = Math.min(...rows.map((row) => row.recorded));
  const batches = await sql.rows<{ receipt: number; accepted: number }>(
    'select receipt, accepted from batch where receipt > $1 and receipt <= $2 order by receipt limit 10000',
    [from, recorded],
  );
  let target = from;
  let records = 0;
  for (const { receipt, accepted } of batches) {
    records += accepted;
    if (target > from && records > RECORDS_MAX) break;
    target = receipt;
  }
  return { partitions: rows.map((row) => row.id), from, target };
}

export async function moveCursors(sql: Sql, { partitions, target }: Claim): Promise<void> {
  await sql.rows('update partition set reconciled = greatest(reconciled, $1) where id = any($2::integer[])', [
    target,
    `{${partitions.join(',')}}`,
  ]);
}
