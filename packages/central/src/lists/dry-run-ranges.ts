/** Which batches a dry run reads: the last ones, as many as hold so many records. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';

/** Receipts, both included. */
export interface BatchRange {
  readonly first: number;
  readonly last: number;
  readonly records: number;
}

export interface Ranges {
  /** Oldest first. */
  readonly ranges: readonly BatchRange[];
  /** Whether they hold all that happened since. */
  readonly isWhole: boolean;
  /** When the oldest of them was received; null where there is none. */
  readonly examinedFrom: Time | null;
}

/** Records read at once, 20 ms or so of this process. One batch may hold more. */
const RECORDS_A_READ = 5_000;
const BATCHES_A_READ = 5_000;
/** A terminal's clock may be ahead: what it stamped with a time was received so much before it at the earliest. */
const AHEAD_MS = 600_000;

/** By the primary key of `batch`, backwards, without the bodies. */
export async function rangesSince(sql: Sql, since: Time, recordsMax: number): Promise<Ranges> {
  const ranges: { first: number; last: number; records: number }[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  let examinedFrom: Time | null = null;
  let left = recordsMax;
  for (;;) {
    const batches = await sql.rows<{ receipt: number; at: Time; records: number }>(
      `select receipt, received_at as at, accepted as records from batch where receipt < $1
       order by receipt desc limit $2`,
      [before, BATCHES_A_READ],
    );
    for (const { receipt, at, records } of batches) {
      if (at < since - AHEAD_MS) return { ranges: ranges.reverse(), isWhole: true, examinedFrom };
      if (records > left) return { ranges: ranges.reverse(), isWhole: false, examinedFrom };
      [before, left, examinedFrom] = [receipt, left - records, at];
      const open = ranges.at(-1);
      if (open && open.records + records <= RECORDS_A_READ) {
        open.first = receipt;
        open.records += records;
      } else ranges.push({ first: receipt, last: receipt, records });
    }
    if (batches.length < BATCHES_A_READ) return { ranges: ranges.reverse(), isWhole: true, examinedFrom };
  }
}
