/** Which receipts a time of taps is looked for in. */
import { DEFAULT_CONFIGURATION } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { RecordQuery } from './port.ts';

/** Receipts greater than `after`, up to `to`. */
export interface Stretch {
  readonly after: number;
  readonly to: number;
}

export const EVERYTHING: Stretch = { after: 0, to: Number.MAX_SAFE_INTEGER };

/**
 * A record is not received before it was written, and mostly at once; so those of a day long ago are found without looking at
 * all that came since. `late` is what arrived after that: looked through last, from its beginning on.
 */
export async function stretchesOf(
  sql: Sql,
  { from, until }: Pick<RecordQuery, 'from' | 'until'>,
): Promise<{ readonly main: Stretch; readonly late: Stretch | null }> {
  if (from === undefined && until === undefined) return { main: EVERYTHING, late: null };
  const [last] = await sql.rows<{ receipt: number; received_at: number; latest_time: number }>(
    `select b.receipt, b.received_at, g.latest_time from progress g join batch b on b.receipt = g.received`,
  );
  if (!last) return { main: EVERYTHING, late: null };
  // A record that is ahead of the centre's clock was received before its time: then only looking finds it.
  const isAhead = last.latest_time > last.received_at + DEFAULT_CONFIGURATION.clockTolerance;
  const after = from === undefined || isAhead ? 0 : (await firstReceivedAt(sql, from - CLOCKS_MS, last.receipt)) - 1;
  if (until === undefined) return { main: { after, to: EVERYTHING.to }, late: null };
  const inTime = (await firstReceivedAt(sql, until + CLOCKS_MS, last.receipt)) - 1;
  if (inTime >= last.receipt) return { main: { after, to: EVERYTHING.to }, late: null };
  const to = Math.max(after, inTime);
  return { main: { after, to }, late: { after: to, to: EVERYTHING.to } };
}

/** Clocks differ, and the centre's own may have been set back: by this much nothing is missed. Most batches arrive within it too. */
const CLOCKS_MS = 3_600_000;

/** The smallest receipt of a batch received at this time or later; one more than the last where there is none. */
async function firstReceivedAt(sql: Sql, time: number, last: number): Promise<number> {
  let [low, high] = [1, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [batch] = await sql.rows<{ received_at: number }>('select received_at from batch where receipt = $1', [
      middle,
    ]);
    if ((batch?.received_at ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
