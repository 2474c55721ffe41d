/** Which serials of each terminal have been received, as maximal runs: one row a terminal where nothing is missing. */
import type { RecordIdentity, Time } from '@retap/model';
import type { Arrival } from './record.ts';

export interface JournalRun {
  readonly terminal: number;
  readonly first: number;
  readonly last: number;
  readonly firstTime: Time;
  readonly lastTime: Time;
}

/** Runs by terminal, in order of serial. */
export type Runs = ReadonlyMap<number, readonly JournalRun[]>;

/** Serials asked for, by terminal. */
export type SerialsAsked = ReadonlyMap<number, ReadonlyMap<number, unknown>>;

/** How runs change by new records. */
export interface Joined {
  readonly terminals: readonly number[];
  /** Runs that are part of another now. */
  readonly swallowed: readonly JournalRun[];
  /** Runs as they are now. */
  readonly kept: readonly JournalRun[];
  /** Records whose time is not greater than that of the one before, in the same run. */
  readonly disordered: readonly RecordIdentity[];
}

export function isInRun(runs: Runs, terminal: number, serial: number): boolean {
  const ofTerminal = runs.get(terminal) ?? [];
  let low = 0;
  let high = ofTerminal.length; // the last run that starts at or before the serial, by bisection
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ofTerminal[middle] as JournalRun).first <= serial) low = middle + 1;
    else high = middle;
  }
  const run = ofTerminal[low - 1];
  return run !== undefined && serial <= run.last;
}

/**
 * Joins new records to the runs. Two neighbours in one run whose times do not grow are a fault that nothing received
 * later can cure (the first received stands), so it is kept; between runs it may still be cured, and is read off them.
 */
export function extendedRuns(runs: Runs, fresh: readonly Arrival[]): Joined {
  const pieces = new Map<number, JournalRun[]>();
  const disordered: RecordIdentity[] = [];
  let open: { terminal: number; first: number; last: number; firstTime: Time; lastTime: Time } | null = null;
  for (const { record } of fresh) {
    const { terminal, serial, time } = record;
    if (open !== null && open.terminal === terminal && open.last + 1 === serial) {
      if (time <= open.lastTime) disordered.push({ terminal, serial });
      open.last = serial;
      open.lastTime = time;
      continue;
    }
    open = { terminal, first: serial, last: serial, firstTime: time, lastTime: time };
    const ofTerminal = pieces.get(terminal);
    if (ofTerminal) ofTerminal.push(open);
    else pieces.set(terminal, [...(runs.get(terminal) ?? []), open]);
  }
  const joined = [...pieces.values()].map(join);
  const kept = joined.flatMap((j) => j.runs);
  const starts = new Set(kept.map((run) => `${run.terminal}-${run.first}`));
  const swallowed = [...pieces.keys()]
    .flatMap((terminal) => runs.get(terminal) ?? [])
    .filter((run) => !starts.has(`${run.terminal}-${run.first}`));
  for (const one of joined) for (const identity of one.disordered) disordered.push(identity);
  return { terminals: [...pieces.keys()], swallowed, kept, disordered };
}

function join(pieces: JournalRun[]) {
  const runs: JournalRun[] = [];
  const disordered: { terminal: number; serial: number }[] = [];
  for (const piece of pieces.sort((a, b) => a.first - b.first)) {
    const open = runs.at(-1);
    if (open === undefined || open.last + 1 !== piece.first) {
      runs.push(piece);
      continue;
    }
    if (piece.firstTime <= open.lastTime) disordered.push({ terminal: piece.terminal, serial: piece.first });
    runs[runs.length - 1] = { ...open, last: piece.last, lastTime: piece.lastTime };
  }
  return { runs, disordered };
}
