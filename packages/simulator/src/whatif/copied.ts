/** Media that are in two states at once: copied, or set back whenever they are spent. */
import { type Distribution, fromTail, moment, poisson, sum } from './distribution.ts';
import { DAY } from './knobs.ts';
import { type Latency, listLatency, meanOf, reactionLatency, uploadLatency } from './latency.ts';
import { daysOf, type WhatIfPlan } from './plan.ts';
import { least, type Source, type Step } from './source.ts';

/** What may be spent of a medium, m … B. */
export function spanOf({ maximumBalance, minimumBalance }: WhatIfPlan): number {
  return maximumBalance - minimumBalance;
}

/** Most that one tap takes. */
export function tapMaxOf(plan: WhatIfPlan): number {
  return Math.min(spanOf(plan), plan.tapAmountMax ?? Number.POSITIVE_INFINITY);
}

/** Taps of a copy in a millisecond: no more than the limits of the day leave it at all terminals together. */
export function copyRate(plan: WhatIfPlan): number {
  const { cloneTapsPerDay, terminals, dayTapsMax, dayAmountMax, fare } = plan;
  const byAmount = dayAmountMax === null ? null : Math.floor(dayAmountMax / fare);
  const byTerminal = least(dayTapsMax, byAmount);
  // c = min(c, terminals · min(dayTapsMax, ⌊dayAmountMax / f⌋)) / day
  return (least(cloneTapsPerDay, byTerminal === null ? null : terminals * byTerminal) ?? 0) / DAY;
}

/** Taps of the copied medium by who it belongs to, in a millisecond. */
export function holderRate({ holderTapsPerDay, tapsPerDay, media }: WhatIfPlan): number {
  return (holderTapsPerDay ?? tapsPerDay / media) / DAY;
}

export function copiedBalance({ cloneBalance, maximumBalance }: WhatIfPlan): number {
  return cloneBalance ?? maximumBalance;
}

/** A copy beside the medium that it was made of. */
export function clones(plan: WhatIfPlan): Source {
  const { fare, minimumBalance, detection, clonesPerYear, period } = plan;
  const upload = uploadLatency(plan);
  const h = holderRate(plan);
  const n = Math.floor((copiedBalance(plan) - minimumBalance) / fare);
  const isFound = detection === 'conflict' && h > 0;
  const untilFound = isFound ? fromTail((k) => tapsUntilConflict(k, copyRate(plan), h, upload), n) : null;
  const loss = untilFound === null ? certain(n) : spentUntilDenied(plan, untilFound, n);
  const found = isFound ? conflictMean(h, upload) : null;
  const steps: Step[] = [
    {
      formula: 'E[D] = 1/h + Σᵢⱼ pᵢ pⱼ · (mᵢ + mⱼ − E[min(Uᵢ, H + Uⱼ)]): both have tapped, both uploads are there',
      value: found,
      unit: 'duration',
    },
    {
      formula: 'E[W] = E[D] + E[R] + e/2 + E[L]: found, blocked, published, at the terminal',
      value: found === null ? null : found + deniedMean(plan),
      unit: 'duration',
    },
    { formula: 'n = ⌊(B − m) / f⌋: taps that its balance pays for', value: n, unit: 'count' },
    {
      formula: 'E[N] = Σ P(N ≥ k), k = 1 … n: taps served, the first and those of rate c within W',
      value: moment(loss, 1),
      unit: 'count',
    },
  ];
  return {
    source: 'clones',
    meaning: 'a copy of a medium spends its balance once more',
    events: { mean: (clonesPerYear * daysOf(period)) / 365, loss },
    // No time bounds it, since the medium itself may never tap again: its balance does.
    worstEvent: spanOf(plan),
    steps: [...steps, { formula: 'worst: Bmax − m', value: spanOf(plan), unit: 'amount' }],
    assumptions: [
      'it is found when the first tap of the copy and the next one of the medium itself have both arrived; the centre may see it sooner, by later taps',
      'copy and medium tap at random times, at terminals drawn from all of them; the day limits of one terminal count only in their sum over all',
      'each copied medium has one copy, which takes fares; more copies count as more clones',
    ],
  };
}

/** A medium that is set back to what it held, each time that it is spent. */
export function rollbacks(plan: WhatIfPlan): Source {
  const { detection, rollbacksPerYear, period } = plan;
  const upload = uploadLatency(plan);
  const isFound = detection === 'conflict';
  const c = copyRate(plan);
  const wholePeriod = daysOf(period) * DAY;
  const loss = isFound
    ? spentUntilDenied(
        plan,
        fromTail((k) => tapsWithin(k, c, upload)),
      )
    : sum([0, 1], tapsWithinUniform(c * wholePeriod));
  const worst = worstWithin(plan, isFound ? upload.max + deniedMax(plan) : wholePeriod);
  const window = isFound ? meanOf(upload) + deniedMean(plan) : wholePeriod / 2;
  return {
    source: 'rollbacks',
    meaning: 'a medium is set back whenever it is spent: no balance bounds it',
    events: { mean: (rollbacksPerYear * daysOf(period)) / 365, loss },
    worstEvent: worst,
    steps: [
      {
        formula: isFound
          ? 'E[W] = E[U] + E[R] + e/2 + E[L]: found by its first tap after it was set back'
          : 'E[W] = half the period: it goes on to its end',
        value: window,
        unit: 'duration',
      },
      { formula: 'E[N] = 1 + c · E[W]', value: moment(loss, 1), unit: 'count' },
      {
        formula:
          'worst: min(taps in Wmax · tap limit, terminals · days of Wmax · day limit), Wmax = Umax + Rmax + e + Lmax',
        value: worst,
        unit: 'amount',
      },
    ],
    assumptions: [
      'what was spent before it was set back was paid for, and has arrived',
      `nobody makes more than ${plan.cloneTapsPerDayMax} taps a day with one medium (cloneTapsPerDayMax), wherever the terminals are`,
    ],
  };
}

/** 1 + those until it is found + those until it is denied, at most `max`. */
function spentUntilDenied(plan: WhatIfPlan, untilFound: Distribution, max?: number): Distribution {
  return sum(sum([0, 1], untilFound, max), tapsUntilDenied(plan, max), max);
}

/** Taps of a copy from the moment that it is found: block, publication and the way of the list. */
export function tapsUntilDenied(plan: WhatIfPlan, max?: number): Distribution {
  const c = copyRate(plan);
  const reacting = fromTail((k) => tapsWithin(k, c, reactionLatency(plan)), max);
  // At terminals that differ each time: those served are Poisson of c · E[L], whatever the distribution of L.
  const listed = poisson(c * meanOf(listLatency(plan)), max);
  return sum(sum(reacting, tapsWithinUniform(c * plan.publishEvery), max), listed, max);
}

function deniedMean(plan: WhatIfPlan): number {
  return meanOf(reactionLatency(plan)) + plan.publishEvery / 2 + meanOf(listLatency(plan));
}

function deniedMax(plan: WhatIfPlan): number {
  return reactionLatency(plan).max + plan.publishEvery + listLatency(plan).max;
}

/** P(N ≥ k) of taps of rate c within a latency. */
function tapsWithin(k: number, c: number, { ways }: Latency): number {
  // P(N ≥ k) = Σᵢ pᵢ · (c / (c + 1/mᵢ))ᵏ
  return ways.reduce((sum, { share, mean }) => sum + share * (c / (c + 1 / mean)) ** k, 0);
}

/** Taps within a time that is uniform from 0 to where their mean is `mean`. */
export function tapsWithinUniform(mean: number): Distribution {
  if (mean === 0) return [1];
  // P(N = k) = P(Poisson(mean) > k) / mean
  const counts = poisson(mean);
  let above = 1;
  const probabilities = counts.map((p) => {
    above -= p;
    return Math.max(0, above) / mean;
  });
  const total = probabilities.reduce((all, p) => all + p, 0);
  return probabilities.map((p) => p / total);
}

/**
 * P(N ≥ k) of taps of rate c until both uploads are there, D = max(U, H + U′): the copy's, and that of the medium's next tap
 * after H. The k-th tap is at Γ; for each pair of ways, x = 1/mᵢ, y = 1/mⱼ,
 * P(Γ < D) = P(Γ < U) + P(Γ < H + U′) − P(Γ < min(U, H + U′)).
 */
function tapsUntilConflict(k: number, c: number, h: number, { ways }: Latency): number {
  let probability = 0;
  for (const first of ways) {
    for (const second of ways) {
      const x = 1 / first.mean;
      const y = apart(1 / second.mean, h);
      const within = (rate: number): number => (c / (c + rate)) ** k;
      // P(H + U′ > t) = (y · e^(−ht) − h · e^(−yt)) / (y − h)
      const either = (more: number): number => (y * within(h + more) - h * within(y + more)) / (y - h);
      probability += first.share * second.share * (within(x) + either(0) - either(x));
    }
  }
  return probability;
}

/** E[D], in milliseconds. */
function conflictMean(h: number, { ways }: Latency): number {
  let mean = 0;
  for (const first of ways) {
    for (const second of ways) {
      const [x, y] = [1 / first.mean, 1 / second.mean];
      // E[min(U, H + U′)] = 1/(x + h) + h/(x + h) · 1/(x + y)
      const both = 1 / (x + h) + (h / (x + h)) * (1 / (x + y));
      mean += first.share * second.share * (first.mean + 1 / h + second.mean - both);
    }
  }
  return mean;
}

/** The formula divides by their difference, and changes little with it. */
function apart(y: number, h: number): number {
  return Math.abs(y - h) < 1e-6 * h ? h * (1 + 1e-6) : y;
}

function certain(n: number): Distribution {
  return [...new Array<number>(n).fill(0), 1];
}

/** Most that one medium takes within a time, by the limits; null: none bounds it. */
function worstWithin(plan: WhatIfPlan, time: number): number {
  const { terminals, dayTapsMax, dayAmountMax, cloneTapsPerDayMax } = plan;
  const tapMax = tapMaxOf(plan);
  const perDay = least(dayAmountMax, dayTapsMax === null ? null : dayTapsMax * tapMax);
  // A time touches one day more than it is long.
  const days = Math.ceil(time / DAY) + 1;
  const taps = 1 + Math.floor((cloneTapsPerDayMax * time) / DAY);
  return least(taps * tapMax, perDay === null ? null : terminals * days * perDay) as number;
}
