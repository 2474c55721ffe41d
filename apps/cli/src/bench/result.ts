/** What the bench says: a value by a stable name, of so many runs, beside what is aimed at. */
import { type ResultId, TARGETS } from './targets.ts';

export interface Result {
  readonly id: ResultId;
  /** Median of the runs. */
  readonly value: number;
  readonly unit: string;
  /** Aimed at; null where it is only reported. */
  readonly target: number | null;
  readonly runs: readonly number[];
}

export function resultOf(id: ResultId, runs: readonly number[]): Result {
  const { unit, target } = TARGETS[id];
  const rounded = runs.map((run) => roundedTo(run));
  return { id, value: roundedTo(median(runs)), unit, target, runs: rounded };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Three digits are more than a shared machine can tell apart. */
function roundedTo(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
