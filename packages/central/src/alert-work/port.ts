/** Work on alerts, as the processes around the centre see it (docs/alerts.md). */
import type { Alert, AlertKind, MediumName, RecordIdentity, TerminalNumber, Time } from '@retap/model';
import type { IntegrityAlert, IntegrityAlertKind, ProofAlert, ProofAlertKind } from '../port.ts';
import type { Reason } from '../registry/port.ts';

export type AnyAlert = Alert | ProofAlert | IntegrityAlert;
export type AnyAlertKind = AlertKind | ProofAlertKind | IntegrityAlertKind;

/**
 * ```
 *            acknowledge        assign             resolve, with a reason
 *   new ───────────────▶ acknowledged ──▶ assigned ──▶ resolved
 *    ▲  └──────── assign ────────────────▶ ↻    each of them, and new, may be resolved
 *    │
 *    └── stands again ── cured ◀── its condition has gone ── any of them
 * ```
 */
export const CASE_STATES = ['new', 'acknowledged', 'assigned', 'resolved', 'cured'] as const;
export type CaseState = (typeof CASE_STATES)[number];

/**
 * What took an alert away. `records`: several arrived meanwhile, the first and the last receipt of them. `clock`: the terminal's clock
 * was measured and is right, or it is in service no more, or the limit is another.
 */
export type Cure =
  | ({ readonly by: 'record'; readonly receipt: number } & RecordIdentity)
  | { readonly by: 'records'; readonly from: number; readonly to: number }
  | { readonly by: 'time' }
  | { readonly by: 'clock' };

export interface AlertCase {
  readonly id: number;
  /** As it last stood. */
  readonly alert: AnyAlert;
  readonly state: CaseState;
  /** When the alert first stood. */
  readonly raisedAt: Time;
  /** When it last began to stand. */
  readonly appearedAt: Time;
  /** How often it began to stand. */
  readonly appearances: number;
  /** Number of the last time it did, among those of all cases: the newest has the greatest. */
  readonly lastAppearance: number;
  readonly assignedTo: string | null;
  /** Why it was resolved. */
  readonly reason: string | null;
  readonly curedAt: Time | null;
  readonly cure: Cure | null;
}

/** What may happen to a case, as its history has it. */
export type CaseStepWord =
  | 'raised'
  | 'changed' // the alert's keys
  | 'cured'
  | 'raised-again'
  | 'acknowledged'
  | 'assigned'
  | 'resolved'
  | 'commented';

export interface CaseStep {
  readonly at: Time;
  /** `centre`, or who did it, as in {@link Reason}. */
  readonly who: string;
  readonly what: CaseStepWord;
  /** `alert`, `cure`, `to`, `reason` or `text`, by `what`. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface CaseQuery {
  readonly states?: readonly CaseState[] | undefined;
  readonly kind?: AnyAlertKind | undefined;
  readonly medium?: MediumName | undefined;
  readonly terminal?: TerminalNumber | undefined;
  readonly assigned?: string | undefined;
  /** Only those with a smaller {@link AlertCase.lastAppearance}. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Why a step was not taken, in the order in which it is decided. */
export type CaseRefusalCode =
  | 'case-unknown'
  | 'text-missing' // a reason or a comment
  | 'person-unknown'
  | 'person-disabled'
  | 'person-not-allowed' // none of their roles may work on alerts
  | 'case-cured'
  | 'case-resolved'
  | 'case-not-new'; // acknowledged already

export interface CaseRefusal {
  readonly refusal: CaseRefusalCode;
}

export interface Watched {
  /** Media and terminals looked at. */
  readonly subjects: number;
  readonly raised: number;
  readonly changed: number;
  readonly cured: number;
}

export interface AlertWork {
  /**
   * Holds the cases against the alerts that stand at `asOf`, where either may have changed: some of it at a time.
   * @returns null where there is nothing to look at now, or another process is the watcher
   */
  watch(asOf: Time): Promise<Watched | null>;
  /**
   * The newest appearance first. Page by page, what stands all along is told once: what begins to stand meanwhile, again or for the
   * first time, stands before the first page.
   */
  cases(query: CaseQuery): Promise<readonly AlertCase[]>;
  case(id: number): Promise<(AlertCase & { readonly history: readonly CaseStep[] }) | null>;
  acknowledge(id: number, who: string): Promise<AlertCase | CaseRefusal>;
  /** @param to the name of a person, without `@` */
  assign(id: number, to: string, who: string): Promise<AlertCase | CaseRefusal>;
  resolve(id: number, reason: Reason): Promise<AlertCase | CaseRefusal>;
  comment(id: number, text: string, who: string): Promise<AlertCase | CaseRefusal>;
}
