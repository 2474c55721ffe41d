/** Why nothing was done. Where several hold, the first is given. No money has moved, and nothing was written. */
export const PHONE_REFUSALS = [
  /** This phone has no account yet. */
  'not-registered',
  /** Its owner said that it is lost, or the operator blocked it. */
  'blocked',
  /** The centre has more of this phone's journal than the phone: it was restored from a copy, or is one. */
  'rolled-back',
  /** What was scanned is nothing that a wallet shows, or was damaged. */
  'unreadable',
  /** A kind of message that is of no use here: a ticket where a payment is expected. */
  'unexpected',
  /** The certificate of the other phone was not made by our centre. */
  'certificate-forged',
  /** It was not signed by the phone that it says: somebody changed it. */
  'signature-forged',
  /** Of the other phone, or our own: one of the two must go online. */
  'certificate-expired',
  'own-certificate-expired',
  /** The other phone is on the deny list. */
  'denied',
  /** One's own request. */
  'own-request',
  'currency-differs',
  /** The payment is to somebody else. */
  'other-payee',
  /** It is for a request that this phone has not made, or has withdrawn. */
  'other-request',
  /** It is not for the amount, or the product, that was asked. */
  'amount-changed',
  /** The record contradicts itself, or the certificate: an old state of the phone, or one that was tampered with. */
  'chain-broken',
  /** The clocks of the two phones differ by more than the tolerance. */
  'clock-differs',
  /** This phone's clock is behind its own last record: it was turned back. */
  'clock-turned-back',
  /** The time in which it could be paid, or taken, is over. */
  'too-late',
  /** The request was paid by another payment already. */
  'request-paid',
  'amount-out-of-range',
  'insufficient-balance',
  /** More than one payment may be. */
  'payment-limit',
  /** More than may be spent, or more payments than may be made, before the payer's phone goes online. */
  'offline-limit',
  'offline-count',
  /** The balance of whoever is paid would be above its limit. */
  'balance-limit',
  /** A phone of a person sells nothing and refunds nothing. */
  'merchants-only',
  /** More than is left of the payment to be refunded. */
  'refund-too-large',
  'product-missing',
  'product-not-valid',
  'products-full',
  /** The seller's receipt is not on this phone: without it nobody can see that the ticket was paid. */
  'receipt-missing',
  /** No room for the record: it must be on the phone before anything is shown. */
  'store-full',
  /** The phone's storage failed; what was written is not known before it is opened anew. */
  'store-failed',
] as const;
export type PhoneRefusal = (typeof PHONE_REFUSALS)[number];
