/** Losses of a period: as many events as chance has it, each of them a loss of its own. */
import type { Distribution } from './distribution.ts';
import { moment } from './distribution.ts';

/** Events that come independently of each other, and what each of them costs. */
export interface Events {
  /** Mean number in the period, λ. */
  readonly mean: number;
  /** Of the loss by one, X, in fares. */
  readonly loss: Distribution;
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Of the sum S of all losses in the period, in fares (compound Poisson). */
export function momentsOf({ mean, loss }: Events): Moments {
  // E[S] = λ · E[X],  Var[S] = λ · E[X²]
  return { mean: mean * moment(loss, 1), variance: mean * moment(loss, 2) };
}

/** Multiplications that a distribution is worth: a second's. Beyond it several fares are one step. */
const WORK_MAX = 50_000_000;
/** As far above the mean as any sum is worth following, in standard deviations. */
const REACH = 12;

/**
 * The sum, in fares, that S does not exceed with this probability. Of several kinds of events that are independent of each
 * other the sum is compound Poisson again: λ = Σ λᵢ, P(X = j) = Σ λᵢ/λ · P(Xᵢ = j).
 */
export function quantileOf(events: readonly Events[], probability: number): number {
  const moments = events.map(momentsOf);
  const mean = moments.reduce((sum, each) => sum + each.mean, 0);
  const variance = moments.reduce((sum, each) => sum + each.variance, 0);
  if (mean === 0) return 0;
  const longest = Math.max(...events.map(({ loss }) => loss.length - 1));
  const length = Math.ceil(mean + REACH * Math.sqrt(variance)) + longest;
  const step = Math.max(1, Math.ceil(Math.sqrt((length * longest) / WORK_MAX)));
  const sums = panjer(weightsOf(events, step), Math.ceil(length / step));
  const total = sums.reduce((sum, p) => sum + p, 0);
  let below = 0;
  const found = sums.findIndex((p) => {
    below += p;
    return below >= probability * total;
  });
  return found * step;
}

/** λ · P(X = j) of each loss of j steps, above 0: a loss of nothing adds nothing. */
type Weights = readonly (readonly [steps: number, weight: number])[];

/** A loss between two steps is either, so that the mean stays: the sum scatters more than it does, and no bound comes out too low. */
function weightsOf(events: readonly Events[], step: number): Weights {
  const weights = new Map<number, number>();
  const add = (steps: number, weight: number): void => {
    if (steps > 0 && weight > 0) weights.set(steps, (weights.get(steps) ?? 0) + weight);
  };
  for (const { mean, loss } of events) {
    for (const [fares, p] of loss.entries()) {
      const lower = Math.floor(fares / step);
      const upperShare = fares / step - lower;
      add(lower, mean * p * (1 - upperShare));
      add(lower + 1, mean * p * upperShare);
    }
  }
  return [...weights].sort(([a], [b]) => a - b);
}

const LARGE = 1e200;

/**
 * Panjer's recursion: P(S = s) = 1/s · Σⱼ j · λ P(X = j) · P(S = s − j). It is linear, so that P(S = 0) = e^(−λ(1 − P(X = 0)))
 * may be any number, and what is too small for one is not lost: all are divided by their sum in the end.
 */
function panjer(weights: Weights, length: number): Float64Array {
  const sums = new Float64Array(length + 1);
  sums[0] = 1;
  for (let s = 1; s <= length; s += 1) {
    let of = 0;
    for (const [j, weight] of weights) {
      if (j > s) break;
      of += j * weight * (sums[s - j] as number);
    }
    sums[s] = of / s;
    if (of / s > LARGE) for (let each = 0; each <= s; each += 1) sums[each] = (sums[each] as number) / LARGE;
  }
  return sums;
}
