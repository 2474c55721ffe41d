/** Where the product of a change lies on the card, and which slots hold P′. */
import { type HeldProduct, PRODUCTS_MAX } from '@retap/model';
import type { CommitContent } from '../commit-writes.ts';
import type { MediumChange } from '../medium.ts';
import type { SlottedProduct } from './account.ts';

/** @param held slots that hold P @param slotted P as it was read; null where it was not, and then it cannot change */
export function productWritten(
  { product, productId, after }: MediumChange,
  held: number,
  slotted: readonly SlottedProduct[] | null,
): Pick<CommitContent, 'product' | 'held'> {
  if (!product && productId === undefined) return { held };
  if (!slotted) throw new Error('products are changed that were not read');
  const kept = slotted.filter((one) => after.products.some(({ id }) => id === one.product.id));
  const bits = kept.reduce((sum, { slot }) => sum | (1 << slot), 0);
  if (product) {
    const slot = Array.from({ length: PRODUCTS_MAX }, (_, index) => index).find((index) => !(bits & (1 << index)));
    if (slot === undefined) throw new Error('no slot is left for the product');
    return { held: bits | (1 << slot), product: { slot, uses: 0, id: product.id, bought: product } };
  }
  const used = slotted.find((one) => one.product.id === productId);
  if (!used) throw new Error('a product is used that was not read');
  return { held, product: { slot: used.slot, uses: usesOf(after.products, used.product), id: used.product.id } };
}

function usesOf(products: readonly HeldProduct[], { id, uses }: HeldProduct): number {
  return products.find((product) => product.id === id)?.uses ?? uses + 1;
}
