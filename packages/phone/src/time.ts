/** A phone's time: its clock, and never before what it has written or told. */
import type { Time } from '@retap/model';
import { stampOf } from '@retap/terminal';
import type { PhoneDocument } from './port.ts';

/** As the centre's default (spec, "Configuration"). */
export const CLOCK_TOLERANCE_MS = 120_000;

type Told = Pick<PhoneDocument, 'lastRecordTime' | 'saidAt' | 'account'>;

/** Whether the clock is further behind what this phone has written or told than two honest clocks differ: it was turned back. */
export function isTurnedBack(clock: Time, { lastRecordTime, saidAt }: Told, tolerance: number): boolean {
  return clock + tolerance < Math.max(lastRecordTime, saidAt);
}

/** By what it is decided whether something is too late: a clock that was turned back makes nothing young again. */
export function nowOf(clock: Time, { lastRecordTime, saidAt }: Told): Time {
  return Math.max(clock, lastRecordTime, saidAt);
}

/** Of the next record. @param lastTime of the medium that it is about; default: this phone's own */
export function nextTime(clock: Time, told: Told, lastTime: Time = told.account.lastTime): Time {
  return stampOf(Math.max(clock, told.saidAt), lastTime, told.lastRecordTime);
}
