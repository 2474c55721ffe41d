/** Torn taps: fares of which nobody knows who has them, and refunds given before anybody did. */
import { holderRate, tapMaxOf } from './copied.ts';
import { DAY } from './knobs.ts';
import { meanOf, uploadLatency } from './latency.ts';
import { daysOf, type WhatIfPlan } from './plan.ts';
import type { Source } from './source.ts';

/** In the period. */
export function tornTapsOf({ tapsPerDay, tornShare, period }: WhatIfPlan): number {
  return tapsPerDay * tornShare * daysOf(period);
}

export function neverSettled(plan: WhatIfPlan): Source {
  const { fare, committedShare, neverShare } = plan;
  const torn = tornTapsOf(plan);
  return {
    source: 'torn-taps',
    meaning: 'torn, committed, and the medium never comes back: paid by a passenger, credited to nobody',
    events: { mean: torn * neverShare * committedShare, loss: [0, 1] },
    worstEvent: tapMaxOf(plan),
    steps: [
      { formula: 'T = taps · torn share: torn taps', value: torn, unit: 'count' },
      { formula: 'E[X] = f, of T · share that never comes back · share that committed', value: fare, unit: 'amount' },
      { formula: 'worst: the tap limit', value: tapMaxOf(plan), unit: 'amount' },
    ],
    assumptions: ['a torn tap that did not commit, and is never held again, costs nobody anything'],
  };
}

export function wrongRefunds(plan: WhatIfPlan): Source {
  const { fare, committedShare, refundedShare } = plan;
  return {
    source: 'refunds',
    meaning: 'refunded before it was settled, and nothing had been taken',
    events: { mean: tornTapsOf(plan) * refundedShare * (1 - committedShare), loss: [0, 1] },
    worstEvent: tapMaxOf(plan),
    steps: [
      { formula: 'E[X] = f, of T · share refunded early · share that had not committed', value: fare, unit: 'amount' },
      { formula: 'worst: the tap limit', value: tapMaxOf(plan), unit: 'amount' },
    ],
    assumptions: [
      'a refund is of the fare, and is loaded once, by its number; that of a copied medium is counted with its balance',
    ],
  };
}

/** Money in doubt on average at any moment: of torn taps that will be settled yet, in minor units. Null: some never will be. */
export function moneyInDoubt(plan: WhatIfPlan): number | null {
  const { fare, retapShare, neverShare, tapsPerDay, tornShare } = plan;
  const [h, upload] = [holderRate(plan), meanOf(uploadLatency(plan))];
  const laterShare = 1 - retapShare - neverShare;
  if (h === 0 && laterShare > 0) return null;
  // Little's law: in doubt = rate of torn taps · f · (again at once · E[U] + later · (1/h + E[U]))
  const settling = retapShare * upload + (laterShare > 0 ? laterShare * (1 / h + upload) : 0);
  return ((tapsPerDay * tornShare) / DAY) * fare * settling;
}
