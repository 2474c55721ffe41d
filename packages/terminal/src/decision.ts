/** Whether a tap is allowed: the request against the account read from the medium. What it then does is the model's transaction. */
import type { CarriedAction, MediumChange } from '@retap/card';
import {
  type Amount,
  accountAfter,
  type HeldProduct,
  isValid,
  type MediumAccount,
  PRODUCTS_MAX,
  type Product,
  productsLeft,
  type Stamp,
  signedAmount,
  type TapRequest,
  type Time,
} from '@retap/model';
import { balanceBroken, type DayTotal, limitBroken } from '@retap/protocol';

/** Why nothing was done. Where several hold, the first is given. The medium was not written, the journal neither. */
export const REFUSALS = [
  /** The journal failed; the terminal must be opened anew. */
  'out-of-service',
  /** The clock was not set for longer than `clockSetMax`, or never: a dead battery must not stamp a medium. */
  'clock-not-set',
  /** The clock is not later than the last record: it was turned back. */
  'clock-turned-back',
  /** The centre's licence has expired, or is missing, and the operator wants none served without. */
  'licence-expired',
  /** Another medium is being served. */
  'busy',
  /** The serial numbers of the terminal are used up; it must be enrolled anew, under a new number. */
  'serials-used-up',
  /** More records, more value or older records wait for the centre than the operator is ready to lose. */
  'unsent-limit',
  /** This terminal has no key for it: refill only where the key is. */
  'key-missing',
  /** The medium left before all of it was read. */
  'unreadable',
  /** It has no account of ours. */
  'medium-foreign',
  /** It was personalised and never opened. */
  'medium-blank',
  /** What is on it contradicts itself. */
  'medium-inconsistent',
  /** It is on the deny list. */
  'medium-denied',
  /** It was blocked by an action. */
  'medium-blocked',
  /** The medium was committed at a time more than `clockTolerance` ahead of this terminal's clock. */
  'clock-behind',
  /** An amount that is negative, zero where it may not be, or too large for a record. */
  'amount-out-of-range',
  /** More than one tap may take. */
  'tap-limit',
  /** More taps, or more value, than one medium may have at this terminal in a day. */
  'day-limit',
  /** The product's names or numbers do not fit this kind of medium. */
  'product-too-large',
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

/** Limits that the operator sets for a terminal that is offline. Amounts in minor units; what is left out has no limit. */
export interface Limits {
  readonly minimumBalance: Amount;
  readonly maximumBalance: Amount;
  /** Largest amount of one tap, in or out. */
  readonly tapAmountMax?: Amount;
  /** Taps of one medium at this terminal in one day. */
  readonly dayTapsMax?: number;
  /** What one medium may spend at this terminal in one day. */
  readonly dayAmountMax?: Amount;
  /** Begin of a day after midnight UTC, in milliseconds; default 0. */
  readonly dayStart?: number;
  /** Records that wait for the centre. */
  readonly unsentRecordsMax?: number;
  /** Value of what waits: what is lost with the terminal. */
  readonly unsentAmountMax?: Amount;
  /** Age of the oldest record that waits, in milliseconds. */
  readonly unsentAgeMax?: number;
}

/** What a request is decided on, besides itself. */
export interface Situation {
  readonly account: MediumAccount;
  readonly stamp: Stamp;
  readonly limits: Limits;
  readonly today: DayTotal;
  /** Whether a product can be kept on this medium. */
  readonly canHold: (product: Product) => boolean;
  /** The entry of the action list that the request carries out: the operator's will, so no limit of the day. */
  readonly action?: CarriedAction;
}

const AMOUNT_MAX = 2 ** 40;
const SERIAL_MAX = 2 ** 31 - 1;

/** Decides a request against the account read from the medium. Never writes. */
export function decide(request: TapRequest, situation: Situation): MediumChange | Refusal {
  const { account, stamp, limits, action } = situation;
  const f = request.type;
  if (!isInRange(request)) return 'amount-out-of-range';
  const a = signedAmount(request);
  if (!action) {
    const beyond = limitBroken(a, limits, situation.today);
    if (beyond) return beyond;
  }
  const bought = request.type === 'purchase' ? { ...request.product, id: stamp.productId } : undefined;
  if (bought && !situation.canHold(bought)) return 'product-too-large';
  const used = request.type === 'validation' ? productToUse(account, request.codes, stamp.time) : undefined;
  if (typeof used === 'string') return used;
  if (bought && productsLeft(account, stamp.time).length >= PRODUCTS_MAX) return 'products-full';
  const w = account.balance + a;
  const outside = balanceBroken(a, w, limits);
  if (outside) return outside;
  if (account.mediumSerial >= SERIAL_MAX) return 'medium-used-up';
  const after = accountAfter(account, a, stamp, bought, used?.id);
  const change: { -readonly [Key in keyof MediumChange]: MediumChange[Key] } = { type: f, amount: a, after };
  if (bought) change.product = bought;
  if (used) change.productId = used.id;
  if (action) change.action = action;
  return change;
}

function isInRange(request: TapRequest): boolean {
  if (request.type === 'validation') return true;
  const amount = request.type === 'purchase' ? request.price : request.amount;
  // A refill of nothing would be an `invalid-amount` at the centre; a free ride and a free product are none.
  return amount <= AMOUNT_MAX && (request.type === 'refill' ? amount > 0 : amount >= 0);
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
