/** When a terminal uploads: every so often in operating hours, or when somebody carries its batches to the centre. */
import type { Time } from '@retap/model';
import { DAY, HOUR, MINUTE } from './durations.ts';
import type { CityPlan } from './options.ts';
import type { Chance } from './random.ts';

/** Who carries batches by hand takes this long to come round. */
const ROUND = 30 * MINUTE;

export class UploadTimes {
  readonly #plan: CityPlan;
  readonly #chance: Chance;
  readonly period: number;

  constructor(plan: CityPlan, chance: Chance) {
    this.#plan = plan;
    this.#chance = chance;
    this.period = Math.round(plan.life.uploads.periodMinutes * MINUTE);
  }

  first(now: Time): Time {
    if (this.#plan.life.uploads.carriedEveryDays > 0) return this.#carriedAfter(now);
    return this.#inHours(now + this.#chance.integer(0, this.period));
  }

  /** The next one, after an upload that was due now. */
  after(now: Time): Time {
    if (this.#plan.life.uploads.carriedEveryDays > 0) return this.#carriedAfter(now);
    return this.#inHours(now + this.period);
  }

  /** What would be outside of the hours waits for the morning, and not all terminals come at once. */
  #inHours(time: Time): Time {
    const { fromHour, toHour } = this.#plan.life.uploads;
    const sinceStart = time - this.#plan.start;
    const midnight = Math.floor(sinceStart / DAY) * DAY;
    const hour = (sinceStart - midnight) / HOUR;
    if (hour >= fromHour && hour < toHour) return time;
    const morning = this.#plan.start + midnight + (hour < fromHour ? 0 : DAY) + fromHour * HOUR;
    return morning + this.#chance.integer(0, this.period);
  }

  #carriedAfter(now: Time): Time {
    const { carriedEveryDays, carriedHour } = this.#plan.life.uploads;
    const first = this.#plan.start + carriedHour * HOUR;
    const rounds = Math.max(0, Math.floor((now - first) / (carriedEveryDays * DAY)) + 1);
    return first + rounds * carriedEveryDays * DAY + this.#chance.integer(0, ROUND);
  }
}
