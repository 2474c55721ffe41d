import type { Configuration, JournalRecord, Time } from '@retap/model';

/** What terminals wrote down, honest or not, with the point in time and the configuration to read it at. */
export interface History {
  /** Says how to make it again, for the message of a failed test. */
  readonly name: string;
  /** In order of execution; with repeated and conflicting identities where the history has them. See `arrivals`. */
  readonly records: readonly JournalRecord[];
  readonly asOf: Time;
  readonly configuration: Configuration;
}

/** More terminal numbers than any history of this package uses. */
const TERMINALS_PER_HISTORY = 64;

/**
 * The same history with media and terminals of its own, told by `number`, so that many fit into one database: nothing
 * collides, and whatever is decided by the order of terminals or media stays as it was.
 *
 * @param number 0, 1, 2, … up to 2²⁴
 */
export function relocated(history: History, number: number): History {
  const terminalOf = (terminal: number): number => terminal + number * TERMINALS_PER_HISTORY;
  return {
    ...history,
    records: history.records.map((record): JournalRecord => {
      const moved = { ...record, terminal: terminalOf(record.terminal), medium: `h${number}.${record.medium}` };
      if (moved.type === 'open') return moved;
      const log = moved.log?.map((entry) => ({ ...entry, terminal: terminalOf(entry.terminal) }));
      return { ...moved, lastTerminal: terminalOf(moved.lastTerminal), ...(log && { log }) };
    }),
  };
}

/** Greatest time of a record, in milliseconds (spec, "Records"). */
const TIME_MAX = 2 ** 48 - 1;

/**
 * The same history with every time and every length of time so many times as long; the rules compare times and add
 * `clockTolerance` and `maxDelay` to them, so nothing else changes.
 *
 * @param factor an integer ≥ 1; where times would become too great, the history stays as it is
 */
export function stretched(history: History, factor: number): History {
  const { records, asOf, configuration } = history;
  const times = JSON.stringify(records).match(/"(?:time|lastTime|validFrom|validUntil)":\d+/g) ?? [];
  if (times.some((time) => Number(time.split(':')[1]) * factor > TIME_MAX)) return history;
  const { clockTolerance, maxDelay } = configuration;
  return {
    ...history,
    records: records.map((record) => longer(record, factor)),
    asOf: asOf * factor,
    configuration: { ...configuration, clockTolerance: clockTolerance * factor, maxDelay: maxDelay * factor },
  };
}

function longer(record: JournalRecord, factor: number): JournalRecord {
  const moved = { ...record, time: record.time * factor };
  if (moved.type === 'open') return moved;
  const log = moved.log?.map((entry) => ({ ...entry, time: entry.time * factor }));
  const read = { ...moved, lastTime: moved.lastTime * factor, ...(log && { log }) };
  if (read.type !== 'purchase') return read;
  const { validFrom, validUntil, ...product } = read.product;
  return {
    ...read,
    product: {
      ...product,
      ...(validFrom !== undefined && { validFrom: validFrom * factor }),
      ...(validUntil !== undefined && { validUntil: validUntil * factor }),
    },
  };
}
