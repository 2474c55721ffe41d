/** Days as they are lived at the site: in its time zone, and from the moment on at which its business day begins. */
import type { SiteSettings } from '@retap/central';
import type { Time } from '@retap/model';

/** A day of the calendar; `month` and `day` from 1. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export type Days = Pick<SiteSettings, 'timeZone' | 'dayStart'>;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const digits = '2-digit';
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', era: 'short' },
      ...{ year: 'numeric', month: digits, day: digits, hour: digits, minute: digits, second: digits },
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What a clock on the wall shows, as if it were UTC. */
function wallOf(time: Time, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/**
 * When the day begins. Of two moments at which a clock that is put back shows the hour, the first; where it is put forward over the
 * hour, the moment it is.
 */
export function startOf({ year, month, day }: Day, { timeZone, dayStart }: Days): Time {
  const wanted = Date.UTC(year, month - 1, day) + sinceMidnight(dayStart);
  // A zone's offset is known of a moment: those of the days around are all that it can be here.
  const [before, after] = [wanted - DAY, wanted + DAY].map((time) => wanted - (wallOf(time, timeZone) - time));
  const moments = [before, after].filter((time) => wallOf(time as Time, timeZone) === wanted) as Time[];
  if (moments.length > 0) return Math.min(...moments);
  let [low, high] = [Math.min(before as Time, after as Time), Math.max(before as Time, after as Time)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (wallOf(middle, timeZone) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

const DAY = 86_400_000;

/** Of `04:00`, in milliseconds. */
function sinceMidnight(dayStart: string): number {
  const [hours = 0, minutes = 0] = dayStart.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}

/** The day that a moment belongs to. */
export function dayOf(time: Time, { timeZone, dayStart }: Days): Day {
  const wall = new Date(wallOf(time, timeZone) - sinceMidnight(dayStart));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

export function plusDays({ year, month, day }: Day, days: number): Day {
  const moved = new Date(Date.UTC(year, month - 1, day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** `2015-12-24`. */
export function textOf({ year, month, day }: Day): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** Null where it is no day of the calendar. */
export function parseDay(text: string): Day | null {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  if (year === undefined) return null;
  const parsed = { year: Number(year), month: Number(month), day: Number(day) };
  const isReal = textOf(plusDays(parsed, 0)) === textOf(parsed) && parsed.year >= 1970;
  return isReal ? parsed : null;
}
