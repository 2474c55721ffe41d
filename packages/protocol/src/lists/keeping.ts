/** Whether a tap keeps to listed limits: what a terminal decides by, and what the centre says of taps that are past. */
import type { ListedLimits } from './list.ts';

/** What a medium did at one terminal on the day of the tap. */
export interface DayTotal {
  readonly taps: number;
  /** Spent, positive. */
  readonly amount: number;
}

/** Terminals that are not told otherwise begin a day at midnight UTC. */
const DAY = 86_400_000;

/** @param dayStart begin of a day after midnight UTC, in milliseconds @returns the day's number since 1970 */
export function limitDayOf(time: number, dayStart = 0): number {
  return Math.floor((time - dayStart) / DAY);
}

/** @param amount of the tap, below 0 where it spends @param today before the tap */
export function limitBroken(
  amount: number,
  { tapAmountMax, dayTapsMax, dayAmountMax }: Pick<ListedLimits, 'tapAmountMax' | 'dayTapsMax' | 'dayAmountMax'>,
  today: DayTotal,
): 'tap-limit' | 'day-limit' | null {
  if (tapAmountMax !== undefined && Math.abs(amount) > tapAmountMax) return 'tap-limit';
  if (dayTapsMax !== undefined && today.taps + 1 > dayTapsMax) return 'day-limit';
  if (dayAmountMax !== undefined && amount < 0 && today.amount - amount > dayAmountMax) return 'day-limit';
  return null;
}

/** @param after balance after the tap, were it to commit */
export function balanceBroken(
  amount: number,
  after: number,
  { minimumBalance, maximumBalance }: Pick<ListedLimits, 'minimumBalance' | 'maximumBalance'>,
): 'insufficient-balance' | 'balance-limit' | null {
  if (amount < 0 && minimumBalance !== undefined && after < minimumBalance) return 'insufficient-balance';
  if (amount > 0 && maximumBalance !== undefined && after > maximumBalance) return 'balance-limit';
  return null;
}

/** The day with one tap more, that may have committed; a refill does not count. */
export function withTap({ taps, amount }: DayTotal, tap: { readonly type: string; readonly amount: number }): DayTotal {
  return tap.type === 'refill' ? { taps, amount } : { taps: taps + 1, amount: amount - tap.amount };
}
