/** What a phone that is to be paid asks for: COSE_Sign1 by its key, shown beside its certificate. It moves nothing. */
import { type Amount, amountOf, type Product, type TerminalNumber, type Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { type Cbor, isArray } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import type { Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { isShowable, NOTE_LENGTH_MAX } from './name.ts';
import { encodeSignedList, openSignedList } from './signed-list.ts';

export interface PaymentRequest {
  /** Whom to pay. */
  readonly terminal: TerminalNumber;
  /** 1, 2, 3, … of that phone: a payment names it, and it is paid once. */
  readonly number: number;
  /** By the clock of whoever asks: the payer's own must agree, within the tolerance. */
  readonly time: Time;
  /** A payment that is made, or shown, after it is not taken. */
  readonly validUntil: Time;
  /** Above 0. */
  readonly amount: Amount;
  /** What is sold, to be shown when it is paid: its id is minted by the payer. Null: nothing that is kept. */
  readonly product: Omit<Product, 'id'> | null;
  /** For people: `2 × coffee`. */
  readonly note: string;
}

export interface OpenedRequest {
  readonly request: PaymentRequest;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
const AMOUNT_MAX = 2 ** 40;
const CODE = /^[0-9A-Za-z._-]{1,64}$/;
const FORM: Sign1Form = { context: 'retap request 1', hasKeyName: true, bytesMax: 1024 };

export function encodeRequest(request: PaymentRequest, sign: Sign): Promise<Uint8Array<ArrayBuffer>> {
  const { terminal, number, time, validUntil, amount, product, note } = request;
  const sold: Cbor = product && [
    product.code,
    product.validFrom ?? null,
    product.validUntil ?? null,
    product.maxUses ?? null,
  ];
  return encodeSignedList(FORM, terminal, [VERSION, number, time, validUntil, amount, sold, note], sign);
}

/** @throws ProtocolError `request-malformed` */
export function openRequest(bytes: Uint8Array): OpenedRequest {
  const opened = openSignedList(FORM, bytes);
  const request = opened && requestIn(opened.keyName, opened.fields);
  if (!opened || !request) {
    const what = 'it does not say number, amount and times as this version of Retap knows them';
    throw new ProtocolError('request-malformed', `not a request to be paid: ${what}`);
  }
  const { toBeSigned, signature } = opened;
  return { request, toBeSigned, signature };
}

function requestIn(terminal: number, fields: readonly Cbor[]): PaymentRequest | null {
  const [version, number, time, validUntil, amount, sold, note, ...more] = fields;
  const product = sold === null ? null : productIn(sold);
  const isRequest =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    isWhole(number, 1, NUMBER_MAX) &&
    isWhole(time, 0, TIME_MAX) &&
    isWhole(validUntil, time, TIME_MAX) &&
    isWhole(amount, 1, AMOUNT_MAX) &&
    product !== undefined &&
    isShowable(note, NOTE_LENGTH_MAX) &&
    more.length === 0;
  return isRequest ? { terminal, number, time, validUntil, amount: amountOf(amount), product, note } : null;
}

/** Undefined where it is none. */
function productIn(value: Cbor | undefined): Omit<Product, 'id'> | undefined {
  const [code, validFrom, validUntil, maxUses, ...more] = isArray(value) ? value : [];
  const isTime = (each: Cbor | undefined): each is number | null => each === null || isWhole(each, 0, TIME_MAX);
  if (typeof code !== 'string' || !CODE.test(code) || more.length > 0) return undefined;
  if (!isTime(validFrom) || !isTime(validUntil)) return undefined;
  if (maxUses !== null && !isWhole(maxUses, 1, NUMBER_MAX)) return undefined;
  return {
    code,
    ...(validFrom !== null && { validFrom }),
    ...(validUntil !== null && { validUntil }),
    ...(maxUses !== null && { maxUses }),
  };
}
