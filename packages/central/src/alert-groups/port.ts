/** Open alert cases by what they come of, as the processes around the centre see them (docs/console.md, "Alerts"). */
import type { Amount, MediumName, TerminalNumber, Time } from '@retap/model';
import type { AlertCase, AnyAlertKind, CaseRefusal } from '../alert-work/port.ts';
import type { OpenCaseState } from '../operations/port.ts';

/**
 * What stands behind alerts: `terminal:17`, or `cloned-medium:04a1` with the kind of the alert. One dead terminal is one cause,
 * however many alerts come of it.
 */
export type AlertCause = string;

export interface Silence {
  readonly until: Time;
  /** When it was last settled, and by whom. */
  readonly at: Time;
  readonly who: string;
  readonly why: string;
}

/** Of the open cases of a cause those that were asked for. */
export interface AlertGroup {
  readonly cause: AlertCause;
  readonly terminal: TerminalNumber | null;
  readonly medium: MediumName | null;
  readonly cases: number;
  readonly states: Readonly<Record<OpenCaseState, number>>;
  /** The most frequent first. */
  readonly kinds: readonly { readonly kind: AnyAlertKind; readonly cases: number }[];
  /** With whom they lie, those with the most first. */
  readonly assigned: readonly { readonly person: string; readonly cases: number }[];
  /** When the first of them and the last of them began to stand. */
  readonly oldest: Time;
  readonly newest: Time;
  /** Of the newest: {@link AlertCase.lastAppearance}. */
  readonly lastAppearance: number;
  /**
   * Σ of the gaps, their signs left out, that wait for this terminal's transactions, or that this medium has: what may be wrong at most.
   * Null where there is no gap.
   */
  readonly atRisk: Amount | null;
  /** Null where it is not silenced, or no longer. */
  readonly silence: Silence | null;
}

export interface GroupQuery {
  readonly states?: readonly OpenCaseState[] | undefined;
  readonly kind?: AnyAlertKind | undefined;
  readonly terminal?: TerminalNumber | undefined;
  readonly medium?: MediumName | undefined;
  readonly assigned?: string | undefined;
  /** Those that are silenced, or those that are not. */
  readonly silenced: boolean;
  /** `newest`: by {@link AlertGroup.lastAppearance}; `cases`: those with the most of them, the newest of these, first. */
  readonly sort?: GroupSort | undefined;
  /** Only those after this one, of the page before. */
  readonly after?: GroupPlace | undefined;
  readonly limit: number;
}

export const GROUP_SORTS = ['newest', 'cases'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];
export type GroupPlace = Pick<AlertGroup, 'cases' | 'lastAppearance'>;

/** Open cases: those of a silenced cause are counted apart, and nowhere else. */
export interface OpenCases {
  readonly cases: Readonly<Record<OpenCaseState, number>>;
  readonly causes: number;
  readonly silenced: { readonly cases: number; readonly causes: number };
}

/** What somebody does about all cases of a cause. */
export type GroupAct =
  | { readonly what: 'acknowledged' }
  | { readonly what: 'assigned'; readonly to: string }
  | { readonly what: 'resolved'; readonly reason: string }
  | { readonly what: 'commented'; readonly text: string };

export interface GroupWork {
  /** The newest appearance that was seen: what was raised after it stays as it is, for nobody has looked at it. */
  readonly through: number;
  /** Only cases of this kind. */
  readonly kind?: AnyAlertKind | undefined;
  readonly who: string;
}

/** So many were changed, and so many are left: the same call again goes on. Where nothing is left it changes nothing. */
export interface GroupWorked {
  readonly done: number;
  readonly left: number;
}

/** How long something took, in milliseconds, over so many; null over none. */
export interface Took {
  readonly count: number;
  readonly median: number | null;
  /** Nine of ten took no longer. */
  readonly p90: number | null;
}

/** From when an alert began to stand: until somebody saw to it, until somebody resolved it, until it was gone. */
export interface WorkTimes {
  readonly acknowledge: Took;
  readonly resolve: Took;
  readonly cure: Took;
  /** Steps looked at, the newest first; no more than {@link TIMES_EXAMINED_MAX}. */
  readonly examined: number;
}

/** As many steps as times are read from. */
export const TIMES_EXAMINED_MAX = 10_000;
/** As many cases as one act changes. */
export const CASES_AN_ACT = 1_000;

export interface AlertGroups {
  /**
   * Page by page as with single cases: by `newest` what stands all along is told once. By `cases` a group that grows or shrinks meanwhile
   * may be told twice or be passed over.
   */
  groups(query: GroupQuery): Promise<readonly AlertGroup[]>;
  /** All open cases of a cause; null where there is none. */
  group(cause: AlertCause): Promise<AlertGroup | null>;
  /** Of a cause, the newest appearance first. */
  cases(
    cause: AlertCause,
    page: { readonly kind?: AnyAlertKind | undefined; readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly AlertCase[]>;
  open(): Promise<OpenCases>;
  /** No more than {@link CASES_AN_ACT} at a time. */
  work(cause: AlertCause, act: GroupAct, work: GroupWork): Promise<GroupWorked | CaseRefusal>;
  /** Again with another end or reason: that holds from now on. @returns null where the cause has no open case */
  silence(
    cause: AlertCause,
    until: Time,
    reason: { readonly who: string; readonly why: string },
  ): Promise<Silence | null>;
  /** @returns false where it was not silenced */
  unsilence(cause: AlertCause, who: string): Promise<boolean>;
  /** Of what was done since then. */
  times(since: Time): Promise<WorkTimes>;
}
