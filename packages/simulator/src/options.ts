/** How large the city is, and what goes wrong in it. */
import { DEFAULT_CONFIGURATION, type Time } from '@retap/model';
import { HOUR } from './durations.ts';
import { type Faults, type Frauds, faultsOf, fraudsOf } from './faults.ts';
import { DEFAULT_LIFE, type Life } from './life.ts';

export { DAY, HOUR, MINUTE } from './durations.ts';

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
  readonly life?: Life;
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
  readonly life: Life;
}

export const DEFAULT_START: Time = Date.UTC(2026, 2, 2);

/** Uploads come at most this long after a terminal has its link back. */
const UPLOAD_LATENESS_MAX = 6 * HOUR;

/** @throws RangeError in words for the person who gave the options */
export function planOf(options: CityOptions): CityPlan {
  const plan = {
    start: DEFAULT_START,
    life: DEFAULT_LIFE,
    maxDelay: DEFAULT_CONFIGURATION.maxDelay,
    clockTolerance: DEFAULT_CONFIGURATION.clockTolerance,
    ...options,
    seed: String(options.seed),
    faults: faultsOf(options.faults),
    frauds: fraudsOf(options.frauds),
  };
  if (plan.days !== Number.POSITIVE_INFINITY) assertCount('days', plan.days, 1, 36_500);
  assertCount('media', plan.media, 1, 10_000_000);
  assertCount('terminals', plan.terminals, 1, 1_000_000);
  assertCount('start', plan.start, 0, 2 ** 47);
  assertCount('maxDelay', plan.maxDelay, 0, 2 ** 47);
  assertCount('clockTolerance', plan.clockTolerance, 1000, 2 ** 47);
  const { clones, forged, rolledBack, editedRows, forgedBatches } = plan.frauds;
  const victims = clones + forged + rolledBack + editedRows + forgedBatches;
  if (victims > plan.media) throw new RangeError(`frauds need ${victims} media, not ${plan.media}`);
  const { offlineHoursMax } = plan.faults;
  if (!(offlineHoursMax >= 0 && offlineHoursMax * HOUR + UPLOAD_LATENESS_MAX <= plan.maxDelay)) {
    throw new RangeError(
      `offlineHoursMax ${offlineHoursMax} is not honest: records may be under way for maxDelay, less 6 hours`,
    );
  }
  const carriedHours = plan.life.uploads.carriedEveryDays * 24;
  if (carriedHours > 0 && carriedHours * HOUR + UPLOAD_LATENESS_MAX > plan.maxDelay) {
    throw new RangeError(
      `carriedEveryDays ${plan.life.uploads.carriedEveryDays} is not honest: maxDelay must be ${carriedHours + 6} hours or more`,
    );
  }
  return plan;
}

function assertCount(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
  }
}
