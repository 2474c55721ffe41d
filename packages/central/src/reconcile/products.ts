/** Products P′, their uses, and pending validations (spec, "Pending validations"). */
import { isInvalidUse, type RecordIdentity } from '@retap/model';
import type { Changes } from './changes.ts';
import type { Fact } from './fact.ts';
import type { ReconcileStore } from './store.ts';

/** The earliest effective purchase of a product id, with its matched validations. */
export interface ProductRow extends RecordIdentity {
  readonly mediumId: number;
  readonly productId: string;
  readonly time: number;
  readonly validFrom?: number;
  readonly validUntil?: number;
  readonly maxUses?: number;
  uses: number;
}

export const keyOf = (mediumId: number, productId: string) => `${mediumId} ${productId}`;

export interface ProductKey {
  readonly mediumId: number;
  readonly productId: string;
}

export class Products {
  readonly #rows = new Map<string, ProductRow | null>();
  /** What was bought, by purchase. */
  readonly #bought = new Map<string, ProductRow>();
  readonly #touched = new Set<ProductRow>();

  /** Loads the products that these transactions bought or used; must precede whatever is asked about them. */
  async load(store: ReconcileStore, transactions: readonly Fact[]): Promise<void> {
    const keys = new Map<string, ProductKey>();
    for (const { mediumId, productId } of transactions) {
      if (productId === null || this.#rows.has(keyOf(mediumId, productId))) continue;
      keys.set(keyOf(mediumId, productId), { mediumId, productId });
    }
    if (keys.size > 0) {
      for (const key of keys.keys()) this.#rows.set(key, null);
      const stored = await store.products([...keys.values()]);
      for (const row of stored) this.#rows.set(keyOf(row.mediumId, row.productId), row);
    }
    const bought = transactions.filter((fact) => fact.bought !== null);
    for (const fact of bought) this.#bought.set(`${fact.terminal}-${fact.serial}`, boughtBy(fact));
    const purchases = transactions.filter((fact) => fact.type === 'purchase' && fact.bought === null);
    for (const row of purchases.length > 0 ? await store.purchases(purchases) : []) {
      this.#bought.set(`${row.terminal}-${row.serial}`, row);
    }
  }

  #product(fact: Fact): ProductRow | null {
    const product = this.#rows.get(keyOf(fact.mediumId, fact.productId ?? ''));
    if (product === undefined)
      throw new Error(`product ${fact.productId} of ${fact.terminal}-${fact.serial} was not loaded`);
    return product;
  }

  /** Takes in a transaction that is later than all others of its medium. */
  extend(fact: Fact, changes: Changes): void {
    if (fact.productId === null) return;
    const product = this.#product(fact);
    if (fact.type === 'purchase') {
      if (product) changes.conditions.push({ owner: fact, kind: 'duplicate-product' });
      else this.#set(this.#boughtBy(fact), changes);
    } else if (product) {
      product.uses += 1;
      if (isInvalidUse(product, fact.time, product.uses)) {
        changes.conditions.push({ owner: fact, kind: 'invalid-validation' });
      }
      this.#touch(product, changes);
    } else {
      changes.pending.push(fact);
    }
  }

  #boughtBy(purchase: Fact): ProductRow {
    const row = this.#bought.get(`${purchase.terminal}-${purchase.serial}`);
    if (!row) throw new Error(`purchase ${purchase.terminal}-${purchase.serial} has no product`);
    return row;
  }

  #set(row: ProductRow, changes: Changes): void {
    this.#rows.set(keyOf(row.mediumId, row.productId), row);
    this.#touch(row, changes);
  }

  #touch(row: ProductRow, changes: Changes): void {
    if (!this.#touched.has(row)) changes.products.push(row);
    this.#touched.add(row);
  }

  /**
   * Takes in a validation from anywhere in time, where its place among the others decides nothing: the product has no
   * limit of uses. @returns false where it might decide; the caller then counts all of the product's validations anew.
   */
  insert(validation: Fact, changes: Changes): boolean {
    const product = this.#product(validation);
    if (product?.maxUses !== undefined) return false;
    if (product === null || product.time > validation.time) {
      changes.pending.push(validation);
      return true;
    }
    product.uses += 1;
    this.#touch(product, changes);
    if (isInvalidUse(product, validation.time, product.uses)) {
      changes.conditions.push({ owner: validation, kind: 'invalid-validation' });
    }
    return true;
  }
}

function boughtBy({ mediumId, terminal, serial, time, bought }: Fact): ProductRow {
  if (bought === null) throw new Error(`${terminal}-${serial} is no purchase`);
  const { id: productId, validFrom, validUntil, maxUses } = bought;
  return {
    ...{ mediumId, productId, terminal, serial, time, uses: 0 },
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(maxUses !== undefined && { maxUses }),
  };
}
