import type { Time } from '@retap/model';

/** A clock that goes only when told to. */
export interface FakeClock {
  /** Milliseconds since the Unix epoch; may be passed on by itself as a `now: () => Time`. */
  readonly now: () => Time;
  /** Moves the clock on by a duration in milliseconds; negative when a clock is put back. */
  readonly advance: (ms: number) => void;
  readonly set: (time: Time) => void;
}

export function fakeClock(start: Time): FakeClock {
  let time = start;
  const set = (to: Time): void => {
    if (!Number.isSafeInteger(to) || to < 0) throw new RangeError(`${to} is not a time: milliseconds since 1970`);
    time = to;
  };
  set(start);
  return { now: () => time, advance: (ms) => set(time + ms), set };
}
