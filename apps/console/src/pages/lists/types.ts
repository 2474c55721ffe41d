/** Lists as the centre answers them. */
import type { ActionState, DryRun, EntryChange, ListChange, ListDifference, Lists, ListVersion } from '@retap/central';

type Working = Awaited<ReturnType<Lists['working']>>;
export type ListKind = keyof Working;
export type Limits = Working['limits'];
export type LimitName = keyof Limits;
export type Tariff = Working['tariff'][number];
export type { ActionState, EntryChange, ListChange, ListDifference, ListVersion };

export const LIST_KINDS: readonly ListKind[] = ['deny', 'actions', 'limits', 'tariff'];

/** `lists/{kind}/working` */
export interface WorkingList {
  readonly kind: ListKind;
  readonly published: Pick<ListVersion, 'version' | 'issuedAt' | 'expiresAt'> | null;
  readonly isPublished: boolean;
  readonly entries: unknown;
}

/** `lists/dry-run`; `notJudged`: limits that no record shows. */
export type DryRunTold = DryRun & { readonly notJudged: readonly string[] };
