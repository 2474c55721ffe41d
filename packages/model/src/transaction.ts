/** What a transaction does to the account, eqs. (3)–(7), and what the terminal learns of its commit, eq. (8) (paper section 3.2). */
import { type Amount, amountOf } from './amount.ts';
import { type HeldProduct, isSpent, LOG_ENTRIES_MAX, type MediumAccount, PRODUCTS_MAX } from './medium-account.ts';
import type { CommitStatus, Product, TerminalNumber, Time } from './record.ts';

/** What the person at the terminal wants. Amounts are positive; the transaction type gives the sign. */
export type TapRequest =
  | { readonly type: 'refill'; readonly amount: Amount }
  | { readonly type: 'debit'; readonly amount: Amount }
  | { readonly type: 'purchase'; readonly price: Amount; readonly product: Omit<Product, 'id'> }
  /** Use the first valid product that has one of these codes. */
  | { readonly type: 'validation'; readonly codes: readonly string[] };

/** Time and terminal of a transaction, and the identity its product would get. */
export interface Stamp {
  readonly time: Time;
  readonly terminal: TerminalNumber;
  readonly productId: string;
}

/** Signed amount a of transaction type f: value moves in by a refill and out by a debit or purchase. */
export function signedAmount(request: TapRequest): Amount {
  switch (request.type) {
    // f = refill:       a > 0
    case 'refill':
      return request.amount;
    // f = debit:        a ≤ 0
    case 'debit':
      return amountOf(-request.amount);
    // f = purchase:     a ≤ 0, and p ∈ P′
    case 'purchase':
      return amountOf(-request.price);
    // f = validation:   a = 0, and p ∈ P
    case 'validation':
      return amountOf(0);
  }
}

/** The resulting account A′ = (I, W′, P′, L′, Z′, H′), were the transaction to commit. */
export function accountAfter(
  account: MediumAccount,
  a: Amount,
  stamp: Stamp,
  bought: Product | undefined,
  usedId: string | undefined,
): MediumAccount {
  // w = W + a
  const w = amountOf(account.balance + a);
  // P′ = P ∪ {p} (purchase), with one use more of p (validation)
  let products = account.products;
  if (bought) products = [...productsLeft(account, stamp.time), { ...bought, uses: 0 }];
  if (usedId !== undefined) products = products.map((p) => (p.id === usedId ? { ...p, uses: p.uses + 1 } : p));
  // L′ = t, Z′ = y, and the commit counter grows by one
  const { time, terminal } = stamp;
  const mediumSerial = account.mediumSerial + 1;
  // H′ = (t, y, a, w) before H
  const entry = { time, terminal, amount: a, balance: w, mediumSerial };
  const log = [entry, ...account.log.slice(0, LOG_ENTRIES_MAX - 1)];
  return { medium: account.medium, balance: w, products, lastTime: time, lastTerminal: terminal, mediumSerial, log };
}

/** Products that a purchase leaves where they are. With room to spare all stay: people ask what they had. */
export function productsLeft(account: MediumAccount, time: Time): readonly HeldProduct[] {
  if (account.products.length < PRODUCTS_MAX) return account.products;
  return account.products.filter((product) => !isSpent(product, time));
}

/**
 * How a commit on the medium ended, as far as the terminal can tell. `torn`: the medium left before its answer was
 * whole, so that it may or may not have committed.
 */
export const COMMIT_ANSWERS = ['committed', 'declined', 'torn'] as const;
export type CommitAnswer = (typeof COMMIT_ANSWERS)[number];

/** Commit status s, eq. (8): what the terminal knows of the commit. */
export function commitStatusOf(answer: CommitAnswer): CommitStatus {
  switch (answer) {
    // s = successful:    the medium said that it committed
    case 'committed':
      return 'successful';
    // s = unsuccessful:  the medium said that it did not
    case 'declined':
      return 'unsuccessful';
    // s = unverified:    the medium left before it said anything
    case 'torn':
      return 'unverified';
  }
}
