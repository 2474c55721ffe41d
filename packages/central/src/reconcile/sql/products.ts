/** Products as they are kept, and the purchases and validations that they are made of. */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../../database/database.ts';
import { columnsOf } from '../../database/literal.ts';
import type { Fact } from '../fact.ts';
import type { ProductKey, ProductRow } from '../products.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

interface StoredProduct extends Omit<ProductRow, 'validFrom' | 'validUntil' | 'maxUses'> {
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  readonly maxUses: number | null;
}

export async function productsNamed(sql: Sql, keys: readonly ProductKey[]): Promise<ProductRow[]> {
  const rows = await sql.rows<StoredProduct>(
    `select p.medium_id as "mediumId", p.product_id as "productId", p.terminal, p.serial, p.time,
           p.valid_from as "validFrom", p.valid_until as "validUntil", p.max_uses as "maxUses", p.uses
         from unnest($1::integer[], $2::text[]) as k (medium_id, product_id)
         cross join lateral (
           select * from product p where p.medium_id = k.medium_id and p.product_id = k.product_id offset 0) p`,
    columnsOf(
      keys,
      (k) => k.mediumId,
      (k) => k.productId,
    ),
  );
  return rows.map(withoutNulls);
}

export async function purchasesOf(sql: Sql, purchases: readonly RecordIdentity[]): Promise<ProductRow[]> {
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

export async function effectiveValidations(sql: Sql, keys: readonly ProductKey[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::text[]) as k (medium_id, product_id)
     cross join period e
     cross join lateral (select * from record r where period_of(r.time) = e.id and r.medium_id = k.medium_id
       and r.product_id = k.product_id and r.type = 'validation' and r.receipt <= $3 offset 0) r
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
