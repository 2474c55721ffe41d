import type { JournalRecord } from '@retap/model';
import type { Random } from './random.ts';

export interface ArrivalOptions {
  /** Most records in one batch. Default: 1 to all, drawn anew for each history. */
  readonly batchSizeMax?: number;
  /** Probability that a record arrives once more, at any later or earlier place. Default 0.1. */
  readonly duplicates?: number;
}

/**
 * The same records as they might arrive: in some order, cut into batches, some of them twice. All arrive at least once.
 * Of records with one identity and different values, the first in this order stands: feed the oracle `arrivals.flat()`.
 */
export function arrivals(
  records: readonly JournalRecord[],
  random: Random,
  { batchSizeMax = random.between(1, Math.max(1, records.length)), duplicates = 0.1 }: ArrivalOptions = {},
): JournalRecord[][] {
  const order = random.pick([inAnyOrder, byTerminal, nearlyInOrder])(records, random);
  const again = records.filter(() => random.chance(duplicates));
  for (const record of again) order.splice(random.int(order.length + 1), 0, record);
  const batches: JournalRecord[][] = [];
  while (order.length > 0) batches.push(order.splice(0, random.between(1, batchSizeMax)));
  return batches;
}

function inAnyOrder(records: readonly JournalRecord[], random: Random): JournalRecord[] {
  return random.shuffle(records);
}

/** One terminal after the other uploads all it has: what a city's night looks like. */
function byTerminal(records: readonly JournalRecord[], random: Random): JournalRecord[] {
  const terminals = random.shuffle([...new Set(records.map((record) => record.terminal))]);
  return terminals.flatMap((terminal) => records.filter((record) => record.terminal === terminal));
}

/** In order of execution, but for some that come much later. */
function nearlyInOrder(records: readonly JournalRecord[], random: Random): JournalRecord[] {
  const late = new Set(records.filter(() => random.chance(0.15)));
  return [...records.filter((record) => !late.has(record)), ...random.shuffle([...late])];
}
