/** The hybrid logical clock of a terminal (spec, "Records"): eq. (9), t > L, holds although clocks differ. */
import type { Time } from '@retap/model';

/**
 * Time of the next record, strictly after the terminal's last one and after what the medium says.
 * @param previous time of the terminal's last record; 0 before the first
 * @param lastTime time of the medium's last commit; 0 for a medium that has none
 */
export function stampOf(now: Time, lastTime: Time, previous: Time): Time {
  // t = max(now, L + 1, t of the record before + 1)
  return Math.max(now, lastTime + 1, previous + 1);
}

/**
 * Whether the medium comes from further in the future than two honest clocks can differ. To follow it would carry a
 * wrong clock from medium to medium through the whole city.
 */
export function isClockBehind(now: Time, lastTime: Time, clockTolerance: number): boolean {
  return lastTime > now + clockTolerance;
}
