/** Partitions: media are spread over 64; whoever locks a partition's row owns its media until its transaction ends. */
import type { Sql } from '../database/database.ts';

const PARTITIONS = 64;
/** Records a round takes, roughly: it bounds memory, and the time a claim lasts; what fits into a processor's cache is decided faster. */
const RECORDS_WANTED = 12_000;

export interface Claim {
  readonly partitions: readonly ClaimedPartition[];
  /** As of `progress`. */
  readonly epoch: number;
  /** The least of their cursors. */
  readonly from: number;
  /** The round takes what is after each partition's own cursor, up to here. */
  readonly target: number;
}

interface ClaimedPartition {
  readonly id: number;
  /** Receipt up to which it is reconciled. */
  readonly reconciled: number;
  /** How many rounds it has had. */
  readonly rounds: number;
  /** Receipt up to which what it has is indexed: less where a process of the version before reconciled. */
  readonly indexed: number;
}

export function partitionOf(mediumId: number): number {
  return mediumId % PARTITIONS;
}

export interface ClaimOptions {
  /** How many processors share the partitions. */
  readonly processors: number;
  /** Waits for a partition that another processor holds, where every one that is behind is held. */
  readonly patient?: boolean;
}

/**
 * Claims a share of what waits, the furthest behind first, passing over what others hold.
 *
 * Where much waits, a round takes fewer media rather than fewer batches: a medium whose records are all there goes
 * straight, while each of them alone, in the order in which terminals happened to upload, would be a gap to be filled.
 */
export async function claimPartitions(sql: Sql, { processors, patient }: ClaimOptions): Promise<Claim | null> {
  const [waiting] = await sql.rows<{ cursor: number; recorded: number; records: number }>(
    // Statistics of a young table say that it is empty, and reading all of it would look cheaper than an index.
    `select set_config('enable_seqscan', 'off', true), c.reconciled as cursor, g.recorded,
       (select coalesce(sum(b.accepted), 0) from batch b where b.receipt > c.reconciled and b.receipt <= g.recorded) as records
     from progress g, (select min(reconciled) as reconciled from partition) c`,
  );
  if (!waiting || waiting.cursor >= waiting.recorded) return null;
  // Whoever waits for others holds nothing meanwhile and takes one at a time, so that no two wait for each other.
  const share = patient ? 1 : Math.ceil(PARTITIONS / processors);
  const affordable = Math.floor((PARTITIONS * RECORDS_WANTED) / Math.max(1, waiting.records));
  const claimed = await sql.rows<ClaimedPartition>(
    `select id, reconciled, rounds, indexed from partition where reconciled < $1 order by reconciled, id limit $2 for update ${patient ? '' : 'skip locked'}`,
    [waiting.recorded, Math.max(1, Math.min(share, affordable))],
  );
  if (claimed.length === 0) return null;
  const from = Math.min(...claimed.map((row) => row.reconciled));
  // Asked again now that the partitions are ours: a rebuild in between has set both back, and a cursor moved to what was
  // recorded before it would step over all that is recorded anew.
  const [now] = await sql.rows<{ recorded: number; epoch: number }>('select recorded, epoch from progress');
  const recorded = Math.min(waiting.recorded, now?.recorded ?? 0);
  const target = affordable >= 1 ? recorded : await affordableTarget(sql, from, recorded);
  return { partitions: claimed, epoch: now?.epoch ?? -1, from, target };
}

/** So much waits that one partition's part is too large: the round stops at an earlier batch. */
async function affordableTarget(sql: Sql, from: number, recorded: number): Promise<number> {
  const [row] = await sql.rows<{ target: number | null }>(
    `select max(receipt) as target from (
       select receipt, sum(accepted) over (order by receipt) as records, min(receipt) over () as first
       from batch where receipt > $1 and receipt <= $2
     ) b where records <= $3 or receipt = first`,
    [from, recorded, PARTITIONS * RECORDS_WANTED],
  );
  return row?.target ?? recorded;
}

export async function moveCursors(sql: Sql, { partitions, target }: Claim): Promise<void> {
  await sql.rows(
    'update partition set reconciled = greatest(reconciled, $1), indexed = greatest(reconciled, $1), rounds = rounds + 1 where id = any($2::integer[])',
    [target, `{${partitions.map(({ id }) => id).join(',')}}`],
  );
}
