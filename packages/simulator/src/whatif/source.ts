/** Where money is lost: how often, how much, and by which formula. */
import type { Events } from './compound.ts';

export type SourceName = 'clones' | 'rollbacks' | 'stolen-terminals' | 'torn-taps' | 'refunds';

/** A formula with what it comes to here. */
export interface Step {
  readonly formula: string;
  /** Null: nothing bounds it. */
  readonly value: number | null;
  readonly unit: 'amount' | 'count' | 'duration';
}

export interface Source {
  readonly source: SourceName;
  /** What it is, for a person. */
  readonly meaning: string;
  /** In the period. */
  readonly events: Events;
  /** Most that one event can cost, by the limits, in minor units; null: no limit bounds it. */
  readonly worstEvent: number | null;
  readonly steps: readonly Step[];
  readonly assumptions: readonly string[];
}

/** Null is beyond every number. */
export function least(...bounds: readonly (number | null)[]): number | null {
  const known = bounds.filter((bound) => bound !== null);
  return known.length === 0 ? null : Math.min(...known);
}
