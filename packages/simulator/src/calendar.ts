/** Which kind of day it is: demand and haste differ between a workday, a weekend and a holiday. */
import type { Time } from '@retap/model';
import { DAY, HOUR } from './durations.ts';

/** In order of precedence: a public holiday that is a Saturday is a public holiday. */
export const DAY_KINDS = ['publicHoliday', 'sunday', 'saturday', 'schoolHoliday', 'workday'] as const;
export type DayKind = (typeof DAY_KINDS)[number];

export interface CalendarOptions {
  /** Of local time against UTC; a city changes no clocks while it is simulated. */
  readonly utcOffsetHours: number;
  /** `YYYY-MM-DD`, local. */
  readonly publicHolidays: readonly string[];
  readonly schoolHolidays: readonly string[];
}

export class Calendar {
  readonly #offset: number;
  readonly #publicHolidays: ReadonlySet<string>;
  readonly #schoolHolidays: ReadonlySet<string>;

  constructor({ utcOffsetHours, publicHolidays, schoolHolidays }: CalendarOptions) {
    this.#offset = utcOffsetHours * HOUR;
    this.#publicHolidays = new Set(publicHolidays);
    this.#schoolHolidays = new Set(schoolHolidays);
  }

  /** The operating day, `YYYY-MM-DD` by local time. */
  operatingDay(time: Time): string {
    return new Date(time + this.#offset).toISOString().slice(0, 10);
  }

  kindOf(time: Time): DayKind {
    const date = this.operatingDay(time);
    if (this.#publicHolidays.has(date)) return 'publicHoliday';
    const weekday = (Math.floor((time + this.#offset) / DAY) + 3) % 7; // 1 January 1970 was a Thursday; 0 is Monday
    if (weekday === 6) return 'sunday';
    if (weekday === 5) return 'saturday';
    return this.#schoolHolidays.has(date) ? 'schoolHoliday' : 'workday';
  }
}

/** Midnight of a local day, in UTC. */
export function midnightOf(date: string, utcOffsetHours: number): Time {
  return Date.parse(`${date}T00:00:00Z`) - utcOffsetHours * HOUR;
}
