/** Lists from the centre to its terminals, as the processes around it ask and change them. */
import type { Amount, MediumName, TerminalNumber, Time } from '@retap/model';
import type { ListEntries, ListedAction, ListedLimits, ListKind, Sign, Tariff } from '@retap/protocol';
import type { ProposalKindName, Proposed } from '../proposals/port.ts';
import type { Reason } from '../registry/port.ts';

/** An action as the operator orders it: the centre numbers it. */
export type OrderedAction = ListedAction extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'serial'>
    : never
  : never;

/** An action that was ordered, and whether some medium's record shows that it was carried out. */
export interface ActionState {
  readonly action: ListedAction;
  readonly state: 'waits' | 'done';
}

export interface ListChange {
  readonly at: Time;
  readonly what: 'added' | 'removed' | 'set';
  /** The medium; or the action, the limits or the tariffs as JSON. */
  readonly entry: string;
  readonly who: string;
  readonly why: string;
}

/** A version as signed. */
export interface PublishedList {
  readonly kind: ListKind;
  readonly version: number;
  readonly issuedAt: Time;
  readonly expiresAt: Time;
  readonly document: Uint8Array;
}

/** What one terminal said last. */
export interface TerminalLists {
  readonly terminal: TerminalNumber;
  /** By kind; 0 where it holds none. */
  readonly versions: Readonly<Record<ListKind, number>>;
  /** By the centre's clock; null where it never said. */
  readonly at: Time | null;
  /** Of what it holds no newest version: how many were published since, and from when on it has been behind. */
  readonly behind: Readonly<Partial<Record<ListKind, { readonly versions: number; readonly since: Time }>>>;
}

/** What the working copy says of one medium, and what is proposed and waits for a second person. */
export interface MediumOrders {
  readonly denied: boolean;
  /** By serial, those done too. */
  readonly actions: readonly ActionState[];
  readonly proposals: readonly {
    readonly id: number;
    readonly kind: ProposalKindName;
    readonly proposedBy: string;
    readonly proposedAt: Time;
    readonly why: string;
    /** Of an action what is to be done, and its amount in minor units where it has one. */
    readonly action: ListedAction['kind'] | null;
    readonly amount: Amount | null;
  }[];
}

export interface ListStatus {
  /** Null where none was published. */
  readonly newest: Readonly<Record<ListKind, Omit<PublishedList, 'kind' | 'document'> | null>>;
  /** Every terminal that is active or ever said something, by number. */
  readonly terminals: readonly TerminalLists[];
}

/** Of one version. */
export type ListVersionTimes = Omit<PublishedList, 'kind' | 'document'>;

export interface ListVersion extends ListVersionTimes {
  readonly entries: number;
  /** Of the document. */
  readonly bytes: number;
  /** Who published it; null where the audit log does not say. */
  readonly who: string | null;
  /** How many terminals said last that they hold it. */
  readonly terminals: number;
}

export interface VersionPage {
  readonly versions: readonly ListVersion[];
  /** Pass as `before` to read on; null at the end. */
  readonly next: number | null;
}

/** One entry that is in one of two contents and not in the other, or otherwise there. */
export interface EntryChange {
  readonly what: 'added' | 'removed' | 'changed';
  /** The medium; the medium and the action's number; the limit; of a tariff `fare ride`, `product month`, `part validator`. */
  readonly entry: string;
  /** From when on the tariff holds that it is of. */
  readonly validFrom: Time | null;
  readonly before: unknown;
  readonly after: unknown;
}

export interface ListDifference {
  /** Null: before there was one. */
  readonly from: ListVersionTimes | null;
  /** Null: the working copy. */
  readonly to: ListVersionTimes | null;
  readonly counts: Readonly<Record<EntryChange['what'], number>>;
  /** The first 500. */
  readonly entries: readonly EntryChange[];
  /** Who changed the working copy meanwhile, newest first; the last 200. */
  readonly history: readonly ListChange[];
}

/** What is tried on taps that are past. Of limits those are judged that a record shows; of tariffs the last. */
export type DryRunRule =
  | { readonly limits: ListedLimits }
  | { readonly deny: readonly MediumName[] }
  | { readonly tariffs: readonly Tariff[] };

export interface DryRunQuery {
  readonly rule: DryRunRule;
  /** Back from now. */
  readonly days: number;
  /** Examined at most, the newest. */
  readonly recordsMax: number;
}

/** Why a tap would have been refused, or what it would have cost. */
export type DryRunReason =
  | 'tap-limit'
  | 'day-limit'
  | 'insufficient-balance'
  | 'balance-limit'
  | 'medium-denied'
  | 'dearer'
  | 'cheaper'
  /** The tariff has no such fare or product any more. */
  | 'not-sold';

export interface DryRunSum {
  readonly count: number;
  /** Value of taps that would have been refused; of a tariff what would have been taken more, below 0 less. In minor units. */
  readonly amount: number;
}

export interface DryRun {
  readonly since: Time;
  readonly until: Time;
  /** Records read, of any kind. */
  readonly examined: number;
  /** Whether they are all since then. */
  readonly isWhole: boolean;
  /** When the oldest that was read was received. */
  readonly examinedFrom: Time | null;
  /** Transactions among them that took place, or may have; where media are named, only theirs. */
  readonly taps: number;
  readonly affected: DryRunSum;
  /** Of which nobody can say what they would have cost. */
  readonly unknown: number;
  readonly reasons: Readonly<Partial<Record<DryRunReason, DryRunSum>>>;
  /** By business day, ascending. */
  readonly days: readonly (DryRunSum & { readonly day: string })[];
  /** With the most, at most 20. */
  readonly terminals: readonly (DryRunSum & { readonly terminal: TerminalNumber })[];
  /** The newest, at most 20. */
  readonly samples: readonly {
    readonly terminal: TerminalNumber;
    readonly serial: number;
    readonly medium: MediumName | null;
    readonly time: Time;
    readonly type: string;
    readonly amount: number;
    readonly reason: DryRunReason;
    readonly difference: number;
  }[];
}

export interface Publication {
  readonly sign: Sign;
  /** How long the version is valid, in milliseconds. */
  readonly validMs: number;
  /** Who publishes, for the audit log; default: the centre. */
  readonly who?: string;
}

/** Why the working copy was not changed. `list-full`: no terminal would take a longer list (docs/lists.md, "What a terminal gets"). */
export type ListRefusal = { readonly refusal: 'denied-already' | 'not-denied' | 'list-full' };

/** Where there are people, a change of the working copy comes to a proposal in place of it. */
export interface Lists {
  deny(medium: MediumName, reason: Reason): Promise<'added' | ListRefusal | Proposed>;
  undeny(medium: MediumName, reason: Reason): Promise<'removed' | ListRefusal | Proposed>;
  /** Cannot be taken back: some terminal may have carried it out before it hears of that. */
  order(action: OrderedAction, reason: Reason): Promise<ListedAction | ListRefusal | Proposed>;
  /** Replaces all limits. */
  limit(limits: ListedLimits, reason: Reason): Promise<'set' | 'unchanged' | Proposed>;
  /** Replaces all tariffs. */
  setTariffs(tariffs: readonly Tariff[], reason: Reason): Promise<'set' | 'unchanged' | Proposed>;
  /** What the next version of each list would say. */
  working(): Promise<ListEntries>;
  /** By medium and serial, those done too. */
  actions(): Promise<readonly ActionState[]>;
  ordersOf(medium: MediumName): Promise<MediumOrders>;
  /** Of one list, in the order in which it happened; the last ones, where a limit is given. */
  history(kind: ListKind, limit?: number): Promise<readonly ListChange[]>;
  /**
   * Makes the next version where the working copy says something else than the newest, or half of the newest's time is over.
   * Null: there is nothing to publish, and never was.
   */
  publish(
    kind: ListKind,
    publication: Publication,
  ): Promise<{ readonly list: PublishedList; readonly isNew: boolean } | null>;
  newest(kind: ListKind): Promise<PublishedList | null>;
  /** What changed from a version to the newest, as signed; null where that is not shorter, or long ago. */
  delta(kind: ListKind, from: number): Promise<{ readonly version: number; readonly document: Uint8Array } | null>;
  /** Of the newest, without reading it: a fleet asks that all day. 0 where there is none. */
  version(kind: ListKind): Promise<number>;
  /**
   * Keeps what a terminal says it holds, if it is later than what it said before.
   * @throws ProtocolError `held-lists-malformed`, AdmissionError
   */
  acknowledge(statement: Uint8Array): Promise<TerminalNumber>;
  /** Newest first, all that were ever published. */
  versions(kind: ListKind, page: { readonly before?: number; readonly limit: number }): Promise<VersionPage>;
  /** @param from 0: before there was one @param to null: the working copy @returns null where there is no such version */
  difference(kind: ListKind, from: number, to: number | null): Promise<ListDifference | null>;
  /** Changes nothing. Null: one is under way, and each takes memory. */
  dryRun(query: DryRunQuery): Promise<DryRun | null>;
  /** When this database last heard of any terminal, by the centre's clock; null: never. */
  heardAt(): Promise<Time | null>;
  /** Which terminals hold which versions, and who is behind. */
  status(): Promise<ListStatus>;
}
