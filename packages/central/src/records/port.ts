/** Records, one by one and in lists, as people look for them (docs/console.md). */
import type {
  Amount,
  CommitStatus,
  JournalRecord,
  MediumName,
  RecordIdentity,
  SynchronizationKind,
  TerminalNumber,
  Time,
} from '@retap/model';
import type { BatchForm } from '@retap/protocol';

export type RecordType = JournalRecord['type'];

/** A line of a list of records. */
export interface RecordLine extends RecordIdentity {
  readonly type: RecordType;
  readonly medium: MediumName;
  readonly time: Time;
  /** Null of an observation. */
  readonly amount: Amount | null;
  readonly balance: Amount;
  /** As its terminal reported it; null of an observation. */
  readonly reported: CommitStatus | null;
  /** As it is resolved; null of an observation, and of what is not reconciled yet. */
  readonly status: CommitStatus | null;
  /** Whether something was concluded of it yet. */
  readonly reconciled: boolean;
  /** Of the batch that brought it. */
  readonly receipt: number;
}

/**
 * In what order a list comes, the newest first: `serial` of one terminal, `time` of the tap, `receipt` of the batch, that is
 * as records arrived.
 */
export type RecordOrder = 'serial' | 'time' | 'receipt';

export interface RecordQuery {
  /** Resolved; `observation`: what has no status. */
  readonly status?: CommitStatus | 'observation' | undefined;
  readonly type?: RecordType | undefined;
  readonly terminal?: TerminalNumber | undefined;
  readonly medium?: MediumName | undefined;
  /** Time of the tap, this one included. */
  readonly from?: Time | undefined;
  /** Time of the tap, this one excluded. */
  readonly until?: Time | undefined;
  /** Size of the amount in minor units, whatever its sign. */
  readonly amountMin?: number | undefined;
  readonly amountMax?: number | undefined;
  /** The `next` of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** @property next null at the end. A page may be short, even empty, and still have one: only so many are examined at a time */
export interface RecordPage {
  readonly order: RecordOrder;
  readonly records: readonly RecordLine[];
  /** How many were looked at for this page. */
  readonly examined: number;
  /** Of the last one looked at: time of the tap, and receipt. Null where none was. */
  readonly reachedTo: { readonly time: Time; readonly receipt: number } | null;
  readonly next: string | null;
}

/** What another record, or a medium's own log in it, says of one. By the definitions 2 and 4 of the specification. */
export type EvidenceWord =
  | 'read-by' // it is what that one read from the medium: confirmed
  | 'named-by-log' // confirmed
  | 'refuted-by-commit' // that one read the same as it, and did commit
  | 'refuted-by-serial' // the same terminal read the same once more
  | 'refuted-by-time' // the medium was seen afterwards as it was before
  | 'refuted-by-log'; // the log goes round it and does not name it

export interface EvidenceOfRecord extends RecordIdentity {
  readonly word: EvidenceWord;
  readonly type: RecordType;
  readonly time: Time;
}

export interface BatchOfRecord {
  readonly receipt: number;
  readonly receivedAt: Time;
  readonly form: BatchForm;
  /** SHA-256 of form and body, in hexadecimal digits. */
  readonly digest: string;
  /** Bytes of the body as it was received. */
  readonly size: number;
  /** Records read from it, and left out. */
  readonly accepted: number;
  readonly quarantined: number;
}

/**
 * Bytes as they were received. `entry`: of this record alone, as they stand in the body. `batch`: of the whole body, since a signed
 * one is signed, and packed, as a whole.
 */
export interface RawBytes {
  readonly of: 'entry' | 'batch';
  readonly hex: string;
  /** How many there are; `hex` holds the first of them. */
  readonly size: number;
}

export interface ProofOfRecord {
  readonly verdict: 'valid' | 'invalid' | 'missing' | 'none';
  readonly counter: number | null;
  readonly readerDiffers: boolean;
  /** The next commit's proof shows that it took place, or that it did not. */
  readonly settled: boolean;
  readonly contradicted: boolean;
}

export interface RecordDetail {
  readonly line: RecordLine;
  /** As it was received. */
  readonly record: JournalRecord;
  /** Whether it is on the chain: the root, or an effective transaction. */
  readonly node: boolean;
  readonly predecessor: RecordIdentity | null;
  readonly synchronization: { readonly amount: Amount; readonly kind: SynchronizationKind } | null;
  readonly batch: BatchOfRecord;
  /** In the batch: which record, or which line, from 1. */
  readonly position: number;
  readonly raw: RawBytes;
  /** At most 20. */
  readonly evidence: readonly EvidenceOfRecord[];
  /** Null where its medium cannot prove, or nobody has the keys. */
  readonly proof: ProofOfRecord | null;
  /** Later voices under the same number that say something else: none of them was applied. At most 20. */
  readonly conflicts: readonly { readonly receipt: number; readonly position: number }[];
}

/**
 * What would settle a transaction in doubt, by the definitions 2, 4 and 5 of the specification.
 * `next-tap`: no terminal has seen the medium since; the next one reads what became of it. `tap-after`: it was seen, but sooner than
 * clocks can tell apart; seen at this time or later, as it was before, refutes it. `missing-record`: a terminal has not delivered a
 * record of this time, that another one has read. `own-terminal`: its own terminal has not delivered what follows (`to` null: up to
 * whatever there is), by which it may have tried again.
 */
export type Settling =
  | { readonly by: 'next-tap' }
  | { readonly by: 'tap-after'; readonly time: Time }
  | { readonly by: 'missing-record'; readonly terminal: TerminalNumber; readonly time: Time }
  | {
      readonly by: 'own-terminal';
      readonly terminal: TerminalNumber;
      readonly from: number;
      readonly to: number | null;
    };

/** What is in doubt and `from` to `to` days old; `to` null: and older. `amount`: sum of sizes, in minor units. */
export interface Age {
  readonly from: number;
  readonly to: number | null;
  readonly count: number;
  readonly amount: number;
}

export interface UnverifiedQuery {
  readonly asOf: Time;
  /** The `from` of an {@link Age}; all where it is left out. */
  readonly age?: number | undefined;
  readonly terminal?: TerminalNumber | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** @property ages of all that is in doubt, up to 100,000 */
export interface UnverifiedPage {
  readonly ages: readonly Age[];
  /** The newest first. */
  readonly records: readonly { readonly line: RecordLine; readonly settledBy: readonly Settling[] }[];
  readonly next: string | null;
}

export interface Records {
  /** @throws RangeError where `before` is not the `next` of a page */
  records(query: RecordQuery): Promise<RecordPage>;
  /** Null where no such record is received. */
  record(identity: RecordIdentity): Promise<RecordDetail | null>;
  /** As {@link record}, without reading its batch. */
  line(identity: RecordIdentity): Promise<RecordLine | null>;
  /** What is in doubt. @throws RangeError as {@link records} */
  unverified(query: UnverifiedQuery): Promise<UnverifiedPage>;
  hasBatch(receipt: number): Promise<boolean>;
}
