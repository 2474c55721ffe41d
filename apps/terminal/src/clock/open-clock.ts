/** The clock of a terminal as its configuration wants it. */
import { statSync } from 'node:fs';
import type { Time } from '@retap/model';
import type { Configuration } from '../configuration/configuration.ts';
import type { Enrolled } from '../enrolment/enrolled.ts';
import { faultFields, type Log } from '../log.ts';
import { type KeptClock, readKeptClock, writeKeptClock } from './kept.ts';
import { followingClock, measuredClock, type TerminalClock } from './terminal-clock.ts';

export interface ClockSources {
  /** The machine's clock, in milliseconds since the Unix epoch. */
  readonly wall: () => Time;
  /** See `steadyClock`. */
  readonly monotonic: () => number;
}

/** @throws system errors where what was kept is there and cannot be read */
export async function openClock(
  { clock: { source, tolerance, setWithin }, journal }: Configuration,
  enrolled: Enrolled | null,
  { wall, monotonic }: ClockSources,
  log: Log,
): Promise<TerminalClock> {
  if (source !== 'centre') {
    const setMax = setWithin ?? Number.POSITIVE_INFINITY;
    return measuredClock({ now: wall, setAt: source === 'system' ? wall : touchedAt(source.file), setMax, monotonic });
  }
  const file = `${journal}.clock`;
  return followingClock({
    ...{ wall, monotonic, clockTolerance: tolerance, setMax: setWithin },
    kept: await readKeptClock(file),
    notBefore: enrolled?.licence?.licence?.issuedAt ?? 0,
    keep: keeping(file, log),
  });
}

/** When somebody else set the clock: the file's time of change. */
function touchedAt(file: string): () => Time | null {
  return () => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** One write after the other. One that fails costs the next start its knowledge of the time, and this one nothing. */
function keeping(file: string, log: Log): (clock: KeptClock) => void {
  let writing = Promise.resolve();
  return (clock) => {
    const write = (): Promise<void> =>
      writeKeptClock(file, clock).catch((error) => log('warn', 'clock-not-kept', faultFields(error)));
    writing = writing.then(write);
  };
}
