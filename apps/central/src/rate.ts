/** How often somebody may ask: token buckets, with an end to how many are remembered. */

/** Tokens come at a steady rate and are saved up to a number; each request takes one. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Beyond, the one unused for longest is forgotten, which by then is mostly full again. */
const KEPT_MAX = 10_000;

export class Buckets {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #keptMax: number;
  /** In order of use, the longest unused first. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param now a clock in milliseconds */
  constructor(rate: Rate, now: () => number, keptMax = KEPT_MAX) {
    this.#rate = rate;
    this.#now = now;
    this.#keptMax = keptMax;
  }

  get kept(): number {
    return this.#buckets.size;
  }

  /** @returns 0 where it may ask; else in how many milliseconds to come again, and nothing was taken */
  take(who: string): number {
    const { perSecond, burst } = this.#rate;
    const now = this.#now();
    const { tokens: saved, at } = this.#buckets.get(who) ?? { tokens: burst, at: now };
    // tokens = min(burst, saved + perSecond · (now − at) / 1000); a clock that was set back gives none and takes none.
    const tokens = Math.min(burst, saved + (perSecond * Math.max(0, now - at)) / 1_000);
    const isFree = tokens >= 1;
    this.#buckets.delete(who);
    this.#buckets.set(who, { tokens: isFree ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > this.#keptMax) this.#forgetOldest();
    // To the microsecond, so that a rounding of fractions does not add a millisecond.
    return isFree ? 0 : Math.ceil(Math.round(((1 - tokens) * 1e6) / perSecond) / 1_000);
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

/** Of whom requests are counted. */
export type RateLimit = 'client' | 'fleet' | 'terminal' | 'account';

/**
 * `client`: whoever asks without having signed in; opening the page takes about twenty. `fleet`: what terminals ask without being
 * known yet, by address: 1,600 behind one address, each with its lists, must pass at once. `terminal`: uploads, once it is
 * known whose they are: a day of taps is some dozens. `account`: a person who has signed in; apart from that, all their access tokens.
 */
const RATES: Readonly<Record<RateLimit, Rate>> = {
  client: { perSecond: 50, burst: 500 },
  fleet: { perSecond: 1_000, burst: 20_000 },
  terminal: { perSecond: 20, burst: 400 },
  account: { perSecond: 50, burst: 500 },
};

/** One set of buckets for each limit. */
export class Rates {
  readonly #buckets: Readonly<Record<RateLimit, Buckets>>;
  readonly #onLimited: (limit: RateLimit) => void;

  /** @param now a clock in milliseconds @param rates others than {@link RATES} @param onLimited somebody was sent away */
  constructor(
    now: () => number,
    rates: Partial<Record<RateLimit, Rate>> = {},
    onLimited: (limit: RateLimit) => void = () => {},
  ) {
    const of = (limit: RateLimit): Buckets => new Buckets(rates[limit] ?? RATES[limit], now);
    this.#buckets = { client: of('client'), fleet: of('fleet'), terminal: of('terminal'), account: of('account') };
    this.#onLimited = onLimited;
  }

  /** @throws RateExceeded */
  take(limit: RateLimit, who: string): void {
    const waitMs = this.#buckets[limit].take(who);
    if (waitMs === 0) return;
    this.#onLimited(limit);
    throw new RateExceeded(waitMs);
  }
}

/** Somebody asks too often: nothing was done. */
export class RateExceeded extends Error {
  override readonly name = 'RateExceeded';
  readonly code = 'rate-exceeded';
  /** When to come again, in milliseconds from now. */
  readonly afterMs: number;

  constructor(afterMs: number) {
    super('too many requests; ask again later, and less often');
    this.afterMs = afterMs;
  }
}
