/** Figures over days, and what is owed (docs/console.md, "Reports"). */
import type { SynchronizationKind, TerminalNumber, Time, TransactionType } from '@retap/model';
import type { Age } from '../records/port.ts';

/** By what a report is summed, beside the day. */
export const REPORT_PARTS = ['terminal', 'type', 'product'] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

export interface DaysQuery {
  /** When each day begins, and when the last one ends: one more than there are days. */
  readonly starts: readonly Time[];
  readonly by: readonly ReportPart[];
  readonly terminal?: TerminalNumber | undefined;
  readonly type?: TransactionType | 'open' | undefined;
  /** Code of a product. */
  readonly product?: string | undefined;
}

/** What it is not summed by is null. */
export interface DayLine {
  /** When the day began. */
  readonly day: Time;
  readonly terminal: TerminalNumber | null;
  readonly type: TransactionType | 'open' | null;
  /** Code of the product that was bought or checked in with; null where there is none. */
  readonly product: string | null;
  /** What counts: openings that are the root, and effective transactions. */
  readonly count: number;
  /** Minor units, signed. */
  readonly amount: number;
  /** What is in doubt beside: it may yet come to count. */
  readonly inDoubt: number;
  readonly inDoubtAmount: number;
}

/** What the operator owes its passengers, and how sure that is. All amounts are minor units. */
export interface Liabilities {
  /** Media that have an account. */
  readonly media: number;
  /** Sum of balances above zero: what is owed. And below: what media owe. */
  readonly owed: number;
  readonly overdrawn: number;
  /** Balances of media whose opening is not received: part of the two above. */
  readonly unopened: { readonly media: number; readonly amount: number };
  /** Credit moved that is not explained (X′). */
  readonly synchronization: readonly {
    readonly kind: SynchronizationKind;
    readonly count: number;
    readonly amount: number;
  }[];
  /** In doubt, by age. */
  readonly ages: readonly Age[];
  readonly pendingValidations: number;
}

export interface Reports {
  /** Day by day, by terminal, type and product; each day is read as it is asked for. */
  days(query: DaysQuery): AsyncIterable<DayLine>;
  liabilities(asOf: Time): Promise<Liabilities>;
}
