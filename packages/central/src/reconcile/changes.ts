/** What a round decides, gathered over many media and written at its end. */
import type { AlertKind, Amount, RecordIdentity, SynchronizationRow } from '@retap/model';
import type { AccountRow } from './account.ts';
import type { Evidence, Fact } from './fact.ts';
import type { ProductRow } from './products.ts';

/** A condition that one record is the cause of; `since` where only lateness makes it an alert. */
export interface Condition {
  readonly owner: RecordIdentity & { readonly mediumId: number };
  readonly kind: AlertKind;
  readonly since?: number;
  readonly amount?: Amount | null;
  readonly missing?: { readonly terminal: number; readonly time: number };
}

export interface Changes {
  readonly accounts: AccountRow[];
  readonly uncommitted: Fact[];
  readonly synchronization: { readonly node: Fact; readonly row: SynchronizationRow }[];
  readonly synchronizationGone: RecordIdentity[];
  readonly conditions: Condition[];
  readonly conditionsGone: (RecordIdentity & { readonly kind: AlertKind })[];
  readonly products: ProductRow[];
  readonly productsGone: { readonly mediumId: number; readonly productId: string }[];
  readonly pending: Fact[];
  readonly pendingGone: RecordIdentity[];
  readonly clones: Evidence[];
  readonly clonesGone: RecordIdentity[];
}

export function noChanges(): Changes {
  return {
    accounts: [],
    uncommitted: [],
    synchronization: [],
    synchronizationGone: [],
    conditions: [],
    conditionsGone: [],
    products: [],
    productsGone: [],
    pending: [],
    pendingGone: [],
    clones: [],
    clonesGone: [],
  };
}
