/** Spec, "Account copy A′", "Synchronization set X′" and "Pending validations", for all records of one medium. */
import { effectiveTransactions, nodes, predecessor, root } from './chain.ts';
import {
  type Identity,
  inIdentityOrder,
  inTimeOrder,
  type OracleRecord,
  type Purchase,
  type Validation,
} from './records.ts';

type Medium = readonly OracleRecord[];

export interface OracleRow {
  readonly time: number;
  readonly amount: number;
  readonly kind: 'gap' | 'fork' | 'mismatch';
}

export interface OracleAccount {
  readonly medium: string;
  readonly opened: boolean;
  readonly balance: number;
  readonly lastTime: number | null;
  readonly lastTerminal: number | null;
  readonly synchronization: readonly OracleRow[];
  readonly products: readonly { readonly id: string; readonly uses: number }[];
  readonly pendingValidations: readonly (Identity & { readonly productId: string })[];
}

export function effectivePurchases(records: Medium): Purchase[] {
  return inTimeOrder(effectiveTransactions(records).filter((T) => T.type === 'purchase'));
}

/** "Effective validations in order of `(time, terminal, serial)`" */
function effectiveValidations(records: Medium): Validation[] {
  return inTimeOrder(effectiveTransactions(records).filter((T) => T.type === 'validation'));
}

/** "effective purchase of `productId` on this medium (the earliest, if the id repeats)" */
export function purchaseOf(records: Medium, productId: string): Purchase | null {
  return effectivePurchases(records).find((P) => P.product.id === productId) ?? null;
}

/**
 * "if no effective purchase of `productId` on this medium (the earliest, if the id repeats) has `time ≤` the
 * validation's, the validation is **pending**. Otherwise it is matched and counts as a use, valid or not."
 */
function isPending(records: Medium, V: Validation): boolean {
  const P = purchaseOf(records, V.productId);
  return !(P !== null && P.time <= V.time);
}

export function pendingValidations(records: Medium): Validation[] {
  return effectiveValidations(records).filter((V) => isPending(records, V));
}

/** In order of `(time, terminal, serial)`, the order in which uses are counted. */
export function matchedValidations(records: Medium): Validation[] {
  return effectiveValidations(records).filter((V) => !isPending(records, V));
}

/**
 * "For every node `n` other than a root that comes first, with `prev` the node before it (none: balance 0):
 * `D = n.balance − n.amount − prev.balance` … A row `{time: n.lastTime, amount: D, kind}` exists when `gap`: n's
 * predecessor is not known …; `fork`: n's predecessor is known but is not `prev`; `mismatch`: n's predecessor is
 * `prev`, but D ≠ 0. (A root that does not come first has no predecessor: its row is a `gap` with `time` = its own
 * `time`.)" Two nodes may give equal rows; both stay, or W′ = opening + Σ amounts + Σ D would not hold.
 */
function synchronization(records: Medium): OracleRow[] {
  const chain = nodes(records);
  const rows: OracleRow[] = [];
  for (const [position, n] of chain.entries()) {
    if (n.type === 'open' && position === 0) continue;
    const prev = position === 0 ? null : (chain[position - 1] ?? null);
    const D = n.balance - n.amount - (prev === null ? 0 : prev.balance);
    const known = n.type === 'open' ? null : predecessor(records, n);
    const time = n.type === 'open' ? n.time : n.lastTime;
    if (known === null) rows.push({ time, amount: D, kind: 'gap' });
    else if (known !== prev) rows.push({ time, amount: D, kind: 'fork' });
    else if (D !== 0) rows.push({ time, amount: D, kind: 'mismatch' });
  }
  return rows;
}

/** "`products` P′: effective purchases by product `id` (the earliest if an id repeats), each with its number of matched validations." */
function products(records: Medium): { id: string; uses: number }[] {
  const ids = [...new Set(effectivePurchases(records).map((P) => P.product.id))];
  const matched = matchedValidations(records);
  return ids.map((id) => ({ id, uses: matched.filter((V) => V.productId === id).length }));
}

/**
 * "`balance` W′, `lastTime` L′, `lastTerminal` Z′ are those of the last node (0, null, null if there is none)."
 * Sorted as "The report" says: "`synchronization` by `time, amount, kind`; `products` by `id`; `pendingValidations` …
 * by `(terminal, serial)`".
 */
export function account(medium: string, records: Medium): OracleAccount {
  const last = nodes(records).at(-1) ?? null;
  return {
    medium,
    opened: root(records) !== null,
    balance: last === null ? 0 : last.balance,
    lastTime: last === null ? null : last.time,
    lastTerminal: last === null ? null : last.terminal,
    synchronization: synchronization(records).sort(
      (a, b) => a.time - b.time || a.amount - b.amount || byCodePoint(a.kind, b.kind),
    ),
    products: products(records).sort((a, b) => byCodePoint(a.id, b.id)),
    pendingValidations: inIdentityOrder(pendingValidations(records)).map(({ terminal, serial, productId }) => ({
      terminal,
      serial,
      productId,
    })),
  };
}

/** "Strings sort by code point." */
export function byCodePoint(a: string, b: string): number {
  const pointsA = [...a].map((character) => character.codePointAt(0) ?? 0);
  const pointsB = [...b].map((character) => character.codePointAt(0) ?? 0);
  for (const [position, point] of pointsA.entries()) {
    const other = pointsB[position];
    if (other === undefined) return 1;
    if (point !== other) return point - other;
  }
  return pointsA.length - pointsB.length;
}
