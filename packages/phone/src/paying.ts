/** Decisions about what goes out of a phone's account. Pure: nothing is written here. */
import { type Amount, amountOf, type MediumAccount, PRODUCTS_MAX, productsLeft, type Time } from '@retap/model';
import type { Certificate, PaymentRequest } from '@retap/protocol';
import { boundBroken } from './bounds.ts';
import type { Item, PhoneDocument } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';

/** By whose clock, and how far another's may be off. */
export interface Moment {
  readonly now: Time;
  readonly clockTolerance: number;
}

/** Null where the phone as it stands may move money at all. */
export function unfit({ isBlocked, standing }: PhoneDocument): PhoneRefusal | null {
  if (standing === 'rolled-back' || standing === 'copied') return 'rolled-back';
  return isBlocked || standing !== 'active' ? 'blocked' : null;
}

/** Why a request, believed to be by its payee, cannot be paid by this phone, whatever its balance. */
export function requestRefused(
  request: PaymentRequest,
  payee: Certificate,
  document: PhoneDocument,
  own: Certificate,
  { now, clockTolerance }: Moment,
): PhoneRefusal | null {
  if (payee.terminal === document.terminal) return 'own-request';
  if (document.denied.includes(payee.terminal)) return 'denied';
  if (payee.currency !== own.currency) return 'currency-differs';
  if (request.product && payee.kind !== 'merchant') return 'merchants-only';
  // Before money moves: what is written under a wrong clock would be refused by whoever is to take it.
  if (request.time > now + clockTolerance) return 'clock-differs';
  if (now > request.validUntil + clockTolerance) return 'too-late';
  return payee.expiresAt <= now ? 'certificate-expired' : null;
}

/** Why a payment is not made of this account; null where it may be. */
export function paymentRefused(
  amount: Amount,
  account: MediumAccount,
  own: Certificate,
  { now }: Moment,
  product: PaymentRequest['product'] = null,
): PhoneRefusal | null {
  if (own.expiresAt <= now) return 'own-certificate-expired';
  const after = amountOf(account.balance - amount);
  if (after < 0) return 'insufficient-balance';
  const broken = boundBroken(
    { amount: amountOf(-amount), balance: after, mediumSerial: account.mediumSerial + 1 },
    own,
  );
  if (broken) return broken;
  return product && productsLeft(account, now).length >= PRODUCTS_MAX ? 'products-full' : null;
}

/** The payment of a request that was made before; null: none. */
export function paidBefore(request: PaymentRequest, items: readonly Item[]): Item | null {
  const isSame = (item: Item): boolean =>
    item.requestNumber === request.number && item.other?.terminal === request.terminal && item.refersTo === null;
  return items.find(isSame) ?? null;
}

/** Why a payment that was taken is not given back; null where it may be. */
export function refundRefused(item: Item | undefined, amount: Amount, document: PhoneDocument): PhoneRefusal | null {
  if (document.kind !== 'merchant') return 'merchants-only';
  if (item?.refersTo == null || item.kind !== 'payment' || item.amount <= 0) return 'unexpected';
  if (amount <= 0) return 'amount-out-of-range';
  return item.refunded + amount > item.amount ? 'refund-too-large' : null;
}
