/** Days that are asked for again and again, counted from yesterday: the last one that is over. */
export const RANGES = ['yesterday', 'week', 'month', 'lastMonth'] as const;
export type RangeName = (typeof RANGES)[number];

export interface DayRange {
  /** `2015-12-24`. */
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const textOf = (day: number): string => new Date(day).toISOString().slice(0, 10);

/** @param yesterday as the site counts days */
export function rangeOf(name: RangeName, yesterday: string): DayRange {
  const day = Date.parse(yesterday);
  // By the month that today is in: on the first of one, this month has only today.
  const today = new Date(day + DAY_MS);
  const firstOf = (month: number): number => Date.UTC(today.getUTCFullYear(), month, 1);
  const month = today.getUTCMonth();
  switch (name) {
    case 'yesterday':
      return { from: yesterday, to: yesterday };
    case 'week':
      return { from: textOf(day - 6 * DAY_MS), to: yesterday };
    case 'month':
      return { from: textOf(firstOf(month)), to: textOf(today.getTime()) };
    case 'lastMonth':
      return { from: textOf(firstOf(month - 1)), to: textOf(firstOf(month) - DAY_MS) };
  }
}

/** The day before that of the moment, in the site's time zone, where days begin at `dayStart`. */
export function dayBefore(moment: number, timeZone: string, dayStart: string): string {
  const [hours = 0, minutes = 0] = dayStart.split(':').map(Number);
  const begun = moment - (hours * 60 + minutes) * 60_000;
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(begun);
  return textOf(Date.parse(today) - DAY_MS);
}
