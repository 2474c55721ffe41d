/** Value files: a signed 32-bit amount between limits, and what may still be given back of the last debit. */

import type { FileSettings } from '../state.ts';
import { isRefusal, type Refusal } from '../status.ts';

export interface ValueFile extends FileSettings {
  readonly kind: 'value';
  readonly lower: number;
  readonly upper: number;
  readonly value: number;
  /** What a LimitedCredit may give back: the debits of the last transaction that had one. */
  readonly limitedCredit: number;
  readonly isLimitedCreditEnabled: boolean;
  readonly isValueFree: boolean;
}

/** A value file in a transaction. */
export interface ValueChange {
  readonly kind: 'value';
  /** As it will be. */
  readonly file: ValueFile;
  /** Debits of this transaction. */
  readonly debited: number;
}

/** @param amount ≥ 0 */
export function credit(change: ValueChange, amount: number): ValueChange | Refusal {
  const { file } = change;
  if (file.value + amount > file.upper) return 'boundary-error';
  return { ...change, file: { ...file, value: file.value + amount } };
}

/** @param amount ≥ 0 */
export function debit(change: ValueChange, amount: number): ValueChange | Refusal {
  const { file } = change;
  if (file.value - amount < file.lower) return 'boundary-error';
  return { ...change, file: { ...file, value: file.value - amount }, debited: change.debited + amount };
}

/** Gives back at most what was debited last. @param amount ≥ 0 */
export function limitedCredit(change: ValueChange, amount: number): ValueChange | Refusal {
  const { file } = change;
  if (!file.isLimitedCreditEnabled) return 'permission-denied';
  if (amount > file.limitedCredit) return 'boundary-error';
  const credited = credit(change, amount);
  if (isRefusal(credited)) return credited;
  return { ...credited, file: { ...credited.file, limitedCredit: file.limitedCredit - amount } };
}

/** The file as the commit leaves it. */
export function committedValue(change: ValueChange): ValueFile {
  return change.debited > 0 ? { ...change.file, limitedCredit: change.debited } : change.file;
}
