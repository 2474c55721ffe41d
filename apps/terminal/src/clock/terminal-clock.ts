/** The clock that a terminal stamps its records by, and what is known of how it stands (docs/terminal.md, "The clock"). */
import type { Time } from '@retap/model';
import type { ClockReport } from '@retap/protocol';
import { CentreTime, DisciplinedClock, type Exchange, type ExchangeRefusal, trustedFor } from '@retap/terminal';
import type { KeptClock } from './kept.ts';

/** What was measured longer ago says too little of now: the machine's clock may have gone wrong since. */
const REPORTED_MS = 3_600_000;
/** What is kept for the next start is written so often, in milliseconds: a flash disk wears out. */
const KEEP_MS = 3_600_000;
/** And where the machine's clock was moved by more than this. */
const KEEP_OFFSET_MS = 1_000;
/** Two clocks that were read one after the other. */
const APART_MS = 1_000;

export interface TerminalClock {
  /** In milliseconds since the Unix epoch. */
  now(): Time;
  /** When it was last right, by itself; null: it may be any time. */
  setAt(): Time | null;
  /** For how long after that it is trusted, in milliseconds. */
  readonly setMax: number;
  /** @param isSigned by the centre: only that may set a clock */
  take(exchange: Exchange, isSigned: boolean): 'taken' | ExchangeRefusal;
  /** How it stands, as last measured; null where that is not known. */
  report(): ClockReport | null;
}

/** A clock that somebody else sets: what the centre says is measured, and changes nothing. */
export function measuredClock(options: {
  readonly now: () => Time;
  readonly setAt: () => Time | null;
  readonly setMax: number;
  readonly monotonic: () => number;
}): TerminalClock {
  const { now, setAt, setMax, monotonic } = options;
  const centre = new CentreTime(monotonic);
  return { now, setAt, setMax, take: (exchange) => centre.take(exchange), report: () => reportOf(centre, now) };
}

export interface FollowingOptions {
  /** The machine's clock: read at the start, and to know at the next one. */
  readonly wall: () => Time;
  readonly monotonic: () => number;
  readonly kept: KeptClock | null;
  /** That much is over in any case: the centre has signed it. */
  readonly notBefore: Time;
  readonly clockTolerance: number;
  /** Default: as long as two terminals that drift apart stay within the tolerance. */
  readonly setMax: number | undefined;
  /** Keeps it for the next start. */
  readonly keep: (clock: KeptClock) => void;
}

/** A clock that follows the centre's. */
export function followingClock(options: FollowingOptions): TerminalClock {
  const { wall, monotonic, clockTolerance, keep, setMax = trustedFor(clockTolerance) } = options;
  const clock = new DisciplinedClock({ monotonic, clockTolerance, ...beginning(options, setMax) });
  let kept: KeptClock | null = null;
  return {
    setMax,
    now: () => clock.now(),
    setAt: () => clock.setAt(),
    report: () => reportOf(clock.centre, () => clock.now()),
    take(exchange, isSigned) {
      // Whoever stands in between could answer so. It is not even measured by: that would move what signed answers are held to.
      if (!isSigned) return 'taken';
      const taken = clock.take(exchange);
      const time = clock.centre.measured?.time;
      if (taken !== 'taken' || time === undefined) return taken;
      const at = Math.floor(time);
      const offset = at - wall();
      const isOld = kept === null || at - kept.at >= KEEP_MS || Math.abs(offset - kept.offset) > KEEP_OFFSET_MS;
      if (!isOld) return taken;
      kept = { at, offset };
      keep(kept);
      return taken;
    },
  };
}

/**
 * The machine's clock goes on while the terminal is off, as wrong as it was: so it is believed as far as it was measured, if that
 * comes to a time after the one that was kept and not too long after. An empty battery comes to 2000, a slip of the hand to 2038;
 * then the clock begins at the latest time that is known to be over, from which the centre can only set it on.
 */
function beginning(
  { wall, kept, notBefore }: FollowingOptions,
  setMax: number,
): { readonly start: Time; readonly setAt: Time | null } {
  if (kept === null) return { start: notBefore, setAt: null };
  const believed = wall() + kept.offset;
  const isBelieved = believed >= kept.at - APART_MS && believed - kept.at <= setMax;
  const start = Math.max(kept.at, notBefore, isBelieved ? believed : 0);
  return { start, setAt: isBelieved ? kept.at : null };
}

function reportOf(centre: CentreTime, now: () => Time): ClockReport | null {
  const { measured } = centre;
  if (measured === null || measured.age > REPORTED_MS) return null;
  const { time, delay, measuredAt } = measured;
  return { offset: Math.round(time) - now(), delay: Math.ceil(delay), measuredAt };
}
