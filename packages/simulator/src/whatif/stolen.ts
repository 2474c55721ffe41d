/** Terminals that are stolen: what waited in them, and the money that a thief loads with their key. */
import { copyRate, spanOf, tapMaxOf, tapsUntilDenied, tapsWithinUniform } from './copied.ts';
import { type Distribution, either, fromTail, moment, poisson, sum, sumOf } from './distribution.ts';
import { DAY } from './knobs.ts';
import { type Latency, uploadLatency } from './latency.ts';
import { daysOf, type WhatIfPlan } from './plan.ts';
import { least, type Source } from './source.ts';

/** Media that a thief loads before the theft is noticed. */
export function forgedMedia({ forgedPerDay, noticedAfter }: WhatIfPlan): number {
  return Math.floor((forgedPerDay * noticedAfter) / DAY);
}

export function stolenTerminals(plan: WhatIfPlan): Source {
  const { fare, stolenPerYear, refillShare, period } = plan;
  const unsent = unsentTaps(plan);
  const one = forgedSpending(plan);
  const count = forgedMedia(plan);
  const forged = sumOf(count, one);
  const worstForged = refillShare > 0 ? count * spanOf(plan) : 0;
  const worstUnsent = worstUnsentOf(plan);
  return {
    source: 'stolen-terminals',
    meaning: 'what had not gone up is lost, and a refill key loads money until it is noticed',
    events: {
      mean: (stolenPerYear * daysOf(period)) / 365,
      loss: either(unsent, sum(unsent, forged), refillShare),
    },
    worstEvent: worstUnsent === null ? null : worstUnsent + worstForged,
    steps: [
      {
        formula:
          'E[K] = Σ P(K ≥ k), P(K ≥ k) = Σᵢ pᵢ · (r / (r + 1/mᵢ))ᵏ, k within the unsent limits: taps that had not gone up',
        value: moment(unsent, 1),
        unit: 'count',
      },
      { formula: 'f · E[K]: what is lost of them', value: fare * moment(unsent, 1), unit: 'amount' },
      {
        formula: 'F = ⌊media a day · time until it is noticed⌋: media loaded, where there is a refill key',
        value: count,
        unit: 'count',
      },
      {
        formula:
          'E[N] of one: 1 + taps of rate c until noticed, blocked, published, at the terminal; at most ⌊(Bmax − m)/f⌋',
        value: moment(one, 1),
        unit: 'count',
      },
      {
        formula: 'E[X] = f · (E[K] + s · F · E[N]), s = share with a refill key',
        value: fare * (moment(unsent, 1) + refillShare * count * moment(one, 1)),
        unit: 'amount',
      },
      {
        formula: 'worst: min(unsentAmountMax, unsentRecordsMax · tap limit) + F · (Bmax − m)',
        value: worstUnsent === null ? null : worstUnsent + worstForged,
        unit: 'amount',
      },
    ],
    assumptions: [
      'what waits in a terminal is as old as the upload of its next record will take; all terminals have equally many taps, one of which takes the fare',
      'money loaded by the thief goes up as an honest refill: only when the theft is noticed are those media blocked',
      'each forged medium is loaded once, up to the maximum balance, and blocked by itself; once noticed, the terminal loads no more',
    ],
  };
}

/** Taps of a terminal in a millisecond. */
export function terminalRate({ tapsPerDay, terminals }: WhatIfPlan): number {
  return tapsPerDay / terminals / DAY;
}

/** Taps that wait in a terminal when it is stolen. */
function unsentTaps(plan: WhatIfPlan): Distribution {
  const { unsentAmountMax, unsentRecordsMax, unsentAgeMax, fare } = plan;
  const r = terminalRate(plan);
  const max = least(unsentAmountMax === null ? null : Math.floor(unsentAmountMax / fare), unsentRecordsMax);
  return fromTail(waiting(r, uploadLatency(plan), unsentAgeMax), max ?? undefined);
}

/**
 * P(K ≥ k) of taps of rate r since the last upload. The first one begins to age, and those after it are served within the age
 * limit a: P(k − 1 of them before both it and the upload) = (r / (r + µ))ᵏ⁻¹ · P(Poisson((r + µ) · a) ≥ k − 1), µ = 1/m.
 */
function waiting(r: number, { ways }: Latency, ageMax: number | null): (k: number) => number {
  const each = ways.map(({ share, mean }) => {
    const inTime = ageMax === null ? () => 1 : atLeast((r + 1 / mean) * ageMax);
    return (k: number) => share * (r / (r + 1 / mean)) ** k * inTime(k - 1);
  });
  return (k) => each.reduce((all, way) => all + way(k), 0);
}

/** P(Poisson(mean) ≥ k). */
function atLeast(mean: number): (k: number) => number {
  let left = 1;
  const tail = poisson(mean).map((p) => {
    const before = left;
    left -= p;
    return Math.max(0, before);
  });
  return (k) => tail[k] ?? 0;
}

/** Fares that one forged medium takes: loaded at any time until the theft is noticed, then denied as a copy is. */
function forgedSpending(plan: WhatIfPlan): Distribution {
  const n = Math.floor(spanOf(plan) / plan.fare);
  const untilNoticed = tapsWithinUniform(copyRate(plan) * plan.noticedAfter);
  return sum(sum([0, 1], untilNoticed, n), tapsUntilDenied(plan, n), n);
}

function worstUnsentOf(plan: WhatIfPlan): number | null {
  const { unsentAmountMax, unsentRecordsMax } = plan;
  return least(unsentAmountMax, unsentRecordsMax === null ? null : unsentRecordsMax * tapMaxOf(plan));
}
