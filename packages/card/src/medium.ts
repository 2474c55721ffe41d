/** A medium in a terminal's field, as the terminal sees it: a card behind a reader, a phone, one in memory. */
import type {
  Amount,
  CommitAnswer,
  CommitProof,
  MediumAccount,
  Product,
  TerminalNumber,
  Time,
  TransactionType,
} from '@retap/model';
import type { LogType } from './layout.ts';

/** With which key a medium is talked to, from what may least to what may most. */
export const ACCESSES = ['read', 'debit', 'refill'] as const;
export type Access = (typeof ACCESSES)[number];

/** Why a medium could not be read. The medium is as it was. */
export const READ_FAULTS = [
  /** It left, stayed mute, or an answer was cut or corrupted. To hold it again may help. */
  'unreadable',
  /** This terminal has no key for the access: a gate cannot refill. */
  'key-missing',
  /** It has no account of ours, or its keys are not ours. */
  'foreign',
  /** It has the files and no account yet: it was never opened. */
  'blank',
  /** Its files contradict each other. */
  'inconsistent',
] as const;
export type ReadFault = (typeof READ_FAULTS)[number];

/** Reading takes time that a gate may not have: what is wanted of it. */
export interface ReadWish {
  /** Whether P is needed. */
  readonly products: boolean;
  /** Whether H is wanted, asked once L and Z are known. */
  log(last: { readonly lastTime: Time; readonly lastTerminal: TerminalNumber }): boolean;
}

export interface MediumReading {
  /** A as read: products are empty where they were not wanted, the log has at least its newest entry. */
  readonly account: MediumAccount;
  /** Whether the whole of the medium's log was read. */
  readonly isLogRead: boolean;
  /** Serial of the last action that was carried out on it; 0: none. */
  readonly actionSerial: number;
  /** Blocked by an action, until another unblocks it. */
  readonly isBlocked: boolean;
  /** What its last commit did; absent where the medium does not keep it. */
  readonly lastType?: LogType;
}

/** An action of the action list, as it is carried out by a transaction. */
export interface CarriedAction {
  /** One above the `actionSerial` that was read. */
  readonly serial: number;
  /** `block` and `unblock` change the medium's state. */
  readonly kind: string;
}

/** From the account that was read to the next one, all of it or nothing. */
export interface MediumChange {
  readonly type: TransactionType;
  readonly amount: Amount;
  readonly after: MediumAccount;
  /** Product bought. */
  readonly product?: Product;
  /** Product used. */
  readonly productId?: string;
  readonly action?: CarriedAction;
}

/** How the commit ended, and, where the medium can prove it, its proof. Only `committed` can have one. */
export interface CommitResult {
  readonly answer: CommitAnswer;
  readonly proof?: CommitProof;
}

/** One conversation at a time: authenticate → read → commit, once each; a further read begins anew. */
export interface Medium {
  /** Proves each to the other. Changes nothing. */
  authenticate(access: Access): Promise<'authenticated' | ReadFault>;
  /** The account. Changes nothing. */
  read(wish: ReadWish): Promise<MediumReading | ReadFault>;
  /** Whether a product can be kept on it at all: a card has little room for names and numbers. */
  canHold(product: Product): boolean;
  /** Replaces the account that was read. A medium that was changed since declines, or is torn. */
  commit(change: MediumChange): Promise<CommitResult>;
  /** Writes the first account on a medium that has none (`blank`); one that has one declines. */
  open(first: MediumAccount): Promise<CommitResult>;
}
