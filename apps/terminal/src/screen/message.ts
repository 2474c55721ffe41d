/** The one message that the screen shows: what a tap came to, for the person who tapped. */
import type { MediumReading } from '@retap/card';
import type { Amount, HeldProduct, LogEntry, MediumName, TransactionType } from '@retap/model';
import type { Refusal, TapOutcome } from '@retap/terminal';

/** Why a terminal serves nobody, besides the refusals that say so. */
export const PROCESS_FAULTS = [
  /** No reader is there, or it fails. */
  'reader',
  /** Our own mistake; the log says which. */
  'fault',
  /** The process ends. */
  'stopping',
] as const;
export type ProcessFault = (typeof PROCESS_FAULTS)[number];

/** What was done, and is shown: a transaction, or the end of one that was torn. */
interface Done {
  readonly type: TransactionType | 'completed';
  /** Signed; null where nothing was charged this time. */
  readonly amount: Amount | null;
}

export type Message =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'go';
      readonly done: Done;
      readonly balance: Amount;
      /** Entries of the action list that were carried out before. */
      readonly actions: readonly Done[];
    }
  | { readonly kind: 'again'; readonly reason: 'torn' | 'unreadable' | 'busy' }
  | {
      readonly kind: 'refused';
      readonly reason: Refusal | 'declined';
      /** As it was read: who has too little wants to know how much. */
      readonly balance: Amount | null;
    }
  | { readonly kind: 'out-of-service'; readonly reason: Refusal | ProcessFault }
  | {
      readonly kind: 'account';
      readonly medium: MediumName;
      readonly balance: Amount;
      readonly isBlocked: boolean;
      readonly isDenied: boolean;
      readonly products: readonly HeldProduct[];
      readonly log: readonly LogEntry[];
    };

/** Where a refusal belongs: hold it again, this medium not, this terminal not. */
const KIND_OF: Readonly<Record<Refusal, 'again' | 'refused' | 'out-of-service'>> = {
  'out-of-service': 'out-of-service',
  'clock-not-set': 'out-of-service',
  'clock-turned-back': 'out-of-service',
  'licence-expired': 'out-of-service',
  busy: 'again',
  'serials-used-up': 'out-of-service',
  'unsent-limit': 'out-of-service',
  'key-missing': 'refused',
  unreadable: 'again',
  'medium-foreign': 'refused',
  'medium-blank': 'refused',
  'medium-inconsistent': 'refused',
  'medium-denied': 'refused',
  'medium-blocked': 'refused',
  'clock-behind': 'refused',
  'amount-out-of-range': 'refused',
  'tap-limit': 'refused',
  'day-limit': 'refused',
  'product-too-large': 'refused',
  'product-missing': 'refused',
  'product-not-valid': 'refused',
  'products-full': 'refused',
  'insufficient-balance': 'refused',
  'balance-limit': 'refused',
  'medium-used-up': 'refused',
  'journal-full': 'out-of-service',
};

/** @param balance as it was read; null where it was not */
export function messageOfRefusal(reason: Refusal, balance: Amount | null): Message {
  switch (KIND_OF[reason]) {
    case 'again':
      return { kind: 'again', reason: reason === 'busy' ? 'busy' : 'unreadable' };
    case 'refused':
      return { kind: 'refused', reason, balance };
    case 'out-of-service':
      return { kind: 'out-of-service', reason };
  }
}

/** @param balance as it was read before; null where it was not */
export function messageOfTap(tap: TapOutcome, balance: Amount | null): Message {
  switch (tap.outcome) {
    case 'successful': {
      const { type, amount, balance } = tap.record;
      return { kind: 'go', done: { type, amount }, balance, actions: actionsOf(tap) };
    }
    case 'completed':
      return {
        kind: 'go',
        done: { type: 'completed', amount: null },
        balance: tap.record.balance,
        actions: actionsOf(tap),
      };
    case 'unverified':
      return { kind: 'again', reason: 'torn' };
    case 'unsuccessful':
      return { kind: 'refused', reason: 'declined', balance };
    case 'refused':
      return messageOfRefusal(tap.reason, balance);
  }
}

function actionsOf({ actions = [] }: TapOutcome): Done[] {
  return actions.map(({ type, amount }) => ({ type, amount }));
}

export function messageOfReading({ account, isBlocked }: MediumReading, isDenied: boolean): Message {
  const { medium, balance, products, log } = account;
  return { kind: 'account', medium, balance, isBlocked, isDenied, products, log };
}
