/**
 * What time it is at the centre, as a terminal has measured it: from exchanges that both sides took the time of, by the
 * terminal's monotonic clock, so that a wall clock that jumps in between spoils nothing.
 */
import type { Time } from '@retap/model';

/** Four times of one exchange, in milliseconds. */
export interface Exchange {
  /** When the question was sent, by the terminal's monotonic clock. */
  readonly askedAt: number;
  /** When the question came, by the centre's clock. */
  readonly receivedAt: Time;
  /** When the answer was sent, by the centre's clock. */
  readonly answeredAt: Time;
  /** When the answer came, by the terminal's monotonic clock. */
  readonly heardAt: number;
}

/** Why an exchange says nothing. */
export const EXCHANGE_REFUSALS = [
  /** It took less time than the centre says it held it. */
  'round-trip-negative',
  /** It took so long that it says too little. */
  'round-trip-long',
  /** No clock drifts so far between two questions: the centre's own was moved. */
  'time-far-off',
] as const;
export type ExchangeRefusal = (typeof EXCHANGE_REFUSALS)[number];

/** How fast a cheap crystal goes wrong, at most: milliseconds a millisecond, 4.3 s a day. */
export const DRIFT_MAX = 50e-6;
/** A longer round trip leaves the offset uncertain by more than five seconds. */
export const ROUND_TRIP_MAX_MS = 10_000;
/** RFC 5905, section 7.1, PANICT: more than this nobody's clock is off that was right before. */
const FAR_OFF_MS = 1_000_000;
/** RFC 5905, section 10, NSTAGE: so many of the last are chosen from. */
const KEPT = 8;
/** The centre's times are whole milliseconds, and so are off by one each. */
const ROUNDING_MS = 2;

interface Sample {
  /** The centre's clock minus the monotonic one. */
  readonly lead: number;
  readonly delay: number;
  readonly heardAt: number;
  readonly answeredAt: Time;
}

/** How well the time is known. */
export interface Measured {
  /** The centre's time now. Not whole. */
  readonly time: number;
  /** Round trip of the exchange that it rests on, in milliseconds. */
  readonly delay: number;
  /** By how much it may be wrong, in milliseconds: half the round trip, and what the monotonic clock drifted since. */
  readonly uncertainty: number;
  /** The centre's time in its latest answer. */
  readonly measuredAt: Time;
  /** How long ago that was, in milliseconds. */
  readonly age: number;
}

export class CentreTime {
  readonly #monotonic: () => number;
  /** The latest first. */
  #samples: readonly Sample[] = [];

  /** @param monotonic a clock in milliseconds that nobody sets, and that goes on while the machine sleeps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Null before the first exchange. */
  get measured(): Measured | null {
    return this.asOf(this.#monotonic());
  }

  /** @param now by the monotonic clock */
  asOf(now: number): Measured | null {
    const best = this.#best(now);
    const latest = this.#samples[0];
    if (best === null || latest === undefined) return null;
    return {
      time: now + best.lead,
      delay: best.delay,
      uncertainty: distance(best, now),
      measuredAt: latest.answeredAt,
      age: now - latest.heardAt,
    };
  }

  take(exchange: Exchange): 'taken' | ExchangeRefusal {
    const sample = sampleOf(exchange);
    if (sample.delay < -ROUNDING_MS) return 'round-trip-negative';
    if (sample.delay > ROUND_TRIP_MAX_MS) return 'round-trip-long';
    const best = this.#best(sample.heardAt);
    const apart = best ? Math.abs(sample.lead - best.lead) : 0;
    if (apart > FAR_OFF_MS) return 'time-far-off';
    const kept: Sample = { ...sample, delay: Math.max(0, sample.delay) };
    // Both right within their distance, they would overlap: where they do not, the centre's clock was moved since, or ours failed,
    // and what was measured before says nothing any more.
    const isMoved = best !== null && apart > kept.delay / 2 + distance(best, kept.heardAt) + ROUNDING_MS;
    this.#samples = isMoved ? [kept] : [kept, ...this.#samples.slice(0, KEPT - 1)];
    return 'taken';
  }

  /** RFC 5905, section 10: of the last few the one that is least uncertain by now. */
  #best(now: number): Sample | null {
    let best: Sample | null = null;
    for (const sample of this.#samples) {
      if (best === null || distance(sample, now) < distance(best, now)) best = sample;
    }
    return best;
  }
}

function sampleOf({ askedAt: t0, receivedAt: t1, answeredAt: t2, heardAt: t3 }: Exchange): Sample {
  // RFC 5905, section 8: offset = ((t1 − t0) + (t2 − t3)) / 2,  delay = (t3 − t0) − (t2 − t1)
  return { lead: (t1 - t0 + (t2 - t3)) / 2, delay: t3 - t0 - (t2 - t1), heardAt: t3, answeredAt: t2 };
}

/** RFC 5905, section 11.2, without a root: λ = δ / 2 + φ · age */
function distance({ delay, heardAt }: Sample, now: number): number {
  return delay / 2 + DRIFT_MAX * Math.max(0, now - heardAt);
}
