/** Days as the site counts them: a night bus belongs to the day before. */
import type { SiteSettings } from '@retap/central';
import type { Time } from '@retap/model';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface BusinessDay {
  readonly from: Time;
  readonly until: Time;
}

/**
 * The business day that `time` is in, some days earlier. By the calendar: where clocks are put forward a day has 23 hours, and the same
 * weekday before still begins at the same time of day.
 */
export function businessDayOf(time: Time, { timeZone, dayStart }: SiteSettings, daysBefore = 0): BusinessDay {
  const [hours = 0, minutes = 0] = dayStart.split(':').map(Number);
  const start = (hours * 60 + minutes) * MINUTE_MS;
  // Counted as if the zone were UTC, so that days are all alike; put into the zone at the end.
  const day = Math.floor((inZone(time, timeZone) - start) / DAY_MS) - daysBefore;
  return { from: fromZone(day * DAY_MS + start, timeZone), until: fromZone((day + 1) * DAY_MS + start, timeZone) };
}

/** What the clocks of the zone show, as milliseconds since the epoch in UTC. */
function inZone(time: Time, timeZone: string): number {
  const form = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const parts = Object.fromEntries(form.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (time % 1_000);
}

/** When the clocks of the zone show it. */
function fromZone(shown: number, timeZone: string): Time {
  let time = shown;
  // The offset at the first guess may be that of the other side of a change; once more is enough.
  for (let i = 0; i < 2; i += 1) time += shown - inZone(time, timeZone);
  return time;
}
