/**
 * What goes over a phone's socket, `GET /phones/socket`, one CBOR array a message (docs/wallet.md). Every message of a phone has a number,
 * and the answer names it. What is said is signed each for itself, so a socket that breaks and is opened again goes on where it was.
 */
import { type Amount, amountOf, type TerminalNumber, type Time } from '@retap/model';
import { type Cbor, decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';

/** Named by both sides when the socket is opened (RFC 6455, section 1.9). */
export const PHONE_SOCKET_PROTOCOL = 'retap.phone.1';
export const PHONE_MESSAGE_BYTES_MAX = 256 * 1024;

const SAYS = ['batch', 'standing', 'wish', 'payment'] as const;

/**
 * From the phone. `batch`: a signed batch, its own or of another phone that it holds; `payment`: what it shows of a payment, whose batch is
 * kept and which is handed on to whoever is to be paid, if they are connected just now; the others as their names say, signed.
 */
export interface PhoneSays {
  readonly number: number;
  readonly kind: (typeof SAYS)[number];
  readonly bytes: Uint8Array;
}

/** How a phone stands with the centre. */
export const PHONE_STANDINGS = [
  'active',
  /** It says less than it has sent before: restored from a copy, or a copy itself. */
  'rolled-back',
  /** Two different journals were signed by its key. */
  'copied',
  /** Said to be lost by its owner. */
  'lost',
  /** By the operator. */
  'suspended',
  'revoked',
] as const;
export type PhoneStandingWord = (typeof PHONE_STANDINGS)[number];

/** What the centre knows of a payment that the phone made. In this order it gets better, but for the last. */
export const PAYMENT_STATES = [
  /** Its record is here. Whoever was to be paid has not said whether they took it. */
  'reported',
  /** Nobody took it, and nobody can any more: it may be reclaimed. */
  'reclaimable',
  'reclaimed',
  /** Whoever was paid has it. */
  'taken',
  /** It is reclaimed and was taken all the same, or it was taken twice: somebody looks at it. */
  'disputed',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** To the phone. */
export type CentreSays =
  | { readonly kind: 'kept'; readonly number: number; readonly time: Time }
  | {
      readonly kind: 'refused';
      readonly number: number;
      readonly time: Time;
      readonly code: string;
      readonly message: string;
      /** In how many milliseconds to send it again; 0: not before somebody has done something. */
      readonly retryAfterMs: number;
    }
  | {
      /** The answer to a standing. */
      readonly kind: 'account';
      readonly number: number;
      readonly time: Time;
      readonly standing: PhoneStandingWord;
      /** Highest serial of the phone's journal that the centre has. */
      readonly lastSerial: number;
      /** New; null where the phone gets none. */
      readonly certificate: Uint8Array | null;
      /** Orders after the last that it carried out, each signed. */
      readonly orders: readonly Uint8Array[];
      /** Of its latest payments, those that the phone may not know: serial and state. */
      readonly payments: readonly { readonly serial: number; readonly state: PaymentState }[];
      /** Numbers of phones that are not to be taken from: the whole list; null: the one that the phone said it holds. */
      readonly denied: readonly TerminalNumber[] | null;
      /** Prices of a byte, for who pays for them: minor units for a mebibyte. */
      readonly mebibytePrice: Amount;
    }
  /** Something changed that an account would say: ask again. */
  | { readonly kind: 'news' }
  /** A payment to this phone, as the payer shows it: as if it had been scanned. */
  | { readonly kind: 'payment'; readonly message: Uint8Array };

const KEPT = 0;
const REFUSED = 1;
const ACCOUNT = 2;
const NEWS = 3;
const PAYMENT = 4;
const COUNT_MAX = 2 ** 32 - 1;
const CODE = /^[a-z][a-z-]{0,63}$/;
const MESSAGE_MAX = 500;

export function encodePhoneSays({ number, kind, bytes }: PhoneSays): Uint8Array<ArrayBuffer> {
  return encodeCbor([SAYS.indexOf(kind), number, bytes]);
}

/** Null where it is none. */
export function parsePhoneSays(message: Uint8Array): PhoneSays | null {
  if (message.length > PHONE_MESSAGE_BYTES_MAX) return null;
  const [index, number, bytes, ...more] = fieldsOf(message);
  const kind = typeof index === 'number' ? SAYS[index] : undefined;
  if (kind === undefined || !isWhole(number, 1, COUNT_MAX) || !(bytes instanceof Uint8Array) || more.length > 0) {
    return null;
  }
  return { number, kind, bytes };
}

export function encodeCentreSays(says: CentreSays): Uint8Array<ArrayBuffer> {
  switch (says.kind) {
    case 'kept':
      return encodeCbor([KEPT, says.number, says.time]);
    case 'refused': {
      const message = says.message.slice(0, MESSAGE_MAX);
      return encodeCbor([REFUSED, says.number, says.time, says.code, message, says.retryAfterMs]);
    }
    case 'account': {
      const { number, time, standing, lastSerial, certificate, orders, payments, denied, mebibytePrice } = says;
      const states = payments.map(({ serial, state }) => [serial, state]);
      const head: Cbor[] = [ACCOUNT, number, time, standing, lastSerial, certificate];
      return encodeCbor([...head, orders, states, denied, mebibytePrice]);
    }
    case 'news':
      return encodeCbor([NEWS]);
    case 'payment':
      return encodeCbor([PAYMENT, says.message]);
  }
}

/** Null where it is none: whoever answers may be anybody. */
export function parseCentreSays(message: Uint8Array): CentreSays | null {
  const [kind, number, time, ...rest] = fieldsOf(message);
  if (kind === NEWS && number === undefined) return { kind: 'news' };
  if (kind === PAYMENT && number instanceof Uint8Array && time === undefined)
    return { kind: 'payment', message: number };
  if (!isWhole(number, 1, COUNT_MAX) || !isWhole(time, 0, TIME_MAX)) return null;
  if (kind === KEPT && rest.length === 0) return { kind: 'kept', number, time };
  if (kind === REFUSED) return refusedIn(number, time, rest);
  return kind === ACCOUNT ? accountIn(number, time, rest) : null;
}

function refusedIn(number: number, time: Time, fields: readonly Cbor[]): CentreSays | null {
  const [code, message, retryAfterMs, ...more] = fields;
  const isRefused =
    typeof code === 'string' &&
    CODE.test(code) &&
    typeof message === 'string' &&
    isWhole(retryAfterMs, 0, COUNT_MAX) &&
    more.length === 0;
  return isRefused ? { kind: 'refused', number, time, code, message, retryAfterMs } : null;
}

function accountIn(number: number, time: Time, fields: readonly Cbor[]): CentreSays | null {
  const [word, lastSerial, certificate, orders, states, denied, price, ...more] = fields;
  const standing = PHONE_STANDINGS.find((each) => each === word);
  const payments = isArray(states) ? states.map(paymentIn) : [null];
  const isAccount =
    standing !== undefined &&
    isWhole(lastSerial, 0, NUMBER_MAX) &&
    (certificate === null || certificate instanceof Uint8Array) &&
    isArray(orders) &&
    orders.every((each): each is Uint8Array => each instanceof Uint8Array) &&
    payments.every((each) => each !== null) &&
    isDenied(denied) &&
    isWhole(price, 0, 2 ** 40) &&
    more.length === 0;
  if (!isAccount) return null;
  return {
    ...{ kind: 'account', number, time, standing, lastSerial, certificate, orders, payments, denied },
    mebibytePrice: amountOf(price),
  };
}

function isDenied(value: Cbor | undefined): value is number[] | null {
  return value === null || (isArray(value) && value.every((each) => isWhole(each, 1, NUMBER_MAX)));
}

function paymentIn(value: Cbor): { readonly serial: number; readonly state: PaymentState } | null {
  const [serial, word, ...more] = isArray(value) ? value : [];
  const state = PAYMENT_STATES.find((each) => each === word);
  return isWhole(serial, 1, NUMBER_MAX) && state !== undefined && more.length === 0 ? { serial, state } : null;
}

function fieldsOf(bytes: Uint8Array): readonly Cbor[] {
  const value = decodeCbor(bytes)?.value;
  return isArray(value) ? value : [];
}
