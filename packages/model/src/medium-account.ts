/** The account A = (I, W, P, L, Z, H) that a medium carries (paper section 3.1, eq. 2). */
import type { Amount } from './amount.ts';
import type { LogEntry, MediumName, Product, TerminalNumber, Time } from './record.ts';

/** A product with the number of times it was validated. */
export interface HeldProduct extends Product {
  readonly uses: number;
}

export interface MediumAccount {
  /** I */
  readonly medium: MediumName;
  /** W */
  readonly balance: Amount;
  /** P, oldest purchase first; at most {@link PRODUCTS_MAX}. */
  readonly products: readonly HeldProduct[];
  /** L: time of the last commit */
  readonly lastTime: Time;
  /** Z: terminal of the last commit */
  readonly lastTerminal: TerminalNumber;
  /** Commits since it was opened. */
  readonly mediumSerial: number;
  /** H: the last commits, newest first; at most {@link LOG_ENTRIES_MAX}. */
  readonly log: readonly LogEntry[];
}

/** A medium is small: this many products fit. A purchase takes the place of one that is spent. */
export const PRODUCTS_MAX = 8;
/** A medium is small: its log keeps this many commits. */
export const LOG_ENTRIES_MAX = 8;

/** The account with which a medium starts: its opening is its first commit, number 0. */
export function firstAccount(medium: MediumName, balance: Amount, time: Time, terminal: TerminalNumber): MediumAccount {
  const entry: LogEntry = { time, terminal, amount: balance, balance, mediumSerial: 0 };
  return { medium, balance, products: [], lastTime: time, lastTerminal: terminal, mediumSerial: 0, log: [entry] };
}

/** Whether a product can never be validated again at `time` or later. */
export function isSpent(product: HeldProduct, time: Time): boolean {
  return (
    (product.validUntil !== undefined && time >= product.validUntil) ||
    (product.maxUses !== undefined && product.uses >= product.maxUses)
  );
}

/** Whether a validation at `time` is valid: `validFrom ≤ time < validUntil`, and a use is left. */
export function isValid(product: HeldProduct, time: Time): boolean {
  return (product.validFrom === undefined || time >= product.validFrom) && !isSpent(product, time);
}
