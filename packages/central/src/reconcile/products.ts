/** Products P′, their uses, and pending validations (spec, "Pending validations"). */
import { isInvalidUse, type RecordIdentity } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { Changes } from './changes.ts';
import { FACT, type Fact, type FactRow, factOf } from './fact.ts';

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

interface StoredProduct extends Omit<ProductRow, 'validFrom' | 'validUntil' | 'maxUses'> {
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  readonly maxUses: number | null;
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
  async load(sql: Sql, transactions: readonly Fact[]): Promise<void> {
    const keys = new Map<string, ProductKey>();
    for (const { mediumId, productId } of transactions) {
      if (productId === null || this.#rows.has(keyOf(mediumId, productId))) continue;
      keys.set(keyOf(mediumId, productId), { mediumId, productId });
    }
    if (keys.size > 0) {
      for (const key of keys.keys()) this.#rows.set(key, null);
      const stored = await sql.rows<StoredProduct>(
        `select p.medium_id as "mediumId", p.product_id as "productId", p.terminal, p.serial, p.time,
           p.valid_from as "validFrom", p.valid_until as "validUntil", p.max_uses as "maxUses", p.uses
         from unnest($1::integer[], $2::text[]) as k (medium_id, product_id)
         cross join lateral (
           select * from product p where p.medium_id = k.medium_id and p.product_id = k.product_id offset 0) p`,
        columnsOf(
          [...keys.values()],
          (k) => k.mediumId,
          (k) => k.productId,
        ),
      );
      for (const row of stored) this.#rows.set(keyOf(row.mediumId, row.productId), withoutNulls(row));
    }
    for (const row of await purchasesOf(
      sql,
      transactions.filter((fact) => fact.type === 'purchase'),
    )) {
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

/** Products by purchase, of these purchases. */
async function purchasesOf(sql: Sql, purchases: readonly RecordIdentity[]): Promise<ProductRow[]> {
  if (purchases.length === 0) return [];
  const rows = await sql.rows<StoredProduct>(
    `select ${PURCHASE} from unnest($1::integer[], $2::integer[]) as k (terminal, serial)
     cross join lateral (select * from purchase p where p.terminal = k.terminal and p.serial = k.serial offset 0) p`,
    columnsOf(
      purchases,
      (p) => p.terminal,
      (p) => p.serial,
    ),
  );
  return rows.map(withoutNulls);
}

const PURCHASE = `p.medium_id as "mediumId", p.product_id as "productId", p.terminal, p.serial, p.time,
  p.valid_from as "validFrom", p.valid_until as "validUntil", p.max_uses as "maxUses", 0 as uses`;

function withoutNulls({ validFrom, validUntil, maxUses, ...rest }: StoredProduct): ProductRow {
  return {
    ...rest,
    ...(validFrom === null ? {} : { validFrom }),
    ...(validUntil === null ? {} : { validUntil }),
    ...(maxUses === null ? {} : { maxUses }),
  };
}

/** All effective purchases of these products, in order of `(time, terminal, serial)`. */
export async function effectivePurchases(sql: Sql, keys: readonly ProductKey[], target: number): Promise<ProductRow[]> {
  const rows = await sql.rows<StoredProduct>(
    `select ${PURCHASE} from unnest($1::integer[], $2::text[]) as k (medium_id, product_id)
     cross join lateral (select * from purchase p where p.medium_id = k.medium_id and p.product_id = k.product_id
       and p.receipt <= $3 offset 0) p
     join record r on r.terminal = p.terminal and r.serial = p.serial
     left join uncommitted u on u.terminal = p.terminal and u.serial = p.serial
     where (r.status = 'successful' or u.effective)
     order by p.time, p.terminal, p.serial`,
    [
      ...columnsOf(
        keys,
        (k) => k.mediumId,
        (k) => k.productId,
      ),
      target,
    ],
  );
  return rows.map(withoutNulls);
}

/** All effective validations of these products, in order of `(time, terminal, serial)`. */
export async function effectiveValidations(sql: Sql, keys: readonly ProductKey[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::text[]) as k (medium_id, product_id)
     cross join lateral (select * from record r where r.medium_id = k.medium_id and r.product_id = k.product_id
       and r.type = 'validation' and r.receipt <= $3 offset 0) r
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where (r.status = 'successful' or u.effective)
     order by r.time, r.terminal, r.serial`,
    [
      ...columnsOf(
        keys,
        (k) => k.mediumId,
        (k) => k.productId,
      ),
      target,
    ],
  );
  return rows.map(factOf);
}
