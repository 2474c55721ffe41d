/** How large the city is, and what goes wrong in it. */
import { DEFAULT_CONFIGURATION, type Time } from '@retap/model';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What happens to honest people and honest equipment. Shares are probabilities, 0 … 1. */
export interface Faults {
  /** Of the taps: the medium left before its answer was whole. The paper's field trial had 226 in 200,000. */
  readonly tornShare: number;
  /** Of the torn taps: the medium had committed. */
  readonly tornCommittedShare: number;
  /** Of the taps: the medium declined. */
  readonly declinedShare: number;
  /** Of the taps: the terminal lost its power in the middle, and started anew. */
  readonly powerCutShare: number;
  /** Of the people whose tap failed: who tries again at the same terminal, and who at a sibling; the rest walks away. */
  readonly retapSameShare: number;
  readonly retapSiblingShare: number;
  /** Of the uploads: cut off in the middle. */
  readonly uploadCutShare: number;
  /** Of the uploads: received, and the acknowledgement lost. */
  readonly acknowledgementLostShare: number;
  /** Of the uploads: received twice. */
  readonly uploadRepeatShare: number;
  /** Of the terminals, each day: no link, for a time up to `offlineHoursMax`. */
  readonly offlineShare: number;
  readonly offlineHoursMax: number;
}

/** What the alerts are there for. Numbers of media or terminals. */
export interface Frauds {
  /** Media that a second person carries a copy of. */
  readonly clones: number;
  /** Media whose balance was raised without a terminal. */
  readonly forged: number;
  /** Terminals whose records never arrive. */
  readonly silent: number;
  /** Terminals that lose their journal, with what was not yet uploaded, and go on under a new number. */
  readonly lostJournals: number;
}

export interface CityOptions {
  readonly seed: string | number;
  /** Operating days; `Infinity` for a city that never ends. */
  readonly days: number;
  readonly media: number;
  readonly terminals: number;
  /** Midnight of the first day. Default: Monday, 2 March 2026, UTC. */
  readonly start?: Time;
  readonly maxDelay?: number;
  readonly clockTolerance?: number;
  readonly faults?: Partial<Faults>;
  readonly frauds?: Partial<Frauds>;
}

export interface CityPlan {
  readonly seed: string;
  readonly days: number;
  readonly media: number;
  readonly terminals: number;
  readonly start: Time;
  readonly maxDelay: number;
  readonly clockTolerance: number;
  readonly faults: Faults;
  readonly frauds: Frauds;
}

export const DEFAULT_START: Time = Date.UTC(2026, 2, 2);

const DEFAULT_FAULTS: Faults = {
  tornShare: 226 / 200_000,
  tornCommittedShare: 0.5,
  declinedShare: 0.0005,
  powerCutShare: 0.000_05,
  retapSameShare: 0.6,
  retapSiblingShare: 0.25,
  uploadCutShare: 0.02,
  acknowledgementLostShare: 0.01,
  uploadRepeatShare: 0.01,
  offlineShare: 0.03,
  offlineHoursMax: 48,
};

const NO_FRAUDS: Frauds = { clones: 0, forged: 0, silent: 0, lostJournals: 0 };

/** Uploads come at most this long after a terminal has its link back. */
const UPLOAD_LATENESS_MAX = 6 * HOUR;

/** @throws RangeError in words for the person who gave the options */
export function planOf(options: CityOptions): CityPlan {
  const plan = {
    start: DEFAULT_START,
    maxDelay: DEFAULT_CONFIGURATION.maxDelay,
    clockTolerance: DEFAULT_CONFIGURATION.clockTolerance,
    ...options,
    seed: String(options.seed),
    faults: { ...DEFAULT_FAULTS, ...options.faults },
    frauds: { ...NO_FRAUDS, ...options.frauds },
  };
  if (plan.days !== Number.POSITIVE_INFINITY) assertCount('days', plan.days, 1, 36_500);
  assertCount('media', plan.media, 1, 10_000_000);
  assertCount('terminals', plan.terminals, 1, 1_000_000);
  assertCount('start', plan.start, 0, 2 ** 47);
  assertCount('maxDelay', plan.maxDelay, 0, 2 ** 47);
  assertCount('clockTolerance', plan.clockTolerance, 1000, 2 ** 47);
  for (const [name, count] of Object.entries(plan.frauds)) assertCount(name, count, 0, plan.media);
  const { clones, forged } = plan.frauds;
  if (clones + forged > plan.media)
    throw new RangeError(`clones and forged need ${clones + forged} media, not ${plan.media}`);
  for (const [name, share] of Object.entries(plan.faults)) {
    if (name !== 'offlineHoursMax' && !(share >= 0 && share <= 1))
      throw new RangeError(`${name} must be 0 to 1, not ${share}`);
  }
  const { offlineHoursMax } = plan.faults;
  if (!(offlineHoursMax >= 0 && offlineHoursMax * HOUR + UPLOAD_LATENESS_MAX <= plan.maxDelay)) {
    throw new RangeError(
      `offlineHoursMax ${offlineHoursMax} is not honest: records may be under way for maxDelay, less 6 hours`,
    );
  }
  return plan;
}

function assertCount(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
  }
}
