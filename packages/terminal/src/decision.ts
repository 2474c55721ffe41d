/** What a tap does to the account: eqs. (3)–(7) of the paper (section 3.2) as pure functions. */
import {
  type Amount,
  amountOf,
  type Product,
  type TerminalNumber,
  type Time,
  type TransactionType,
} from '@retap/model';
import { type HeldProduct, isSpent, isValid, LOG_ENTRIES_MAX, type MediumAccount, PRODUCTS_MAX } from './account.ts';

/** What the person at the terminal wants. Amounts are positive; the transaction type gives the sign. */
export type TapRequest =
  | { readonly type: 'refill'; readonly amount: Amount }
  | { readonly type: 'debit'; readonly amount: Amount }
  | { readonly type: 'purchase'; readonly price: Amount; readonly product: Omit<Product, 'id'> }
  /** Use the first valid product that has one of these codes. */
  | { readonly type: 'validation'; readonly codes: readonly string[] };

/** Why nothing was done. Where several hold, the first is given. The medium was not written, the journal neither. */
export const REFUSALS = [
  /** The journal failed; the terminal must be opened anew. */
  'out-of-service',
  /** Another medium is being served. */
  'busy',
  /** The serial numbers of the terminal are used up; it must be enrolled anew, under a new number. */
  'serials-used-up',
  /** The medium left before all of it was read. */
  'unreadable',
  /** The medium was committed at a time more than `clockTolerance` ahead of this terminal's clock. */
  'clock-behind',
  /** An amount that is negative, zero where it may not be, or too large for a record. */
  'amount-out-of-range',
  /** The medium holds no product of the codes. */
  'product-missing',
  /** It holds some, and none is valid now. */
  'product-not-valid',
  /** No room for another product, and none is spent. */
  'products-full',
  'insufficient-balance',
  /** The balance would be above `maximumBalance`. */
  'balance-limit',
  /** The medium can count no further commit; it must be replaced. */
  'medium-used-up',
  /** No room for the record: it must be on disk before the medium is written. */
  'journal-full',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Limits that the operator sets, in minor units. */
export interface Limits {
  readonly minimumBalance: Amount;
  readonly maximumBalance: Amount;
}

/** A transaction that would be allowed, and the account after it. */
export interface Decision {
  readonly type: TransactionType;
  readonly amount: Amount;
  readonly after: MediumAccount;
  /** Product bought. */
  readonly product?: Product;
  /** Product used. */
  readonly productId?: string;
}

/** Time and terminal of a transaction, and the identity its product would get. */
export interface Stamp {
  readonly time: Time;
  readonly terminal: TerminalNumber;
  readonly productId: string;
}

const AMOUNT_MAX = 2 ** 40;
const SERIAL_MAX = 2 ** 31 - 1;

/** Decides a request against the account read from the medium. Never writes. */
export function decide(account: MediumAccount, request: TapRequest, stamp: Stamp, limits: Limits): Decision | Refusal {
  if (!isInRange(request)) return 'amount-out-of-range';
  const used = request.type === 'validation' ? productToUse(account, request.codes, stamp.time) : undefined;
  if (typeof used === 'string') return used;
  const bought = request.type === 'purchase' ? { ...request.product, id: stamp.productId } : undefined;
  if (bought && productsLeft(account, stamp.time).length >= PRODUCTS_MAX) return 'products-full';
  const f = request.type;
  const a = signedAmount(request);
  const w = account.balance + a;
  if (a < 0 && w < limits.minimumBalance) return 'insufficient-balance';
  if (a > 0 && w > limits.maximumBalance) return 'balance-limit';
  if (account.mediumSerial >= SERIAL_MAX) return 'medium-used-up';
  const after = accountAfter(account, a, stamp, bought, used?.id);
  return { type: f, amount: a, after, ...(bought && { product: bought }), ...(used && { productId: used.id }) };
}

function isInRange(request: TapRequest): boolean {
  if (request.type === 'validation') return true;
  const amount = request.type === 'purchase' ? request.price : request.amount;
  // A refill of nothing would be an `invalid-amount` at the centre; a free ride and a free product are none.
  return amount <= AMOUNT_MAX && (request.type === 'refill' ? amount > 0 : amount >= 0);
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
function accountAfter(
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
  const log = [{ time, terminal, amount: a, balance: w, mediumSerial }, ...account.log].slice(0, LOG_ENTRIES_MAX);
  return { medium: account.medium, balance: w, products, lastTime: time, lastTerminal: terminal, mediumSerial, log };
}

/** Products that a purchase leaves where they are. With room to spare all stay: people ask what they had. */
function productsLeft(account: MediumAccount, time: Time): readonly HeldProduct[] {
  if (account.products.length < PRODUCTS_MAX) return account.products;
  return account.products.filter((product) => !isSpent(product, time));
}

function productToUse(
  account: MediumAccount,
  codes: readonly string[],
  time: Time,
): HeldProduct | 'product-missing' | 'product-not-valid' {
  const held = account.products.filter((product) => codes.includes(product.code));
  if (held.length === 0) return 'product-missing';
  return held.find((product) => isValid(product, time)) ?? 'product-not-valid';
}
