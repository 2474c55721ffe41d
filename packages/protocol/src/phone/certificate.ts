/**
 * A phone's certificate: the centre's word to other phones that a key speaks for an account, within limits, until a time soon.
 * COSE_Sign1 by the centre. It says how the account stood when it was made, so that whoever is paid offline can see how much has
 * been spent since: a copy of the phone cannot spend more than that either.
 */
import { type Amount, amountOf, type TerminalNumber, type Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import type { Cbor } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import type { Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { isShowable, NAME_LENGTH_MAX } from './name.ts';
import { encodeSignedList, openSignedList } from './signed-list.ts';

/** `person`: pays, and is paid within limits. `merchant`: sells, refunds, looks at tickets. */
export const PHONE_KINDS = ['person', 'merchant'] as const;
export type PhoneKind = (typeof PHONE_KINDS)[number];

/** What a phone may do between two visits to the centre. Amounts in minor units. */
export interface PhoneLimits {
  /** One payment. */
  readonly paymentMax: Amount;
  /** All payments since the certificate was made. */
  readonly offlineMax: Amount;
  /** Number of commits since the certificate was made. */
  readonly offlineCount: number;
  /** Of the account, also by what is received. */
  readonly balanceMax: Amount;
}

export interface Certificate {
  readonly terminal: TerminalNumber;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly kind: PhoneKind;
  /** As its owner wants to be called. */
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly issuedAt: Time;
  /** From this time on it is expired. */
  readonly expiresAt: Time;
  readonly limits: PhoneLimits;
  /** Commits of the account, and its balance, as the phone said and the centre found possible when the certificate was made. */
  readonly mediumSerial: number;
  readonly balance: Amount;
}

export interface OpenedCertificate {
  readonly certificate: Certificate;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
const KEY_BYTES = 32;
const AMOUNT_MAX = 2 ** 40;
const FORM: Sign1Form = { context: 'retap certificate 1', hasKeyName: false, bytesMax: 512 };

/** @param sign Ed25519 by the centre's key: 64 bytes. Equal certificates give equal bytes */
export function encodeCertificate(certificate: Certificate, sign: Sign): Promise<Uint8Array<ArrayBuffer>> {
  const { terminal, publicKey, kind, name, currency, issuedAt, expiresAt, limits, mediumSerial, balance } = certificate;
  const { paymentMax, offlineMax, offlineCount, balanceMax } = limits;
  const head: Cbor[] = [VERSION, terminal, publicKey, kind, name, currency, issuedAt, expiresAt];
  return encodeSignedList(
    FORM,
    0,
    [...head, paymentMax, offlineMax, offlineCount, balanceMax, mediumSerial, balance],
    sign,
  );
}

/** @throws ProtocolError `certificate-malformed` */
export function openCertificate(bytes: Uint8Array): OpenedCertificate {
  const opened = openSignedList(FORM, bytes);
  const certificate = opened && certificateIn(opened.fields);
  if (!opened || !certificate) {
    const what = 'it does not say number, key, name, limits and times as this version of Retap knows them';
    throw new ProtocolError('certificate-malformed', `not a phone's certificate: ${what}`);
  }
  const { toBeSigned, signature } = opened;
  return { certificate, toBeSigned, signature };
}

function certificateIn(fields: readonly Cbor[]): Certificate | null {
  const [version, terminal, publicKey, word, name, currency, issuedAt, expiresAt, ...rest] = fields;
  const [paymentMax, offlineMax, offlineCount, balanceMax, mediumSerial, balance, ...more] = rest;
  const kind = PHONE_KINDS.find((each) => each === word);
  const isCertificate =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    publicKey instanceof Uint8Array &&
    publicKey.length === KEY_BYTES &&
    kind !== undefined &&
    isShowable(name, NAME_LENGTH_MAX) &&
    name !== '' &&
    typeof currency === 'string' &&
    /^[A-Z]{3}$/.test(currency) &&
    isWhole(issuedAt, 0, TIME_MAX) &&
    isWhole(expiresAt, 0, TIME_MAX) &&
    isWhole(paymentMax, 0, AMOUNT_MAX) &&
    isWhole(offlineMax, 0, AMOUNT_MAX) &&
    isWhole(offlineCount, 0, NUMBER_MAX) &&
    isWhole(balanceMax, 0, AMOUNT_MAX) &&
    isWhole(mediumSerial, 0, NUMBER_MAX) &&
    isWhole(balance, 0, AMOUNT_MAX) &&
    more.length === 0;
  if (!isCertificate) return null;
  const limits: PhoneLimits = {
    paymentMax: amountOf(paymentMax),
    offlineMax: amountOf(offlineMax),
    offlineCount,
    balanceMax: amountOf(balanceMax),
  };
  const key = Uint8Array.from(publicKey);
  return {
    ...{ terminal, publicKey: key, kind, name, currency, issuedAt, expiresAt, limits, mediumSerial },
    balance: amountOf(balance),
  };
}
