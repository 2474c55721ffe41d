/** Which business day a moment belongs to. */
import type { Time } from '@retap/model';
import type { SiteSettings } from './port.ts';

const MINUTE = 60_000;

/** @returns the business day of a moment, `2026-03-29`. Remembers: asking a calendar takes a hundred times as long. */
export function businessDays({
  timeZone,
  dayStart,
}: Pick<SiteSettings, 'timeZone' | 'dayStart'>): (at: Time) => string {
  const calendar = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    hourCycle: 'h23',
  });
  const known = new Map<number, string>();
  return (at) => {
    const minute = Math.floor(at / MINUTE);
    const found = known.get(minute);
    if (found !== undefined) return found;
    const parts = Object.fromEntries(calendar.formatToParts(minute * MINUTE).map(({ type, value }) => [type, value]));
    const date = `${parts.year}-${parts.month}-${parts.day}`;
    // By the clock on the wall, so that a day of 23 hours begins when the others do.
    const day = `${parts.hour}:${parts.minute}` < dayStart ? dayBefore(date) : date;
    known.set(minute, day);
    return day;
  };
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}
