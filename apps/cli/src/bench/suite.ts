/** A suite measures some figures together, because they share their preparation or are compared with each other. */
import type { Shell } from '../shell.ts';
import type { ResultId } from './targets.ts';

export type Measured = Partial<Record<ResultId, number>>;

/** How large what is measured is; smaller where only the measuring is tried. */
interface Sizes {
  /** Of most measurements. */
  readonly records: number;
  /** Stored before the one that asks what they cost. */
  readonly history: number;
  /** Of the medium that has many. */
  readonly chain: number;
  /** Stored while the memory of a centre is watched. */
  readonly accounts: number;
  /** For how long it is watched, in milliseconds; a fleet keeps its pace no longer either. */
  readonly watchMs: number;
  /** Of a fleet that uploads over HTTP. */
  readonly fleet: number;
  /** Of a day in the embedded database. */
  readonly day: number;
  /** Taps of the simulator, and days of its city with the hundredth part of media. */
  readonly taps: number;
}

/** Records a second, after so many were stored. */
export interface Rate {
  readonly stored: number;
  readonly perSecond: number;
}

export interface BenchContext {
  /** URL of a PostgreSQL in which the bench may make and drop a schema. */
  readonly database: string;
  readonly shell: Shell;
  readonly sizes: Sizes;
  readonly seed: string;
  /** What the centre concluded is derived anew after each measurement, and compared. */
  readonly check: boolean;
  /** Says what is being done. */
  readonly doing: (what: string) => void;
  /** What is to be read beside the figures. */
  readonly note: (lines: readonly string[]) => void;
  /** Rates while a history grew, for the plot. */
  readonly grown: (rates: readonly Rate[]) => void;
}

export interface Suite {
  readonly name: string;
  readonly ids: readonly ResultId[];
  /** Takes so long, or varies so little, that it is done once. */
  readonly once?: true;
  /** Each of its figures once, in a state that no other pass has left anything in. */
  pass(context: BenchContext): Promise<Measured>;
}
