/** The business day as a stretch of time. */
import type { Time } from '@retap/model';
import { type Days, dayOf, plusDays, startOf } from './zone/days.ts';

export interface BusinessDay {
  readonly from: Time;
  readonly until: Time;
}

/** The business day that `time` is in, some days earlier: a week before, it begins at the same time of day, whatever the clocks did between. */
export function businessDayOf(time: Time, days: Days, daysBefore = 0): BusinessDay {
  const day = plusDays(dayOf(time, days), -daysBefore);
  return { from: startOf(day, days), until: startOf(plusDays(day, 1), days) };
}
