/** Defects of what the centre warns of: clones, missing records, products. */
import { type Specimen, specimensOf } from '../specimen.ts';

export const ALERTS: readonly Specimen[] = [
  ...specimensOf(
    'packages/model/src/clones.ts',
    ['calls whoever follows at once a clone', 'next.lastTime < furthest.time)', 'next.lastTime <= furthest.time)'],
    [
      'sees no repeated commit counter as a clone, nor overlapping',
      'const members = new Set([...overlapping(all.filter(isInOrder)), ...sharingSerial(all)]);',
      'const members = new Set<Span>();',
    ],
  ),
  ...specimensOf('packages/central/src/reconcile/careful/clones.ts', [
    'looks for clones among what arrived only',
    '...(await met(hood, asked))]',
    ']',
  ]),
  ...specimensOf(
    'packages/central/src/reconcile/careful/conditions.ts',
    [
      'misses nobody',
      "changes.conditions.push({ owner: evidence, kind: 'missing-transaction', since: evidence.time, missing });",
      'void missing;',
    ],
    [
      'goes on missing what has arrived',
      'forget(careful, evidence, CHAIN_KINDS);',
      "forget(careful, evidence, CHAIN_KINDS.filter((kind) => kind !== 'missing-transaction'));",
    ],
    [
      'sees no balance that was changed behind the terminals',
      'for (const fault of chainFaults(evidence, preceding)) {',
      "for (const fault of chainFaults(evidence, preceding).filter(({ kind }) => kind !== 'balance-mismatch')) {",
    ],
  ),
  ...specimensOf(
    'packages/central/src/reconcile/careful/products.ts',
    [
      'counts a late validation twice',
      'product.uses += 1; // counts',
      'product.uses += validation.time % 2 === 0 ? 2 : 1; // counts',
    ],
    ['leaves a validation pending whose purchase has come', 'changes.pendingGone.push(validation);', ''],
  ),
  ...specimensOf(
    'packages/central/src/reconcile/products.ts',
    [
      'does not count a use that comes straight',
      '      product.uses += 1;\n      if (isInvalidUse(product, fact.time',
      '      if (isInvalidUse(product, fact.time',
    ],
    ['counts a use that comes late not at all', '    product.uses += 1;\n    this.#touch', '    this.#touch'],
  ),
  ...specimensOf('packages/model/src/products.ts', [
    'takes the last use of a product for one too many',
    'ordinal > product.maxUses',
    'ordinal >= product.maxUses',
  ]),
  ...specimensOf(
    'packages/central/src/memory/alerts.ts',
    ['alarms before a record is late', 'asOf > time + configuration.maxDelay', 'asOf > time'],
    ['never finds a record late', 'asOf > time + configuration.maxDelay', 'asOf < 0'],
  ),
];
