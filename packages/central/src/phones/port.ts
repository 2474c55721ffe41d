/** Phones with the centre (docs/phones.md), as the processes around it register, hear and steer them. */
import type { Amount, TerminalNumber, Time } from '@retap/model';
import type {
  PaymentState,
  PhoneKind,
  PhoneLimits,
  PhoneRegistered,
  PhoneRegistration,
  PhoneStandingWord,
  Sign,
} from '@retap/protocol';
import type { Reason } from '../registry/port.ts';
import type { PhonePreset } from './limits.ts';

/** Who gets a number. `anybody`; `persons`: merchants by an invitation's code; `invited`: all by a code. An open centre takes anybody. */
export const PHONE_ADMISSIONS = ['anybody', 'persons', 'invited'] as const;
export type PhoneAdmission = (typeof PHONE_ADMISSIONS)[number];

/** What a top-up that is wished comes to. `free`: an order at once, for demonstrations. `asked`: a proposal. `none`: nothing; clerks order it. */
export const TOP_UP_POLICIES = ['free', 'asked', 'none'] as const;
export type TopUpPolicy = (typeof TOP_UP_POLICIES)[number];

export interface PhoneSettings {
  readonly preset: PhonePreset;
  /** ISO 4217. */
  readonly currency: string;
  /** How long a certificate is valid. */
  readonly certificateDays: number;
  readonly admission: PhoneAdmission;
  readonly topUp: TopUpPolicy;
  /** Minor units for a mebibyte, for phones that ask what their network costs. */
  readonly mebibytePrice: Amount;
}

export interface Phone {
  readonly terminal: TerminalNumber;
  readonly kind: PhoneKind;
  readonly name: string;
  readonly standing: PhoneStandingWord;
  readonly registeredAt: Time;
  /** When it last sent something new that was taken. */
  readonly seenAt: Time | null;
  /** End of the certificate that was given last. */
  readonly certifiedUntil: Time;
  readonly lostAt: Time | null;
  /** The phone that has its balance. */
  readonly movedTo: TerminalNumber | null;
  readonly lastSerial: number;
  /** After the last record of it that is here. */
  readonly balance: Amount;
}

/** Why a phone was not registered, a wish not granted, or nothing changed. */
export const PHONE_REFUSALS = [
  'signature-invalid',
  'enrolment-code-needed',
  'enrolment-code-unknown',
  'enrolment-code-expired',
  'enrolment-code-used',
  /** Another phone was registered with the same one. */
  'recovery-code-used',
  'phone-lost',
  'phone-suspended',
  'phone-revoked',
  'phone-copied',
  'phones-full',
  'phone-unknown',
  'lost-already',
  'list-full',
] as const;
export type PhoneRefusalCode = (typeof PHONE_REFUSALS)[number];
export type PhoneRefusal = { readonly refusal: PhoneRefusalCode };

/** Why a wish is not granted. */
export const WISH_REFUSALS = [
  'phone-lost',
  'phone-suspended',
  'phone-revoked',
  'phone-copied',
  'top-up-closed',
  /** A clerk said no, or nobody said anything for a week. */
  'top-up-refused',
  'balance-limit',
  'payment-not-reclaimable',
  'payment-reclaimed',
  'move-code-unknown',
  'balance-moved',
  /** Nothing is on the lost phone's account. */
  'balance-empty',
  'list-full',
  'wishes-exceeded',
] as const;
export type WishRefusalCode = (typeof WISH_REFUSALS)[number];

export type WishAnswer =
  | { readonly answer: 'granted' }
  /** For a person who approves it, or until a time: the same wish is to be asked again then. */
  | { readonly answer: 'waits'; readonly until: Time | null }
  | { readonly answer: 'refused'; readonly refusal: WishRefusalCode };

/** What a phone is told when it has said how it stands. */
export interface PhoneAccount {
  readonly terminal: TerminalNumber;
  readonly standing: PhoneStandingWord;
  /** Highest serial up to which its journal is here without a hole. */
  readonly lastSerial: number;
  /** Null where it gets none: by its standing, or while records of it are missing here. */
  readonly certificate: Uint8Array | null;
  readonly orders: readonly Uint8Array[];
  readonly payments: readonly { readonly serial: number; readonly state: PaymentState }[];
  /** Null: as the phone said that it holds. */
  readonly denied: readonly TerminalNumber[] | null;
  readonly mebibytePrice: Amount;
}

export interface Phones {
  settings(): Promise<PhoneSettings>;
  /** What is left out stays; another preset brings its own currency and days along unless they are named. */
  set(changed: Partial<PhoneSettings>, reason: Reason): Promise<PhoneSettings>;
  limitsOf(preset: PhonePreset): Readonly<Record<PhoneKind, PhoneLimits>>;
  /** In the order of their numbers, from after one on. */
  list(query: { readonly after?: TerminalNumber; readonly limit: number }): Promise<readonly Phone[]>;
  /** A number for a phone that will be registered by a code. */
  invite(
    invitation: {
      readonly kind: PhoneKind;
      readonly name: string;
      /** SHA-256 of `enrolmentCodeBytes(code)`. */
      readonly codeDigest: Uint8Array;
      readonly validMs: number;
    },
    reason: Reason,
  ): Promise<TerminalNumber | PhoneRefusal | { readonly refusal: 'centre-open' }>;
  /** The same key again: the same number. @param centre its public key, which `sign` signs by */
  register(registration: PhoneRegistration, centre: Uint8Array, sign: Sign): Promise<PhoneRegistered | PhoneRefusal>;
  /** Hears how a phone says that it stands. @throws ProtocolError `standing-malformed`; AdmissionError */
  hear(standing: Uint8Array, sign: Sign): Promise<PhoneAccount>;
  /**
   * The same wish again: the same answer, but for one that waits. @throws ProtocolError `wish-malformed`; AdmissionError
   * @returns whose it is, too
   */
  wish(wish: Uint8Array): Promise<WishAnswer & { readonly terminal: TerminalNumber }>;
  /**
   * By the recovery code: its phone is lost from now on. Nothing in the answer shows whether there is one.
   * @returns when its balance can be moved
   */
  lose(code: string): Promise<Time>;
  /** By the operator. @returns when its balance can be moved */
  declareLost(terminal: TerminalNumber, reason: Reason): Promise<Time | PhoneRefusal>;
  /** Of each of these phones something that changes when an account would say something new. */
  versions(terminals: readonly TerminalNumber[]): Promise<ReadonlyMap<TerminalNumber, string>>;
}
