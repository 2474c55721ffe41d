/** Decisions about tickets: whether one may be shown, and whether one that is shown is good. Pure. */
import { type HeldProduct, isSpent, isValid, type Product } from '@retap/model';
import { type Certificate, PRESENTATION_VALID_MS, phoneMedium } from '@retap/protocol';
import type { OpenedTicket } from './opened.ts';
import type { Moment } from './paying.ts';
import type { Item, PhoneDocument } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';

/** What proves a ticket: the purchase that was made, and the seller's receipt for it. */
export interface ProvenTicket {
  readonly held: HeldProduct;
  readonly item: Item & {
    readonly batch: Uint8Array;
    readonly otherBatch: Uint8Array;
    readonly otherCertificate: Uint8Array;
  };
}

export function ticketOf(
  productId: string,
  use: boolean,
  document: PhoneDocument,
  items: readonly Item[],
  { now }: Moment,
): ProvenTicket | PhoneRefusal {
  const held = document.account.products.find(({ id }) => id === productId);
  const item = items.find((each) => each.product?.id === productId && each.kind === 'payment');
  if (!held || !item) return 'product-missing';
  const { batch, otherBatch, otherCertificate } = item;
  if (!batch || !otherBatch || !otherCertificate) return 'receipt-missing';
  if (use && !isValid(held, now)) return 'product-not-valid';
  return { held, item: { ...item, batch, otherBatch, otherCertificate } };
}

/** Why a ticket, believed to be by its holder and its seller, lets nobody ride; else the product. */
export function inspected(
  { purchase, receipt, presentation }: OpenedTicket,
  { denied }: PhoneDocument,
  own: Certificate,
  { now, clockTolerance }: Moment,
): Product | PhoneRefusal {
  const { record, certificate: holder } = purchase;
  const seller = receipt.certificate;
  if (record.type !== 'purchase' || receipt.record.type !== 'refill') return 'unexpected';
  if (holder.expiresAt <= now) return 'certificate-expired';
  if (denied.includes(holder.terminal)) return 'denied';
  if (holder.currency !== own.currency) return 'currency-differs';
  if (seller.kind !== 'merchant') return 'merchants-only';
  const { refersTo, amount, counterparty } = receipt.record;
  const isPaid =
    refersTo?.terminal === record.terminal &&
    refersTo.serial === record.serial &&
    amount === -record.amount &&
    counterparty === phoneMedium(record.terminal) &&
    record.counterparty === phoneMedium(seller.terminal);
  if (!isPaid || presentation.productId !== record.product.id) return 'receipt-missing';
  if (presentation.lastTime > now + clockTolerance) return 'clock-differs';
  if (Math.abs(now - presentation.time) > PRESENTATION_VALID_MS + clockTolerance) return 'too-late';
  return isGood(record.product, presentation.uses, now) ? record.product : 'product-not-valid';
}

/** A ticket of a number of uses is shown with the one that is being made. */
function isGood(product: Product, uses: number, now: number): boolean {
  const { maxUses, ...timed } = product;
  if (isSpent({ ...timed, uses: 0 }, now) || !isValid({ ...timed, uses: 0 }, now)) return false;
  return maxUses === undefined || (uses >= 1 && uses <= maxUses);
}
