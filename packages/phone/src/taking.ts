/** Decisions about what comes into a phone's account from another phone. Pure: signatures were checked before, nothing is written here. */
import { amountOf, identityOf, type Product, type PurchaseRecord, type TransactionRecord } from '@retap/model';
import { type Certificate, PAYMENT_VALID_MS, type PaymentRequest, phoneMedium } from '@retap/protocol';
import { balanceLimitBroken, boundBroken, isPossible } from './bounds.ts';
import type { SignedRecord } from './opened.ts';
import type { Moment } from './paying.ts';
import type { Item, PhoneDocument } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';

/** What the taker's phone knows when it is shown a payment. */
export interface Taking extends Moment {
  readonly document: PhoneDocument;
  readonly own: Certificate;
  readonly items: readonly Item[];
}

/**
 * The item of a payment that was taken before; null: none. Another record under the same identity is no repeat but a copy of
 * that phone, or an old state of it: `contradicted`.
 */
export function takenBefore(
  record: TransactionRecord,
  batch: Uint8Array,
  items: readonly Item[],
): Item | 'contradicted' | null {
  const id = identityOf(record);
  const item = items.find((each) => each.refersTo === id && each.amount > 0);
  if (!item) return null;
  const { otherBatch } = item;
  // The signature of the same record by the same key is the same: what differs is another one.
  const isSame = otherBatch?.length === batch.length && otherBatch.every((byte, at) => byte === batch[at]);
  return isSame ? item : 'contradicted';
}

/** What was taken from a phone just before a record of it, serial by serial; null: nothing. */
export function takenJustBefore({ terminal, serial }: TransactionRecord, items: readonly Item[]): Item | null {
  return items.find((item) => item.amount > 0 && item.refersTo === `${terminal}-${serial - 1}`) ?? null;
}

/** Why a payment or a refund is not taken; null where it is. */
export function takingRefused({ record, certificate }: SignedRecord, taking: Taking): PhoneRefusal | null {
  const { document, own, now, clockTolerance } = taking;
  if (record.type !== 'debit' && record.type !== 'purchase') return 'unexpected';
  if (record.terminal === document.terminal) return 'own-request';
  if (certificate.expiresAt <= now) return 'certificate-expired';
  if (document.denied.includes(record.terminal)) return 'denied';
  if (certificate.currency !== own.currency) return 'currency-differs';
  if (record.counterparty !== phoneMedium(document.terminal)) return 'other-payee';
  const mismatch = record.reason === 'refund' ? refundMismatch(record, taking) : requestMismatch(record, taking);
  if (mismatch) return mismatch;
  if (record.medium !== phoneMedium(record.terminal) || !isPossible(record, certificate)) return 'chain-broken';
  if (record.time > now + clockTolerance) return 'clock-differs';
  // Never after it, for whoever paid may have had it back by then.
  if (now > record.time + PAYMENT_VALID_MS) return 'too-late';
  const { amount, balance, mediumSerial = 0 } = record;
  const broken = boundBroken({ amount, balance, mediumSerial }, certificate);
  return broken ?? balanceLimitBroken(amountOf(document.account.balance - amount), own);
}

/** Number of the request that a record says it pays; null: none. */
export function requestNumberOf({ reason }: TransactionRecord): number | null {
  const digits = /^payment-([1-9]\d{0,9})$/.exec(reason ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

function requestMismatch(record: TransactionRecord, { document, items }: Taking): PhoneRefusal | null {
  const number = requestNumberOf(record);
  const isPaid = items.some((item) => item.requestNumber === number && item.amount > 0);
  if (number !== null && isPaid) return 'request-paid';
  const open = document.openRequest?.request;
  if (number === null || open?.number !== number) return 'other-request';
  if (-record.amount !== open.amount || !isAsked(record, open)) return 'amount-changed';
  // A phone's serials only grow: one below what was taken from it before is an old state of it.
  const isOld = items.some((item) => item.amount > 0 && serialOf(item.refersTo, record.terminal) >= record.serial);
  return isOld ? 'chain-broken' : null;
}

function isAsked(record: TransactionRecord, { product }: PaymentRequest): boolean {
  if (record.type !== 'purchase') return product === null;
  return product !== null && isSameProduct(record, product);
}

function isSameProduct({ product: bought }: PurchaseRecord, asked: Omit<Product, 'id'>): boolean {
  const { code, validFrom, validUntil, maxUses } = bought;
  const isSame = code === asked.code && validFrom === asked.validFrom && validUntil === asked.validUntil;
  return isSame && maxUses === asked.maxUses;
}

/** A refund is of a payment that this phone made to that one, and of no more than it. */
function refundMismatch(record: TransactionRecord, { document, items }: Taking): PhoneRefusal | null {
  const { refersTo } = record;
  const paid = items.find((item) => refersTo?.terminal === document.terminal && item.serial === refersTo.serial);
  if (paid?.kind !== 'payment' || paid.other?.terminal !== record.terminal) return 'unexpected';
  if (paid.amount >= 0 || record.type !== 'debit') return 'unexpected';
  return paid.refunded - record.amount > -paid.amount ? 'refund-too-large' : null;
}

/** Serial in an identity of that terminal; 0 where it is another's. */
function serialOf(identity: string | null, terminal: number): number {
  const [of, serial] = (identity ?? '').split('-');
  return Number(of) === terminal ? Number(serial) : 0;
}

/** The payment of one's own that a receipt is for; null where it is none, or of something else. */
export function receiptFor({ record }: SignedRecord, { document, items }: Taking): Item | null {
  const { refersTo } = record;
  if (record.type !== 'refill' || refersTo?.terminal !== document.terminal) return null;
  const item = items.find(({ serial }) => serial === refersTo.serial);
  const isFor =
    item?.other?.terminal === record.terminal &&
    record.amount === -item.amount &&
    record.counterparty === phoneMedium(document.terminal) &&
    record.medium === phoneMedium(record.terminal);
  return isFor ? item : null;
}
