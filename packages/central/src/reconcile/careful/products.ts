/** Validations and purchases in a neighbourhood: matched, pending, invalid (spec, "Pending validations"). */
import { isInvalidUse } from '@retap/model';
import type { Fact } from '../fact.ts';
import { keyOf, type ProductKey, type ProductRow } from '../products.ts';
import type { Case } from './case.ts';
import type { Settled } from './chain.ts';
import { forget } from './conditions.ts';

export async function matchProducts(careful: Case, { entering, leaving }: Settled): Promise<void> {
  const { hood, products } = careful;
  await products.load(
    hood.store,
    [...entering].filter((fact) => fact.type === 'validation'),
  );
  const counted = new Map<string, { key: ProductKey; left: Fact[] }>();
  const countAnew = (fact: Fact, left: readonly Fact[]) => {
    const key = { mediumId: fact.mediumId, productId: fact.productId as string };
    const found = counted.get(keyOf(key.mediumId, key.productId));
    if (found) found.left.push(...left);
    else counted.set(keyOf(key.mediumId, key.productId), { key, left: [...left] });
  };
  for (const fact of leaving) if (fact.productId !== null) countAnew(fact, [fact]);
  for (const fact of entering) if (fact.type === 'purchase') countAnew(fact, []);
  for (const fact of entering) {
    if (fact.type !== 'validation' || counted.has(keyOf(fact.mediumId, fact.productId as string))) continue;
    if (!products.insert(fact, careful.changes)) countAnew(fact, []);
  }
  await countAll(careful, [...counted.values()]);
}

/** Counts all validations of some products. Bounded by them: the earliest purchase of an id, or a limit of uses, concerns each. */
async function countAll(
  careful: Case,
  concerned: readonly { readonly key: ProductKey; readonly left: readonly Fact[] }[],
): Promise<void> {
  if (concerned.length === 0) return;
  const { hood, changes } = careful;
  const keys = concerned.map(({ key }) => key);
  const purchases = groupByProduct(await hood.store.effectivePurchases(keys));
  const stored = await hood.store.effectiveValidations(keys);
  const validations = groupByProduct(stored.map((fact) => hood.adopt(fact)));
  for (const { key, left } of concerned) {
    const [product, ...duplicates] = purchases.get(keyOf(key.mediumId, key.productId)) ?? [];
    for (const fact of left) {
      forget(careful, fact, ['invalid-validation', 'duplicate-product']);
      changes.pendingGone.push(fact);
    }
    changes.productsGone.push(key);
    if (product) changes.products.push(product);
    for (const purchase of [...(product ? [product] : []), ...duplicates]) {
      const { terminal, serial } = purchase;
      changes.conditionsGone.push({ terminal, serial, kind: 'duplicate-product' });
    }
    for (const { mediumId, terminal, serial } of duplicates) {
      changes.conditions.push({ owner: { mediumId, terminal, serial }, kind: 'duplicate-product' });
    }
    match(careful, product, validations.get(keyOf(key.mediumId, key.productId)) ?? []);
  }
}

function match(careful: Case, product: ProductRow | undefined, validations: readonly Fact[]): void {
  const { changes } = careful;
  for (const validation of validations) {
    forget(careful, validation, ['invalid-validation']);
    changes.pendingGone.push(validation);
    if (product === undefined || product.time > validation.time) {
      changes.pending.push(validation);
      continue;
    }
    product.uses += 1; // counts as a use, valid or not
    if (isInvalidUse(product, validation.time, product.uses)) {
      changes.conditions.push({ owner: validation, kind: 'invalid-validation' });
    }
  }
}

function groupByProduct<Item extends { readonly mediumId: number; readonly productId: string | null }>(
  items: readonly Item[],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item.mediumId, item.productId ?? '');
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
