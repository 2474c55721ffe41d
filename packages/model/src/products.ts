/** Products P′ and pending validations (paper section 3.4: validations whose purchase has not arrived). */
import { byTime, type Product, type PurchaseRecord, type TransactionRecord, type ValidationRecord } from './record.ts';

export interface ProductUse {
  readonly product: Product;
  readonly purchase: PurchaseRecord;
  readonly uses: number;
}

export interface ProductState {
  /** The earliest effective purchase of each product id, with its number of matched validations. */
  readonly products: ReadonlyMap<string, ProductUse>;
  readonly pending: readonly ValidationRecord[];
  readonly invalid: readonly ValidationRecord[];
  /** Effective purchases of an id that an earlier one has. */
  readonly duplicates: readonly PurchaseRecord[];
}

/** Whether the `ordinal`-th use (from 1) of a product at `time` breaks its conditions. Periods are half open: [validFrom, validUntil). */
export function isInvalidUse(
  product: Pick<Product, 'validFrom' | 'validUntil' | 'maxUses'>,
  time: number,
  ordinal: number,
): boolean {
  return (
    (product.validFrom !== undefined && time < product.validFrom) ||
    (product.validUntil !== undefined && time >= product.validUntil) ||
    (product.maxUses !== undefined && ordinal > product.maxUses)
  );
}

/** @param effective the medium's effective transactions, in any order */
export function productState(effective: Iterable<TransactionRecord>): ProductState {
  const products = new Map<string, { product: Product; purchase: PurchaseRecord; uses: number }>();
  const duplicates: PurchaseRecord[] = [];
  const validations: ValidationRecord[] = [];
  for (const transaction of [...effective].sort(byTime)) {
    if (transaction.type === 'validation') validations.push(transaction);
    if (transaction.type !== 'purchase') continue;
    const { product } = transaction;
    if (products.has(product.id)) duplicates.push(transaction);
    else products.set(product.id, { product, purchase: transaction, uses: 0 });
  }
  const pending: ValidationRecord[] = [];
  const invalid: ValidationRecord[] = [];
  for (const validation of validations) {
    const use = products.get(validation.productId);
    if (use === undefined || use.purchase.time > validation.time) {
      pending.push(validation);
    } else {
      use.uses += 1; // counts as a use, valid or not
      if (isInvalidUse(use.product, validation.time, use.uses)) invalid.push(validation);
    }
  }
  return { products, pending, invalid, duplicates };
}
