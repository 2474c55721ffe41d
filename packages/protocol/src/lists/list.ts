/** Lists that the centre gives to its terminals (docs/lists.md): denied media, what is done to media, offline limits, tariffs. */
import type { Amount, MediumName, Product, Time } from '@retap/model';
import type { Tariff } from './tariff.ts';

/** In the order in which they are written; a kind, once used, keeps its place for ever. */
export const LIST_KINDS = ['deny', 'actions', 'limits', 'tariff'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export const LISTED_ACTION_KINDS = ['refill', 'refund', 'product', 'block', 'unblock'] as const;

/** An entry of the action list. Per medium they are numbered 1, 2, 3, …, and carried out in that order. */
export type ListedAction = {
  readonly medium: MediumName;
  readonly serial: number;
} & (
  | { readonly kind: 'refill' | 'refund'; readonly amount: Amount }
  | { readonly kind: 'product'; readonly product: Omit<Product, 'id'> }
  | { readonly kind: 'block' | 'unblock' }
);

/** In the order in which they are written; a name, once used, keeps its place for ever. */
export const LIMIT_NAMES = [
  'minimumBalance',
  'maximumBalance',
  'tapAmountMax',
  'dayTapsMax',
  'dayAmountMax',
  'unsentRecordsMax',
  'unsentAmountMax',
  'unsentAgeMax',
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** Amounts in minor units, an age in milliseconds. What is not named stays as the terminal's configuration says. */
export type ListedLimits = Readonly<Partial<Record<LimitName, number>>>;

export interface ListEntries {
  /** In ascending order, each once. */
  readonly deny: readonly MediumName[];
  /** By medium and serial, ascending. */
  readonly actions: readonly ListedAction[];
  readonly limits: ListedLimits;
  /** The tariff of now and those that follow, by the time from which each holds, ascending. */
  readonly tariff: readonly Tariff[];
}

/** One version of one list, whole. */
export type List<Kind extends ListKind = ListKind> = {
  readonly [Each in Kind]: {
    readonly kind: Each;
    /** 1, 2, 3, … per kind. */
    readonly version: number;
    readonly issuedAt: Time;
    /** From this time on it is expired. */
    readonly expiresAt: Time;
    readonly entries: ListEntries[Each];
  };
}[Kind];

/** Far above what a fleet needs: a terminal holds the lists in memory. */
export const LIST_ENTRIES_MAX = 100_000;
