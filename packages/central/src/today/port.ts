/** How the site is just now, at a glance (docs/console.md, "Today"). */
import type { Amount, Time } from '@retap/model';
import type { EventType } from '../events/port.ts';

/** Transactions by the minute of their time, as far as they are received. */
export interface TapMinutes {
  /** Beginning of the first minute. */
  readonly from: Time;
  /** One count a minute, without holes. */
  readonly counts: readonly number[];
}

export interface Doubt {
  /** Transactions whose resolved status is `unverified`. */
  readonly count: number;
  /** Σ |amount| of them, in minor units. */
  readonly amount: Amount;
}

export interface News {
  /** Position of the newest event; given back as `since`, it is where one has looked to. */
  readonly last: number;
  /** Events after `since`, by type; {@link NEWS_MAX} are looked at. */
  readonly counts: Readonly<Partial<Record<EventType, number>>>;
}

/** More events than this nobody reads one by one. */
export const NEWS_MAX = 10_000;

export interface Today {
  /**
   * Transactions of a stretch of at most {@link TAPS_DAYS} days before `now`. They are counted as they arrive; a process that has begun only just now
   * first reads those days, a piece a call. @returns null while it does
   */
  taps(stretches: readonly Stretch[], now: Time): Promise<readonly TapMinutes[] | null>;
  /** In doubt altogether, and of transactions from `since` on. */
  doubt(since: Time): Promise<{ readonly all: Doubt; readonly recent: Doubt }>;
  /** @param types only these @param since null: nothing but the position */
  news(since: number | null, types: readonly EventType[]): Promise<News>;
}

export interface Stretch {
  readonly from: Time;
  readonly until: Time;
}

/** Today, and the same weekday before with a night around it. */
export const TAPS_DAYS = 9;
