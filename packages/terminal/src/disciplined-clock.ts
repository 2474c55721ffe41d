/**
 * A terminal's clock that follows the centre's: slowly, and never backwards. It goes by the monotonic clock; whoever sets the
 * machine's clock meanwhile changes nothing.
 *
 * ```
 *  error = the centre's time − this clock
 *  ──────────────┬───────────────────────┬───────────────────────┬──────────────▶ error
 *   far ahead    −aheadMax   slews back  0   slews on        stepMin    steps on
 *   stands still             1 − 1/200       1 + 1/200                  at once
 * ```
 */
import type { Time } from '@retap/model';
import { CentreTime, DRIFT_MAX, type Exchange, type ExchangeRefusal, ROUND_TRIP_MAX_MS } from './centre-time.ts';

/**
 * How much faster or slower it goes while it is off. 60 s are made up in 3 h 20 min, within a night; adjtime's 1/2000 would take a
 * day and a half, in which the terminal is as wrong as it was. What is measured by it meanwhile is wrong by half a percent: 0.3 s
 * of the minute in which somebody may tap again.
 */
export const SLEW = 1 / 200;

export interface DisciplinedClockOptions {
  /** In milliseconds; nobody sets it, and it goes on while the machine sleeps. */
  readonly monotonic: () => number;
  /** What it says first: no earlier than anything that is known to be over. */
  readonly start: Time;
  /** When it was last right, where `start` rests on that; null: it may be any time after `start`. */
  readonly setAt: Time | null;
  /** Largest difference between the clocks of two terminals in service, in milliseconds. */
  readonly clockTolerance: number;
}

/**
 * How long a clock may go on by itself, in milliseconds, until two terminals that drift apart may differ by more than the
 * tolerance: each has half of it, less what its last measurement was uncertain by.
 */
export function trustedFor(clockTolerance: number): number {
  // T = (tolerance / 2 − round trip max / 2) / drift max;  120 s: 12.7 days
  return Math.max(0, clockTolerance / 2 - ROUND_TRIP_MAX_MS / 2) / DRIFT_MAX;
}

export class DisciplinedClock {
  readonly #monotonic: () => number;
  readonly #centre: CentreTime;
  /** A forward error from which it steps: it is harmless, and a terminal so far behind refuses media that others have written. */
  readonly #stepMin: number;
  /** It is further ahead than an honest clock: it stands, and nobody is to be served by it. */
  readonly #aheadMax: number;
  /** Not whole, so that slewing is not lost in rounding. Never less than it was. */
  #reading: number;
  /** The monotonic clock at that reading. */
  #readAt: number;
  #setAt: Time | null;

  constructor({ monotonic, start, setAt, clockTolerance }: DisciplinedClockOptions) {
    this.#monotonic = monotonic;
    this.#centre = new CentreTime(monotonic);
    this.#stepMin = clockTolerance / 4;
    this.#aheadMax = clockTolerance / 2;
    this.#reading = start;
    this.#readAt = monotonic();
    this.#setAt = setAt;
  }

  /** What the centre's time is, as measured since this clock was made. */
  get centre(): CentreTime {
    return this.#centre;
  }

  /** Never less than it was before. */
  now(): Time {
    this.#advance();
    return Math.floor(this.#reading);
  }

  /** When it was last known to be right, by itself; null: never, or it is known to be far ahead. */
  setAt(): Time | null {
    this.#advance();
    return this.#errorAt(this.#readAt) < -this.#aheadMax ? null : this.#setAt;
  }

  /** @param exchange with the centre and nobody else: whoever else could answer could set this clock */
  take(exchange: Exchange): 'taken' | ExchangeRefusal {
    this.#advance();
    const taken = this.#centre.take(exchange);
    if (taken !== 'taken') return taken;
    const error = this.#errorAt(this.#readAt);
    // One that was never right has nothing to lose by a step.
    if (error > this.#stepMin || (error > 0 && this.#setAt === null)) this.#reading += error;
    this.#setAt = Math.floor(this.#reading);
    return 'taken';
  }

  #advance(): void {
    const now = this.#monotonic();
    const elapsed = Math.max(0, now - this.#readAt);
    const error = this.#errorAt(now);
    // Far ahead it stands until it is not: stood = min(elapsed, −aheadMax − error)
    const stood = error < -this.#aheadMax ? Math.min(elapsed, -this.#aheadMax - error) : 0;
    const gone = elapsed - stood;
    const left = error + stood;
    // reading += gone + slew,  |slew| ≤ gone / 200 and no more than what is left of the error
    this.#reading += gone + Math.sign(left) * Math.min(Math.abs(left), SLEW * gone);
    this.#readAt += elapsed;
  }

  /** The centre's time minus this clock's as it was last read, by what is known at `now`; 0 where nothing is. */
  #errorAt(now: number): number {
    const centre = this.#centre.asOf(now);
    return centre === null ? 0 : centre.time - (now - this.#readAt) - this.#reading;
  }
}
