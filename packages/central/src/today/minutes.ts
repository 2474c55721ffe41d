/**
 * Transactions by minute, counted as they arrive. Asking the database each time would read a week of records: in memory each
 * record is read once, in the order of receipts, by the index that there is.
 */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { type Stretch, TAPS_DAYS, type TapMinutes } from './port.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Records read by one question, about: a tenth of a second's work. What is left is for the next. */
const RECORDS = 100_000;
/** A record may be ahead of the centre's clock by as much as clocks may differ, and no batch brings it sooner. */
const AHEAD_MS = 600_000;

export class Minutes {
  readonly #counts = new Map<number, number>();
  #epoch = -1;
  /** Receipt up to which all is counted. */
  #counted = 0;
  #reading: Promise<boolean> | null = null;
  readonly #recordsAtOnce: number;

  constructor(recordsAtOnce = RECORDS) {
    this.#recordsAtOnce = recordsAtOnce;
  }

  /** @returns false where there is more to read: nothing is known yet */
  readOn(sql: Sql, now: Time): Promise<boolean> {
    // Several who look at once: one of them reads.
    this.#reading ??= this.#read(sql, now).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  of({ from, until }: Stretch): TapMinutes {
    const [first, end] = [Math.floor(from / MINUTE_MS), Math.ceil(until / MINUTE_MS)];
    const counts = Array.from({ length: Math.max(0, end - first) }, (_, i) => this.#counts.get(first + i) ?? 0);
    return { from: first * MINUTE_MS, counts };
  }

  async #read(sql: Sql, now: Time): Promise<boolean> {
    const oldest = now - TAPS_DAYS * DAY_MS;
    const [progress] = await sql.rows<{ epoch: number; recorded: number }>('select epoch, recorded from progress');
    if (!progress) throw new Error('the progress row is missing');
    if (progress.epoch !== this.#epoch) {
      this.#counts.clear();
      this.#epoch = progress.epoch;
      this.#counted = await lastReceiptBefore(sql, oldest - AHEAD_MS, progress.recorded);
    }
    const until = await readTo(sql, this.#counted, progress.recorded, this.#recordsAtOnce);
    if (until > this.#counted) {
      const rows = await sql.rows<{ minute: number; count: number }>(
        `select time / 60000 as minute, count(*) as count from record
         where receipt > $1 and receipt <= $2 and status is not null and type <> 'open' and time >= $3
         group by 1`,
        [this.#counted, until, oldest],
      );
      for (const { minute, count } of rows) this.#counts.set(minute, (this.#counts.get(minute) ?? 0) + count);
      this.#counted = until;
    }
    for (const minute of this.#counts.keys()) if (minute < oldest / MINUTE_MS) this.#counts.delete(minute);
    return this.#counted >= progress.recorded;
  }
}

/** Receipt up to which about so many records are read; a batch is read whole, however many it has. */
async function readTo(sql: Sql, counted: number, recorded: number, records: number): Promise<number> {
  const [row] = await sql.rows<{ receipt: number }>(
    'select receipt from record where receipt > $1 and receipt <= $2 order by receipt offset $3 limit 1',
    [counted, recorded, records],
  );
  return row?.receipt ?? recorded;
}

/** The greatest receipt of a batch that was received before; 0 where none was. Receipts are in the order of time, nearly: by halving. */
async function lastReceiptBefore(sql: Sql, time: Time, recorded: number): Promise<number> {
  let [low, high] = [0, recorded];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [row] = await sql.rows<{ isBefore: boolean }>(
      'select received_at < $2 as "isBefore" from batch where receipt = $1',
      [middle, time],
    );
    if (row?.isBefore) low = middle;
    else high = middle - 1;
  }
  return low;
}
