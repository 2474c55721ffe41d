/** What the centre knows: the state of spec/reconciliation.md, in the form of its report. */
import type { Amount } from './amount.ts';
import type { CommitStatus, MediumName, RecordIdentity, TerminalNumber, Time } from './record.ts';

export interface Configuration {
  /** How long a record may be under way before its absence is an alert, in milliseconds. */
  readonly maxDelay: number;
  /** Largest difference between the clocks of two terminals in service, in milliseconds. */
  readonly clockTolerance: number;
  /** A node whose balance is below this is an `invalid-amount`. */
  readonly minimumBalance: Amount;
}

export const DEFAULT_CONFIGURATION: Configuration = {
  maxDelay: 72 * 3_600_000,
  clockTolerance: 120_000,
  minimumBalance: 0 as Amount,
};

/** Why credit moved that is not explained (definition of X′). */
export const SYNCHRONIZATION_KINDS = ['gap', 'fork', 'mismatch'] as const;
export type SynchronizationKind = (typeof SYNCHRONIZATION_KINDS)[number];

/** A row of the synchronization set X′, eq. (10). */
export interface SynchronizationRow {
  readonly time: Time;
  readonly amount: Amount;
  readonly kind: SynchronizationKind;
}

/** A′ with X′ and the pending validations of one medium. */
export interface Account {
  readonly medium: MediumName;
  readonly opened: boolean;
  readonly balance: Amount;
  readonly lastTime: Time | null;
  readonly lastTerminal: TerminalNumber | null;
  readonly synchronization: readonly SynchronizationRow[];
  readonly products: readonly { readonly id: string; readonly uses: number }[];
  readonly pendingValidations: readonly (RecordIdentity & { readonly productId: string })[];
}

/** A transaction with its resolved status. */
export interface ResolvedTransaction extends RecordIdentity {
  readonly medium: MediumName;
  readonly status: CommitStatus;
}

type OfRecord<Kind extends string> = { readonly kind: Kind; readonly medium: MediumName } & RecordIdentity;

/** A finding for a person; a condition that holds in the state at `asOf`. Keys as in the table of the spec. */
export type Alert =
  | { readonly kind: 'cloned-medium'; readonly medium: MediumName; readonly transactions: readonly RecordIdentity[] }
  | OfRecord<'stale-medium'>
  | {
      readonly kind: 'missing-transaction';
      readonly medium: MediumName;
      readonly terminal: TerminalNumber;
      readonly time: Time;
    }
  | (OfRecord<'balance-mismatch'> & { readonly amount: Amount })
  | OfRecord<'medium-serial-mismatch'>
  | OfRecord<'terminal-chain-mismatch'>
  | OfRecord<'commit-contradiction'>
  | OfRecord<'invalid-time'>
  | OfRecord<'future-time'>
  | ({ readonly kind: 'terminal-time-order' } & RecordIdentity)
  | OfRecord<'invalid-amount'>
  | OfRecord<'validation-without-purchase'>
  | OfRecord<'invalid-validation'>
  | OfRecord<'duplicate-product'>
  | { readonly kind: 'unknown-medium'; readonly medium: MediumName }
  | { readonly kind: 'duplicate-open'; readonly medium: MediumName }
  | {
      readonly kind: 'terminal-serial-gap';
      readonly terminal: TerminalNumber;
      readonly from: number;
      readonly to: number;
    }
  | ({ readonly kind: 'conflicting-record' } & RecordIdentity);

export type AlertKind = Alert['kind'];

/** All kinds in the order of the spec's table, which is also the order in which a person should look. */
export const ALERT_KINDS = [
  'cloned-medium',
  'stale-medium',
  'missing-transaction',
  'balance-mismatch',
  'medium-serial-mismatch',
  'terminal-chain-mismatch',
  'commit-contradiction',
  'invalid-time',
  'future-time',
  'terminal-time-order',
  'invalid-amount',
  'validation-without-purchase',
  'invalid-validation',
  'duplicate-product',
  'unknown-medium',
  'duplicate-open',
  'terminal-serial-gap',
  'conflicting-record',
] as const satisfies readonly AlertKind[];

/** The whole state at `asOf`, as `retap reconcile --format json` prints it, less the lines it rejected. */
export interface CentralState {
  readonly asOf: Time;
  readonly accounts: readonly Account[];
  readonly transactions: readonly ResolvedTransaction[];
  readonly alerts: readonly Alert[];
}
