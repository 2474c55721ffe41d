/** The formulas against simulation: each kind of event lived many times through production terminals and media. */
import { Chance } from '../random.ts';
import { BOUND_SHARE, type Estimate, type SourceLoss } from './estimate.ts';
import type { WhatIfPlan } from './plan.ts';
import type { SourceName } from './source.ts';
import { cloneStory, rollbackStory } from './stories-of-copies.ts';
import { refundStory, stolenStory, tornStory } from './stories-of-terminals.ts';
import type { Story } from './story.ts';
import { tornTapsOf } from './torn.ts';

const STORIES: Readonly<Record<SourceName, { readonly story: Story; readonly of: 'event' | 'torn-tap' }>> = {
  clones: { story: cloneStory, of: 'event' },
  rollbacks: { story: rollbackStory, of: 'event' },
  'stolen-terminals': { story: stolenStory, of: 'event' },
  'torn-taps': { story: tornStory, of: 'torn-tap' },
  refunds: { story: refundStory, of: 'torn-tap' },
};

export interface CheckOptions {
  readonly seed: string;
  /** Events of each kind. */
  readonly stories: number;
}

/** How far the check is. */
export interface CheckProgress {
  readonly source: SourceName;
  readonly done: number;
  readonly of: number;
}

/** Amounts in minor units, of one event; of torn taps and refunds, of one torn tap. */
export interface SourceCheck {
  readonly source: SourceName;
  readonly formula: number;
  readonly simulated: number;
  /** Half of the 95 % interval around what was simulated. */
  readonly within: number;
  /** How many standard errors the formula is from what was simulated. */
  readonly errors: number;
  readonly highest: number;
  readonly worst: number | null;
  /** Events whose alert stands, by the centre's rules, when the formula says that they are found; null: none needs one. */
  readonly flagged: number | null;
  readonly stories: number;
}

export interface Check {
  readonly sources: readonly SourceCheck[];
  /** Of periods put together from simulated events: those whose loss is not above the bound of the total. */
  readonly boundHeld: number;
  readonly periods: number;
}

/** Beyond this many standard errors a formula and a simulation differ: by chance once in 16,000 times. */
export const ERRORS_MAX = 4;

/** Whether a formula is refuted, a worst exceeded, a copy not found when it should have been, or the bound too low. */
export function isWrong({ sources, boundHeld, periods }: Check): boolean {
  return boundHeld < boundHeldMin(periods) || sources.some(isRefuted);
}

export function isRefuted({ errors, highest, worst, flagged, stories }: SourceCheck): boolean {
  return (
    Math.abs(errors) > ERRORS_MAX || (worst !== null && highest > worst) || (flagged !== null && flagged < stories)
  );
}

/** @returns after its progress, what it found */
export async function* check(
  { plan, sources, total }: Estimate,
  { seed, stories }: CheckOptions,
): AsyncGenerator<CheckProgress, Check, void> {
  const found: SourceCheck[] = [];
  const losses: Lived[] = [];
  for (const loss of sources) {
    const { source } = loss.source;
    const chance = new Chance(`${seed}/${source}`);
    const lived: number[] = [];
    let flagged: number | null = null;
    for (let done = 0; done < stories; done += 1) {
      const told = await STORIES[source].story(plan, chance.stream(String(done)));
      lived.push(told.loss);
      if (told.isFlagged !== null) flagged = (flagged ?? 0) + (told.isFlagged ? 1 : 0);
      yield { source, done: done + 1, of: stories };
    }
    found.push(comparedWith(loss, lived, flagged, plan));
    // A torn tap that costs nothing is none of the events of the formula.
    const events = STORIES[source].of === 'torn-tap' ? lived.filter((each) => each > 0) : lived;
    losses.push({ mean: events.length > 0 ? loss.source.events.mean : 0, lived: events });
  }
  const periods = 1_000;
  const chance = new Chance(`${seed}/periods`);
  let held = 0;
  for (let period = 0; period < periods; period += 1) if (lossOf(losses, chance) <= total.bound) held += 1;
  return { sources: found, boundHeld: held / periods, periods };
}

/** The share that the bound promises, less what chance takes of that many periods. */
function boundHeldMin(periods: number): number {
  return BOUND_SHARE - ERRORS_MAX * Math.sqrt((BOUND_SHARE * (1 - BOUND_SHARE)) / periods);
}

interface Lived {
  /** Mean number of such events in a period. */
  readonly mean: number;
  readonly lived: readonly number[];
}

/** Mean number of stories in a period. */
function perPeriod({ source }: SourceLoss, plan: WhatIfPlan): number {
  return STORIES[source.source].of === 'torn-tap' ? tornTapsOf(plan) : source.events.mean;
}

function comparedWith(
  loss: SourceLoss,
  lived: readonly number[],
  flagged: number | null,
  plan: WhatIfPlan,
): SourceCheck {
  const stories = lived.length;
  const simulated = lived.reduce((sum, each) => sum + each, 0) / stories;
  const variance = lived.reduce((sum, each) => sum + (each - simulated) ** 2, 0) / (stories - 1);
  const error = Math.sqrt(variance / stories);
  const of = perPeriod(loss, plan);
  const formula = of === 0 ? loss.perEvent : loss.expected / of;
  return {
    source: loss.source.source,
    formula,
    simulated,
    within: 1.96 * error,
    errors: error === 0 ? 0 : (formula - simulated) / error,
    highest: lived.reduce((highest, each) => Math.max(highest, each), 0),
    worst: loss.source.worstEvent,
    flagged,
    stories,
  };
}

/** A period's loss: as many of each kind as chance has it, each as one of those that were lived. */
function lossOf(losses: readonly Lived[], chance: Chance): number {
  let sum = 0;
  for (const { mean, lived } of losses) {
    // Events of a Poisson process: the time to the next one is exponential.
    let at = 0;
    for (;;) {
      at -= Math.log(1 - chance.next());
      if (at >= mean) break;
      sum += chance.pick(lived);
    }
  }
  return sum;
}
