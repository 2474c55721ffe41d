/** Everything the report shows, as numbers: the content of `report.json`. */
import type { Amount, CommitStatus, Time } from '@retap/model';
import type { DayTally, EvidenceStep, ServiceTime } from '@retap/simulator';
import type { AlertFigures } from './alert-looks.ts';
import type { Comparison } from './paper.ts';

export interface SettlingFigures {
  /** Torn taps in the operating days. */
  readonly torn: number;
  readonly withinDay: number;
  readonly afterTenDays: number;
  readonly never: number;
  /** From the tap to its settling at the centre with this evidence and all before it, in ms and in order. */
  readonly delaysMs: Readonly<Record<EvidenceStep, readonly number[]>>;
  /** Torn taps of which the model, over all evidence, says another status than the centre; must be 0. */
  readonly disagreeing: number;
}

export interface DoubtPoint {
  readonly at: Time;
  readonly count: number;
  /** Sum of what these taps would have moved, without sign. */
  readonly amount: Amount;
}

/** Torn taps, by what the centre says of them and what the medium did. */
export type Confusion = Readonly<Record<CommitStatus, { readonly committed: number; readonly not: number }>>;

export interface Figures {
  readonly preset: string;
  readonly description: string;
  readonly compareWith: string;
  readonly seed: string;
  readonly scale: number;
  readonly version: string;
  readonly database: 'embedded' | 'postgresql';
  readonly utcOffsetHours: number;
  readonly lookHours: number;
  readonly size: { readonly accounts: number; readonly terminals: number; readonly active: number };
  /** Operating days, in order; what came before the first or after the last is in none. */
  readonly days: readonly DayTally[];
  readonly records: number;
  readonly refusedUploads: number;
  readonly quarantined: number;
  readonly settling: SettlingFigures;
  readonly doubt: readonly DoubtPoint[];
  readonly confusion: Confusion;
  /** Of all transactions: resolved `successful` at the centre, and commits seen inside the media. */
  readonly successfulAtCentre: number;
  readonly commitsInside: number;
  readonly alerts: AlertFigures;
  readonly service: readonly ServiceTime[];
  /** What went wrong, by name of the knob, as often as it did. */
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: number;
  readonly taps: number;
  /** How long the run took, by the clock of the machine. */
  readonly seconds: number;
  readonly comparison: readonly Comparison[];
}
