/** What a phone needs of the world: a store that keeps one account document, its key, hashes and signatures, a clock, a lock. */
import type { Amount, JournalRecord, MediumAccount, Product, TerminalNumber, Time } from '@retap/model';
import type { PaymentRequest, PhoneKind, PhoneStandingWord, WishKind } from '@retap/protocol';

/** One entry of the journal that the centre has not acknowledged. */
export interface JournalEntry {
  readonly serial: number;
  readonly record: JournalRecord;
  /** Of the hash chain before it, 64 upper-case hexadecimal digits. */
  readonly before: string;
}

/** A signed batch of another phone, which this one holds and the centre may not have. */
export interface ForeignBatch {
  /** Identity of its record: `1000000007-12`. */
  readonly id: string;
  readonly batch: Uint8Array;
}

export type ItemKind =
  /** To or from another phone. */
  | 'payment'
  | 'refund'
  /** By an order of the centre. */
  | 'top-up'
  | 'reclaim'
  | 'moved'
  | 'given'
  | 'blocked'
  | 'unblocked'
  /** To the centre. */
  | 'cash-out'
  /** A use of a ticket. */
  | 'validation';

export type ItemState =
  /** Only this phone, and perhaps the other one, knows of it. */
  | 'unreported'
  /** The centre has it. Of a payment that was made: whoever was to be paid has not said whether they took it. */
  | 'reported'
  /** Whoever was paid has it: by their receipt, or by the centre's word. */
  | 'taken'
  /** Nobody took it, and nobody can any more. */
  | 'reclaimable'
  | 'reclaimed'
  | 'disputed';

/** One line of the history. */
export interface Item {
  /** Identity of this phone's own record: `1000000007-12`. */
  readonly id: string;
  readonly serial: number;
  readonly kind: ItemKind;
  /** Signed: below 0 it went out. */
  readonly amount: Amount;
  /** After it. */
  readonly balance: Amount;
  readonly time: Time;
  readonly state: ItemState;
  readonly other: { readonly terminal: TerminalNumber; readonly name: string; readonly kind: PhoneKind } | null;
  readonly note: string;
  /** What was bought, or used. */
  readonly product: Product | null;
  /** After this time nobody takes it; null: it is nothing to be taken. */
  readonly validUntil: Time | null;
  /** Of a payment that was received: the identity of the payer's record, and how much of it was refunded. */
  readonly refersTo: string | null;
  readonly refunded: Amount;
  /** Of a request of this phone that it pays; null: none. */
  readonly requestNumber: number | null;
  /** This phone's own record as a signed batch, to be shown (a payment, a receipt). Null: nothing to show. */
  readonly batch: Uint8Array | null;
  /** The certificate that it was made under: a later one is of a later state of the account, in which it is past. */
  readonly certificate: Uint8Array | null;
  /** The other's: of a payment received the payment, of one made the receipt, with the certificate that came along. */
  readonly otherBatch: Uint8Array | null;
  readonly otherCertificate: Uint8Array | null;
}

/** A wish that was minted and is not granted or refused yet; its id never changes. */
export interface KeptWish {
  readonly id: string;
  readonly kind: WishKind;
  readonly amount: Amount;
  readonly serial: number;
  readonly code: string;
  /** What the centre said last; empty: nothing yet. `waits`: somebody has to approve. */
  readonly answer: string;
  /** It was refused for good; else it is asked again each time. */
  readonly isRefused: boolean;
}

/** The one account document (paper 2: one lock for each). */
export interface PhoneDocument {
  /** 1 more with every write: whoever writes on top of another version is refused. */
  readonly version: number;
  readonly terminal: TerminalNumber;
  readonly kind: PhoneKind;
  readonly name: string;
  /** The centre's public key, as it was when the phone was registered. */
  readonly centre: Uint8Array;
  /** As the centre made it last. */
  readonly certificate: Uint8Array;
  /** A: what this phone carries. */
  readonly account: MediumAccount;
  /** Of the journal: last serial, time of the last record, link of the hash chain after it. */
  readonly lastSerial: number;
  readonly lastRecordTime: Time;
  readonly link: string;
  /** Number of the last request that was made, and the one that is open. */
  readonly requestNumber: number;
  readonly openRequest: OpenPaymentRequest | null;
  readonly actionSerial: number;
  readonly isBlocked: boolean;
  readonly standing: PhoneStandingWord;
  readonly denied: readonly TerminalNumber[];
  readonly wishes: readonly KeptWish[];
  /**
   * The latest time that this phone has told the centre: whatever could not be taken by then is never taken, whatever its clock
   * says later. Kept before it is told.
   */
  readonly saidAt: Time;
  /** When the centre was last heard, by this phone's clock; null: never since it was registered. */
  readonly heardAt: Time | null;
  /** The centre's clock minus this phone's when it was last heard, in milliseconds, the way of the answer in it; null: never heard. */
  readonly clockOffset: number | null;
  /** Of what a mebibyte costs, in minor units, and what was sent and received so far. */
  readonly mebibytePrice: Amount;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface OpenPaymentRequest {
  readonly request: PaymentRequest;
  /** As signed. */
  readonly bytes: Uint8Array;
}

export interface Stored {
  readonly document: PhoneDocument;
  readonly journal: readonly JournalEntry[];
  readonly foreign: readonly ForeignBatch[];
  /** Newest first. */
  readonly items: readonly Item[];
}

/** What is written together, or not at all. */
export interface StoreChange {
  /** With `version` one above the version that it was made on; 1: there is none yet. */
  readonly document: PhoneDocument;
  readonly journal?: readonly JournalEntry[];
  /** Entries up to this serial go: the centre has them. */
  readonly journalAcknowledgedTo?: number;
  readonly foreign?: readonly ForeignBatch[];
  readonly foreignAcknowledged?: readonly string[];
  /** Added, or put in the place of those with the same id. */
  readonly items?: readonly Item[];
}

export const PHONE_STORE_ERROR_CODES = [
  /** Another tab wrote since: nothing was written. */
  'store-stale',
  /** No room: nothing was written. */
  'store-full',
  'store-failed',
] as const;
export type PhoneStoreErrorCode = (typeof PHONE_STORE_ERROR_CODES)[number];

export class PhoneStoreError extends Error {
  override readonly name = 'PhoneStoreError';
  readonly code: PhoneStoreErrorCode;

  constructor(code: PhoneStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface PhoneStore {
  /** Null: nothing was ever written. @throws PhoneStoreError `store-failed` */
  load(): Promise<Stored | null>;
  /** Version of the document; 0: there is none. @throws PhoneStoreError `store-failed` */
  version(): Promise<number>;
  /** Resolves when a power cut can no longer undo it; all of it or nothing. @throws PhoneStoreError */
  commit(change: StoreChange): Promise<void>;
}

/** Ed25519 key of the phone. Nobody can read it, this program neither. */
export interface PhoneKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes, the same for the same bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface PhoneOptions {
  readonly store: PhoneStore;
  readonly key: PhoneKey;
  /** True where the holder of the Ed25519 key signed exactly these bytes. */
  readonly verify: (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  /** SHA-256 (FIPS 180-4): 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** The phone's wall clock, in milliseconds since the Unix epoch; it may be wrong. */
  readonly clock: () => Time;
  /** So many random bytes. */
  readonly random: (length: number) => Uint8Array;
  /** Runs one piece of work at a time, over all tabs of the phone. */
  readonly lock: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Largest difference between the clocks of two phones, in milliseconds; default 120 s, as the centre's. */
  readonly clockTolerance?: number;
}
