/** What a city loses to fraud, theft and torn taps: expected, with a bound, and at worst; and what each limit buys. */
import { momentsOf, quantileOf } from './compound.ts';
import { clones, rollbacks } from './copied.ts';
import { poisson, quantile } from './distribution.ts';
import { KNOB_NAMES, KNOBS, type KnobName } from './knobs.ts';
import { planOf, type WhatIfPlan } from './plan.ts';
import type { Source } from './source.ts';
import { stolenTerminals } from './stolen.ts';
import { moneyInDoubt, neverSettled, wrongRefunds } from './torn.ts';

/** Of the periods: those whose loss is not above the bound. */
export const BOUND_SHARE = 0.95;
/** Of the periods: those in which not more events come than the worst is computed for. */
export const WORST_SHARE = 0.999;

/** Amounts in minor units, a mean as a fraction of one. */
export interface Loss {
  readonly expected: number;
  readonly deviation: number;
  /** Not exceeded in 95 of 100 periods. */
  readonly bound: number;
  /** Most that the limits leave possible, with as many events as one period in a thousand exceeds; null: nothing bounds it. */
  readonly worst: number | null;
}

export interface SourceLoss extends Loss {
  readonly source: Source;
  /** Mean loss by one event. */
  readonly perEvent: number;
  /** Events that one period in a thousand exceeds. */
  readonly eventsWorst: number;
}

/** What the expected and the worst loss become with one knob at half. */
export interface Halved {
  readonly knob: KnobName;
  readonly from: number;
  readonly to: number;
  /** What is saved; null where it, or what is compared, is not bounded. */
  readonly expected: number;
  readonly worst: number | null;
}

export interface Estimate {
  readonly plan: WhatIfPlan;
  readonly sources: readonly SourceLoss[];
  readonly total: Loss;
  readonly moneyInDoubt: number | null;
  /** Most saved first. */
  readonly halved: readonly Halved[];
}

export function estimate(plan: WhatIfPlan): Estimate {
  const sources = sourcesOf(plan).map((source) => lossBy(source, plan));
  const total = totalOf(sources, plan);
  return { plan, sources, total, moneyInDoubt: moneyInDoubt(plan), halved: halvedOf(plan, total) };
}

function sourcesOf(plan: WhatIfPlan): readonly Source[] {
  return [clones(plan), rollbacks(plan), stolenTerminals(plan), neverSettled(plan), wrongRefunds(plan)];
}

function lossBy(source: Source, { fare }: WhatIfPlan): SourceLoss {
  const { events, worstEvent } = source;
  const { mean, variance } = momentsOf(events);
  const eventsWorst = events.mean === 0 ? 0 : quantile(poisson(events.mean), WORST_SHARE);
  return {
    source,
    perEvent: events.mean === 0 ? 0 : (fare * mean) / events.mean,
    eventsWorst,
    expected: fare * mean,
    deviation: fare * Math.sqrt(variance),
    bound: fare * quantileOf([events], BOUND_SHARE),
    worst: eventsWorst === 0 ? 0 : worstEvent === null ? null : eventsWorst * worstEvent,
  };
}

function totalOf(sources: readonly SourceLoss[], { fare }: WhatIfPlan): Loss {
  const events = sources.map(({ source }) => source.events);
  return {
    // E[S] = Σ λᵢ · E[Xᵢ],  Var[S] = Σ λᵢ · E[Xᵢ²]: the sources are independent
    expected: sources.reduce((sum, { expected }) => sum + expected, 0),
    deviation: Math.sqrt(sources.reduce((sum, { deviation }) => sum + deviation ** 2, 0)),
    bound: fare * quantileOf(events, BOUND_SHARE),
    worst: worstOf(sources),
  };
}

function worstOf(sources: readonly { readonly worst: number | null }[]): number | null {
  return sources.reduce<number | null>((sum, { worst }) => (sum === null || worst === null ? null : sum + worst), 0);
}

function halvedOf(plan: WhatIfPlan, total: Loss): Halved[] {
  const rows = KNOB_NAMES.flatMap((knob) => {
    const from = plan[knob];
    if (!('halved' in KNOBS[knob]) || from === null || from === 0) return [];
    const { unit } = KNOBS[knob];
    const to = unit === 'rate' || unit === 'share' ? from / 2 : Math.floor(from / 2);
    const changed = planOf({ ...plan, [knob]: to });
    // Half of it makes no city: a fare would not fit below the limit, or a latency would be cut off too early.
    if ('faults' in changed) return [];
    const sources = sourcesOf(changed).map(({ events, worstEvent }) => {
      const eventsWorst = events.mean === 0 ? 0 : quantile(poisson(events.mean), WORST_SHARE);
      const worst = eventsWorst === 0 ? 0 : worstEvent === null ? null : eventsWorst * worstEvent;
      return { expected: changed.fare * momentsOf(events).mean, worst };
    });
    const expected = total.expected - sources.reduce((sum, each) => sum + each.expected, 0);
    const after = worstOf(sources);
    const worst = total.worst === null || after === null ? null : total.worst - after;
    return [{ knob, from, to, expected, worst }];
  });
  return rows.sort((a, b) => b.expected - a.expected || (b.worst ?? 0) - (a.worst ?? 0));
}
