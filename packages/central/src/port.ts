/** What the centre offers to the processes around it: the way of a batch, and the questions one can ask. */
import type {
  Account,
  Alert,
  AlertKind,
  Amount,
  CommitStatus,
  Configuration,
  JournalRecord,
  MediumName,
  RecordIdentity,
  ResolvedTransaction,
  SynchronizationKind,
  TerminalNumber,
  Time,
  TransactionRecord,
} from '@retap/model';
import type { BatchForm, ReceivedSerials } from '@retap/protocol';
import type { AlertGroups } from './alert-groups/port.ts';
import type { AlertWork } from './alert-work/port.ts';
import type { AuditLog } from './audit/port.ts';
import type { Batches } from './batches/port.ts';
import type { Events } from './events/port.ts';
import type { Lists } from './lists/port.ts';
import type { Deadlines, Operations } from './operations/port.ts';
import type { People } from './people/port.ts';
import type { Phones } from './phones/port.ts';
import type { Proposals } from './proposals/port.ts';
import type { Records } from './records/port.ts';
import type { Registry, VerifySignature } from './registry/port.ts';
import type { Reports } from './reports/port.ts';
import type { Site } from './site/port.ts';
import type { TerminalStandings } from './terminal-standing/port.ts';
import type { Today } from './today/port.ts';
import type { Transfers } from './transfers/port.ts';
import type { Webhooks } from './webhooks/port.ts';

/** Whole bytes as they were received. The centre keeps them for ever: the rest of SQL is a view of them. */
export interface ReceivedBatch {
  readonly form: BatchForm;
  readonly body: Uint8Array;
  /** The terminal's clock as the upload came, where it says; no part of what is kept. */
  readonly sentAt?: Time;
}

/** A record that was not applied. `position` counts records in the batch, or lines in the journal piece, from 1. */
export interface QuarantinedRecord {
  readonly position: number;
  readonly reason: string;
}

/** Answer to an upload, given when the batch is durable. A repeat of the same bytes gets the same answer, but for `received`. */
export interface Acknowledgement {
  /** Smallest number given to these bytes: the order of arrival that settles conflicts. */
  readonly receipt: number;
  /** Records read from the batch, whether new or received before. */
  readonly accepted: number;
  readonly quarantined: readonly QuarantinedRecord[];
  /** What there is of the terminal's journal; null for a body of several, and while a rebuild is catching up. */
  readonly received: ReceivedSerials | null;
}

export interface Totals {
  readonly batches: number;
  readonly records: number;
  readonly quarantined: number;
  readonly media: number;
  readonly terminals: number;
  /** Sum of all account balances W′. */
  readonly balance: Amount;
  /** Transactions whose resolved status is `unverified`. */
  readonly inDoubt: number;
  /** Media with a row in their synchronization set X′. */
  readonly outOfSync: number;
  /** Records received and not yet reconciled. */
  readonly waiting: number;
  readonly alerts: Readonly<Partial<Record<AlertKind, number>>>;
  /** Of the cards' own proofs; only where this centre has the keys. */
  readonly proofs?: ProofTotals;
  /** Of what terminals have signed; only where the centre takes nothing else. */
  readonly integrity?: { readonly alerts: Readonly<Partial<Record<IntegrityAlertKind, number>>> };
}

export interface ProofTotals {
  readonly alerts: Readonly<Partial<Record<ProofAlertKind, number>>>;
  /**
   * Transactions that count though their terminal saw no commit, and which no later proof has settled. Until then a stolen
   * terminal could have invented them.
   */
  readonly unsettled: number;
  /** Batches received and not yet judged by the keys held. */
  readonly waiting: number;
}

/** What a proof says, by the keys held. `previousReader`: terminal of the commit before, null where the card names none. */
export type ProofJudgement =
  | { readonly verdict: 'valid'; readonly previousReader: TerminalNumber | null }
  | { readonly verdict: 'invalid' };

/** Checks the proofs of cards, with keys that no terminal has. Pure, but for keys in a token that does not answer. */
export interface ProofJudge {
  /** Names the keys held, without telling them: where it is another than before, everything is judged anew. */
  readonly keys: string;
  /** Whether the medium is one that proves its commits. */
  canProve(medium: MediumName): boolean;
  /** @param record of a medium that can prove, with a proof @throws where the keys cannot be used just now */
  judge(record: TransactionRecord): ProofJudgement;
}

/** Kinds of the alerts that the cards' proofs give, in the order in which they are listed (docs/proof.md). */
export const PROOF_ALERT_KINDS = [
  'proof-invalid',
  'proof-missing',
  'proof-contradiction',
  'proof-reader',
  'proof-repeated',
  'proof-counter',
] as const;
export type ProofAlertKind = (typeof PROOF_ALERT_KINDS)[number];

/** A condition on the cards' own proofs. No part of the specification's report, which knows no keys. */
export type ProofAlert =
  | ({
      readonly kind: 'proof-invalid' | 'proof-missing' | 'proof-contradiction' | 'proof-reader';
      readonly medium: MediumName;
    } & RecordIdentity)
  | {
      readonly kind: 'proof-repeated';
      readonly medium: MediumName;
      readonly counter: number;
      readonly transactions: readonly RecordIdentity[];
    }
  | { readonly kind: 'proof-counter'; readonly medium: MediumName; readonly transactions: readonly RecordIdentity[] };

export interface ProofAlertOptions {
  readonly medium?: MediumName;
  readonly kind?: ProofAlertKind;
  readonly limit: number;
}

/** Kinds of the alerts that terminals' signed batches and words give, in the order in which they are listed (docs/enrolment.md). */
export const INTEGRITY_ALERT_KINDS = [
  'journal-chain-broken',
  'terminal-clock-off',
  // What phones' records say of each other (docs/transfers.md).
  'refill-unbacked',
  'payment-taken-twice',
  'payment-disputed',
  'phone-out-of-bounds',
] as const;
export type IntegrityAlertKind = (typeof INTEGRITY_ALERT_KINDS)[number];

/** A condition on a terminal itself, or on a phone. No part of the specification's report. */
export type IntegrityAlert =
  /** It has signed two journals: before this serial stand different records in one than in the other. */
  | ({ readonly kind: 'journal-chain-broken' } & RecordIdentity)
  /** Its clock was further off than it may be when it was last measured. How far, the registry says. */
  | { readonly kind: 'terminal-clock-off'; readonly terminal: TerminalNumber }
  | ({
      readonly kind: /** Value that a phone says it received, and that no payment to it and no order covers. */
        | 'refill-unbacked'
        /** The payment that two refills of the one who was paid refer to. */
        | 'payment-taken-twice'
        /** The payment that was given back, for nobody had taken it, and that was taken all the same. */
        | 'payment-disputed'
        /** A phone's record that is not its to write. */
        | 'phone-out-of-bounds';
      readonly medium: MediumName;
    } & RecordIdentity);

/** One record on a medium's chain, with what the centre concluded about it. */
export interface ChainLink {
  readonly record: JournalRecord;
  /** Resolved status; null for an observation. An `open` that is not the root is `unsuccessful`: it counts for nothing. */
  readonly status: CommitStatus | null;
  /** Whether it is on the chain: the root, or an effective transaction. */
  readonly node: boolean;
  readonly predecessor: RecordIdentity | null;
  readonly receipt: number;
  /** What the card's own proof says of it; null where nobody has asked it, or the medium proves nothing. */
  readonly proof: 'valid' | 'invalid' | 'missing' | 'none' | null;
  readonly synchronization: { readonly amount: Amount; readonly kind: SynchronizationKind } | null;
}

/** A page of one medium's records, newest first. */
export interface ChainPage {
  readonly links: readonly ChainLink[];
  /** Pass as `before` to read on; null at the end. */
  readonly next: string | null;
}

/**
 * The parts of the state at `asOf`, in the report's order, each read from the database as it is consumed. On PostgreSQL
 * all of them are of one moment, which is held until the report is closed, or the centre: {@link Central.rebuild} waits for it.
 */
export interface Report {
  readonly asOf: Time;
  accounts(): AsyncIterable<Account>;
  transactions(): AsyncIterable<ResolvedTransaction>;
  alerts(): AsyncIterable<Alert>;
  close(): Promise<void>;
}

/** One difference between the stored state and the state derived anew from the stored batches. */
export interface Discrepancy {
  /** `account 04a1…`, `account row 04a1…`, `transaction 17-4711`, `record 17-4711`, `proof 17-4711`, `batch 12`, `alert missing-transaction`. */
  readonly subject: string;
  readonly stored: unknown;
  readonly derived: unknown;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface Central {
  /** Fixed when the database was made. */
  readonly clockTolerance: number;
  /** Who did what to the centre. */
  readonly audit: AuditLog;
  /** What waits for a second person. */
  readonly proposals: Proposals;
  /** Records, as people look for them. */
  readonly records: Records;
  /** Batches, as people look at them. */
  readonly batches: Batches;
  /** Figures over days, and what is owed. */
  readonly reports: Reports;
  /** Who may speak to the centre. */
  readonly registry: Registry;
  /** How the terminals do. */
  readonly terminalStandings: TerminalStandings;
  /** What people do about alerts. */
  readonly alertWork: AlertWork;
  /** Open alert cases by what they come of. */
  readonly alertGroups: AlertGroups;
  /** What happens here, for others to hear of. */
  readonly events: Events;
  /** Events sent to other systems. */
  readonly webhooks: Webhooks;
  /** What terminals are told of media and limits. */
  readonly lists: Lists;
  /** Value that passes between phones. */
  readonly transfers: Transfers;
  /** What holds for the whole site. */
  readonly site: Site;
  /** How the site is just now. */
  readonly today: Today;
  /** How the centre is. */
  readonly operations: Operations;
  /** Who may ask and steer it. */
  readonly people: People;
  /** Phones that pay and are paid. */
  readonly phones: Phones;
  /**
   * Whether a batch may be received: that it is whole and, where it is signed, by whom it says and whether that one may
   * speak. {@link receive} decides it again; of what was verified it knows the records already, as far as there is room for them.
   * @returns whose it is; null where it is not signed @throws ProtocolError `batch-malformed`, `terminal-mismatch`; AdmissionError
   */
  verify(batch: ReceivedBatch): Promise<TerminalNumber | null>;
  /**
   * Stage one, by terminal: keeps the batches, each of their records once, and checks serials. Resolves when all is
   * durable. @throws ProtocolError, AdmissionError where one may not be received (nothing of any of these batches is kept).
   */
  receive(batches: readonly ReceivedBatch[]): Promise<readonly Acknowledgement[]>;
  /**
   * What is received of a journal, to its terminal's signed question (`POST /batches/state`); null while a rebuild is catching up.
   * @throws ProtocolError `state-question-malformed`; AdmissionError
   */
  received(question: Uint8Array): Promise<ReceivedSerials | null>;
  /** Stage two, by medium: one SQL transaction over the partitions this call could claim. Returns the records reconciled; 0 when nothing waits. */
  reconcile(): Promise<number>;
  /** Runs {@link reconcile} until nothing waits, not even what another processor has claimed. */
  drain(onProgress?: (progress: Progress) => void): Promise<void>;
  totals(asOf: Time): Promise<Totals>;
  account(medium: MediumName): Promise<Account | null>;
  chain(medium: MediumName, options: { readonly before?: string; readonly limit: number }): Promise<ChainPage>;
  /** Alerts at `asOf`, by the order of ALERT_KINDS; of one medium where one is named. */
  alerts(
    asOf: Time,
    options: { readonly medium?: MediumName; readonly kind?: AlertKind; readonly limit: number },
  ): Promise<readonly Alert[]>;
  /** Alerts that the cards' own proofs give, by the order of PROOF_ALERT_KINDS; none where no key was ever given. */
  proofAlerts(options: ProofAlertOptions): Promise<readonly ProofAlert[]>;
  /**
   * Alerts that terminals' signed batches and words give, and phones' records held against each other, by the order of
   * INTEGRITY_ALERT_KINDS, terminal and serial. @param options.asOf decides what is late; default: now
   */
  integrityAlerts(options: { readonly asOf?: Time; readonly limit: number }): Promise<readonly IntegrityAlert[]>;
  media(options: { readonly prefix: string; readonly limit: number }): Promise<readonly MediumName[]>;
  /** Highest serial received of each terminal, so that a terminal (or a simulated one) can go on after it. */
  terminals(): Promise<
    readonly { readonly terminal: TerminalNumber; readonly lastSerial: number; readonly missing: number }[]
  >;
  report(asOf: Time, configuration: Configuration): Report;
  /**
   * Re-derives every account from the stored batches with the model and compares; yields what differs. What the cards'
   * proofs say is compared too, where this centre has the keys.
   */
  check(
    asOf: Time,
    configuration: Configuration,
    onProgress?: (progress: Progress) => void,
  ): AsyncIterable<Discrepancy>;
  /** Makes everything but the batches anew from the batches. May be killed and called again. */
  rebuild(onProgress?: (progress: Progress) => void): Promise<void>;
  close(): Promise<void>;
}

export interface CentralOptions {
  /**
   * `postgres://…` or `postgresql://…`: a PostgreSQL ≥ 15. Else a directory of the embedded database.
   * `null`: an embedded database in a temporary directory that is removed on close, for one run's report.
   */
  readonly database: string | null;
  /** Fixed when the database is made (default 120 s). @throws CentralError `clock-tolerance-differs` on another value. */
  readonly clockTolerance?: number;
  /** How many processors share the media; this one claims its share of the partitions at a time. Default 1. */
  readonly processors?: number;
  /** Checks the cards' proofs; without it nobody does until a centre that has it is opened on the same database. */
  readonly proofs?: ProofJudge;
  /** Of a PostgreSQL. Without them each question may take as long as it wants, as for a command that somebody waits for. */
  readonly deadlines?: Deadlines;
  /** Connections to a PostgreSQL at most. Default 8. */
  readonly connections?: number;
  /** Verifies what terminals sign. Without it nothing that is signed is taken, and what was taken is not checked again. */
  readonly verifySignature?: VerifySignature;
  /** The wall clock, read once per batch for `receivedAt`, and to see whether a licence has expired. It decides nothing else. */
  readonly now: () => Time;
}

/** @throws CentralError with a stable code where the database cannot be used. */
export type OpenCentral = (options: CentralOptions) => Promise<Central>;

/** The way of a batch to the state, and what can be asked of it: what a centre in memory does too. */
export type Reconciling = Pick<
  Central,
  | 'clockTolerance'
  | 'receive'
  | 'reconcile'
  | 'drain'
  | 'totals'
  | 'account'
  | 'chain'
  | 'alerts'
  | 'terminals'
  | 'report'
  | 'check'
  | 'rebuild'
  | 'close'
>;
