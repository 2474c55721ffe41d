/** Whether a terminal may serve anybody: its clock, and what it holds that the centre has not. */
import type { Time } from '@retap/model';
import type { Limits, Refusal } from './decision.ts';

export interface ClockState {
  readonly now: Time;
  /** When the clock was last set, by itself; null: not since its battery was empty. */
  readonly setAt: Time | null;
  /** For how long a clock that was set is trusted, in milliseconds. */
  readonly setMax: number;
  /** Time of the terminal's last record. */
  readonly lastTime: Time;
  /** By how much an honest record may be ahead of its terminal's clock, in milliseconds. */
  readonly clockTolerance: number;
}

/**
 * A clock that cannot be trusted stamps no medium: what it wrote would stand on the medium for ever, and every terminal after
 * it would follow. The last record may be ahead of an honest clock by the tolerance: it followed a medium (spec, "Records").
 */
export function clockRefusal(clock: ClockState): 'clock-not-set' | 'clock-turned-back' | null {
  const { now, setAt, setMax, lastTime, clockTolerance } = clock;
  if (setAt === null || now < setAt || now - setAt > setMax) return 'clock-not-set';
  if (now + clockTolerance < lastTime) return 'clock-turned-back';
  return null;
}

/** What waits for the centre: lost with the terminal. */
export interface Unsent {
  readonly count: number;
  /** Value of what waits, in and out, in minor units. */
  readonly amount: number;
  /** Time of the oldest record that waits; null if none does. */
  readonly oldestTime: Time | null;
}

/** @param amount of the tap, in or out */
export function unsentRefusal(
  unsent: Unsent,
  amount: number,
  now: Time,
  limits: Limits,
): (Refusal & 'unsent-limit') | null {
  const { unsentRecordsMax, unsentAmountMax, unsentAgeMax } = limits;
  const isTooMany = unsentRecordsMax !== undefined && unsent.count + 1 > unsentRecordsMax;
  const isTooMuch = unsentAmountMax !== undefined && unsent.amount + Math.abs(amount) > unsentAmountMax;
  const isTooOld = unsentAgeMax !== undefined && unsent.oldestTime !== null && now - unsent.oldestTime > unsentAgeMax;
  return isTooMany || isTooMuch || isTooOld ? 'unsent-limit' : null;
}
