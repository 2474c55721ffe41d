/** What a rule would have made of taps that are past. Each judge is pure: rows in, findings out. */
import type { TerminalNumber, Time } from '@retap/model';
import {
  balanceBroken,
  type DayTotal,
  type ListedLimits,
  limitBroken,
  limitDayOf,
  type Tariff,
  tariffAt,
  withTap,
} from '@retap/protocol';
import type { DryRunReason } from './port.ts';

/** A transaction that took place, or may have. */
export interface PastTap {
  readonly terminal: TerminalNumber;
  readonly serial: number;
  readonly mediumId: number;
  readonly time: Time;
  readonly type: 'refill' | 'debit' | 'purchase' | 'validation';
  readonly amount: number;
  /** After it. */
  readonly balance: number;
  /** Of a purchase. */
  readonly code: string | null;
  /** The operator's will, that no limit of the day holds up. */
  readonly ordered: boolean;
}

/** What is otherwise of a tap, and by how much: refused value, or what would be taken more. */
export interface Finding {
  readonly tap: PastTap;
  readonly reason: DryRunReason;
  readonly amount: number;
}

export interface Judge {
  /** @returns null: as it was; `unknown`: nobody can say */
  judge(tap: PastTap): Finding | 'unknown' | null;
}

/** The same decision as the terminal's, tap after tap of one terminal in their order; what is refused counts for no day. */
export function limitsJudge(limits: ListedLimits): Judge {
  let day = Number.NaN;
  let terminal: TerminalNumber | null = null;
  const totals = new Map<number, DayTotal>();
  return {
    judge(tap) {
      const today = limitDayOf(tap.time);
      if (today !== day || tap.terminal !== terminal) totals.clear();
      [day, terminal] = [today, tap.terminal];
      const total = totals.get(tap.mediumId) ?? NOTHING;
      const broken = tap.ordered ? null : limitBroken(tap.amount, limits, total);
      const reason = broken ?? balanceBroken(tap.amount, tap.balance, limits);
      if (reason) return { tap, reason, amount: Math.abs(tap.amount) };
      if (!tap.ordered) totals.set(tap.mediumId, withTap(total, tap));
      return null;
    },
  };
}

const NOTHING: DayTotal = { taps: 0, amount: 0 };

/** Every tap of the media, for they are the only ones asked for. */
export function denyJudge(): Judge {
  return { judge: (tap) => ({ tap, reason: 'medium-denied', amount: Math.abs(tap.amount) }) };
}

/**
 * What was paid, by the last of the tariffs that are tried. A record of a debit names no fare: it is that of the tariff of its time
 * with its amount; where several have it and would cost differently, nobody can say.
 */
export function tariffJudge(now: readonly Tariff[], tried: readonly Tariff[]): Judge {
  const next = tried.at(-1);
  const fares = new Map(next?.fares.map(({ code, amount }) => [code, amount]));
  const prices = new Map(next?.products.map(({ code, price }) => [code, price]));
  const priceOf = (tap: PastTap): number | null | 'unknown' => {
    if (tap.type === 'purchase') return tap.code === null ? 'unknown' : (prices.get(tap.code) ?? null);
    const then = tariffAt(now, tap.time)?.fares.filter(({ amount }) => amount === -tap.amount) ?? [];
    const costs = new Set(then.map(({ code }) => fares.get(code) ?? null));
    const [cost] = costs;
    return costs.size === 1 && cost !== undefined ? cost : 'unknown';
  };
  return {
    judge(tap) {
      if (tap.ordered || (tap.type !== 'debit' && tap.type !== 'purchase')) return null;
      const price = priceOf(tap);
      if (price === 'unknown') return 'unknown';
      if (price === null) return { tap, reason: 'not-sold', amount: tap.amount };
      const more = price + tap.amount;
      if (more === 0) return null;
      return { tap, reason: more > 0 ? 'dearer' : 'cheaper', amount: more };
    },
  };
}
