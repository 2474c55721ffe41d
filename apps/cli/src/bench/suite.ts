/** A suite measures some figures together, because they share their preparation or are compared with each other. */
import type { Shell } from '../shell.ts';
import type { ResultId } from './targets.ts';

export type Measured = Partial<Record<ResultId, number>>;

export interface BenchContext {
  /** URL of a PostgreSQL in which the bench may make and drop a schema. */
  readonly database: string;
  readonly shell: Shell;
  readonly records: number;
  readonly seed: string;
  /** Says what is being done. */
  readonly doing: (what: string) => void;
}

export interface Suite {
  readonly name: string;
  readonly ids: readonly ResultId[];
  /** Takes so long, or varies so little, that it is done once. */
  readonly once?: true;
  /** Each of its figures once, in a state that no other pass has left anything in. */
  pass(context: BenchContext): Promise<Measured>;
}
