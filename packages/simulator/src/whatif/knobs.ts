/** What `retap whatif` is told: every knob with its unit, its default, how far it may go, and what it means. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Of a knob. `duration`: milliseconds, written as `30m`. `amount`: whole minor units. `rate`: so many, perhaps a fraction of one. */
export type KnobUnit = 'amount' | 'count' | 'duration' | 'rate' | 'share';

export interface Knob {
  readonly unit: KnobUnit;
  /** Null: none, as a limit that is not set, or as a figure that follows from others. */
  readonly default: number | null;
  readonly low: number;
  readonly high: number;
  /** Whether it may be none. */
  readonly optional?: true;
  readonly meaning: string;
  /** Whether `retap whatif` shows what halving it buys. */
  readonly halved?: true;
}

const AMOUNT_MAX = 1_000_000_000;
const YEARS = 10 * 365 * DAY;

const amount = (fallback: number | null, meaning: string, low = 1) =>
  ({ unit: 'amount', default: fallback, low, high: AMOUNT_MAX, meaning }) as const;
const count = (fallback: number | null, meaning: string, low = 1) =>
  ({ unit: 'count', default: fallback, low, high: 1_000_000_000, meaning }) as const;
const duration = (fallback: number | null, meaning: string, low = 1) =>
  ({ unit: 'duration', default: fallback, low, high: YEARS, meaning }) as const;
const rate = (fallback: number | null, meaning: string, low = 0) =>
  ({ unit: 'rate', default: fallback, low, high: 1_000_000, meaning }) as const;
const share = (fallback: number, meaning: string) =>
  ({ unit: 'share', default: fallback, low: 0, high: 1, meaning }) as const;

/** In the order in which help and documents show them. The city is that of the paper; limits, latencies and rates are examples. */
export const KNOBS = {
  tapsPerDay: count(200_000, 'successful taps of the city on a day'),
  media: count(860_000, 'media that are used'),
  terminals: count(1_600, 'terminals'),
  fare: amount(120, 'what a tap takes'),

  minimumBalance: amount(0, 'limit: least balance that a tap may leave', -AMOUNT_MAX),
  maximumBalance: { ...amount(10_000, 'limit: greatest balance that a refill may leave'), halved: true },
  tapAmountMax: { ...amount(4_000, 'limit: largest amount of one tap'), optional: true, halved: true },
  dayTapsMax: { ...count(20, 'limit: taps of one medium at one terminal in a day'), optional: true, halved: true },
  dayAmountMax: {
    ...amount(4_000, 'limit: what one medium spends at one terminal in a day'),
    optional: true,
    halved: true,
  },
  unsentRecordsMax: { ...count(5_000, 'limit: records that wait in one terminal'), optional: true, halved: true },
  unsentAmountMax: { ...amount(100_000, 'limit: value of what waits in one terminal'), optional: true, halved: true },
  unsentAgeMax: { ...duration(3 * DAY, 'limit: age of the oldest record that waits'), optional: true, halved: true },

  uploadMean: { ...duration(MINUTE, 'mean time from a tap to the centre, where there is a link'), halved: true },
  listMean: { ...duration(MINUTE, 'mean time from a list to a terminal, where there is a link'), halved: true },
  offlineShare: { ...share(0.03, 'of uploads and of lists: those whose terminal has no link'), halved: true },
  offlineMean: { ...duration(12 * HOUR, 'mean time that these take'), halved: true },
  offlineMax: { ...duration(3 * DAY, 'longest time that any takes: then somebody goes there'), halved: true },
  reactionMean: { ...duration(4 * HOUR, 'mean time from an alert to the approved block'), halved: true },
  reactionMax: { ...duration(2 * DAY, 'longest such time'), halved: true },
  publishEvery: { ...duration(5 * MINUTE, 'how often lists are published'), halved: true },

  clonesPerYear: { ...rate(12, 'media that are copied in a year'), halved: true },
  rollbacksPerYear: { ...rate(6, 'media that are set back, each time that they are spent, in a year'), halved: true },
  cloneTapsPerDay: rate(10, 'taps of a copy on a day', 0.001),
  cloneTapsPerDayMax: rate(600, 'most taps that anybody makes with one medium on a day', 0.001),
  cloneBalance: { ...amount(null, 'what a copied medium holds; none: the maximum balance'), optional: true },
  holderTapsPerDay: {
    ...rate(null, 'taps of the copied medium itself on a day; none: as any other'),
    optional: true,
  },

  stolenPerYear: { ...rate(4, 'terminals that are stolen in a year'), halved: true },
  refillShare: { ...share(0.05, 'of these: have the refill key'), halved: true },
  noticedAfter: { ...duration(DAY, 'time until a theft is noticed'), halved: true },
  forgedPerDay: rate(20, 'media that a thief loads on a day, until it is noticed'),

  tornShare: { ...share(226 / 200_000, 'of the taps: torn'), halved: true },
  committedShare: share(0.5, 'of the torn taps: the medium had committed'),
  retapShare: share(0.85, 'of the torn taps: held again at once, here or at the next gate'),
  neverShare: { ...share(0.05, 'of the torn taps: the medium never comes back'), halved: true },
  refundedShare: { ...share(0.02, 'of the torn taps: refunded before they are settled'), halved: true },
} as const satisfies Readonly<Record<string, Knob>>;

export type KnobName = keyof typeof KNOBS;
export const KNOB_NAMES = Object.keys(KNOBS) as readonly KnobName[];
