/** The knobs as given, checked: what `retap whatif` computes from. */
import { KNOB_NAMES, KNOBS, type Knob, type KnobName } from './knobs.ts';

type OptionalName = { [Name in KnobName]: (typeof KNOBS)[Name] extends { optional: true } ? Name : never }[KnobName];

/** How the centre hears of a copy: by the upload that conflicts with another one, or, to see what that buys, not at all. */
export const DETECTIONS = ['conflict', 'never'] as const;
export type Detection = (typeof DETECTIONS)[number];

export const PERIODS = ['month', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/** Durations in milliseconds, amounts in minor units. Null: none. */
export type WhatIfPlan = { readonly [Name in KnobName]: Name extends OptionalName ? number | null : number } & {
  readonly detection: Detection;
  readonly period: Period;
};

export type WhatIfOptions = Partial<WhatIfPlan>;

/** Days of the period: a month is a twelfth of a year. */
export function daysOf(period: Period): number {
  return period === 'year' ? 365 : 365 / 12;
}

/** Cut off below this many means, an exponential distribution would be another one, and the formulas wrong. */
const MEANS_MIN = 5;

/** @returns the plan, or each fault of what was given, in words for who gave it */
export function planOf(options: WhatIfOptions): WhatIfPlan | { readonly faults: readonly WhatIfFault[] } {
  const values = KNOB_NAMES.map((name) => [name, options[name] === undefined ? KNOBS[name].default : options[name]]);
  const { detection = 'conflict', period = 'month' } = options;
  const plan = { ...Object.fromEntries(values), detection, period } as WhatIfPlan;
  const beyond = KNOB_NAMES.flatMap((name) => faultOf(name, KNOBS[name], plan[name]));
  const faults = beyond.length > 0 ? beyond : faultsTogether(plan);
  return faults.length > 0 ? { faults } : plan;
}

export interface WhatIfFault {
  readonly knob: KnobName;
  /** What would do. */
  readonly wanted: string;
}

function faultOf(name: KnobName, knob: Knob, value: number | null): WhatIfFault[] {
  if (value === null) return knob.optional ? [] : [{ knob: name, wanted: 'it cannot be none' }];
  const { unit, low, high } = knob;
  const isWhole = unit === 'rate' || unit === 'share' || Number.isSafeInteger(value);
  if (isWhole && value >= low && value <= high) return [];
  if (unit === 'share') return [{ knob: name, wanted: 'give a share from 0 to 1, as 0.03' }];
  if (unit === 'duration') return [{ knob: name, wanted: 'give a duration of 1ms to 3650d, as 30m' }];
  const what = { amount: 'whole minor units', count: 'a whole number', rate: 'a number' }[unit];
  return [{ knob: name, wanted: `give ${what} from ${low} to ${high}` }];
}

/** What each knob may be, and all together may not. */
function faultsTogether(plan: WhatIfPlan): WhatIfFault[] {
  const { minimumBalance, maximumBalance, cloneBalance, fare, retapShare, neverShare, refundedShare } = plan;
  const { offlineMean, offlineMax, offlineShare, uploadMean, listMean, reactionMean, reactionMax } = plan;
  const faults: WhatIfFault[] = [];
  const expect = (holds: boolean, knob: KnobName, wanted: string): void => {
    if (!holds) faults.push({ knob, wanted });
  };
  expect(maximumBalance - minimumBalance >= fare, 'maximumBalance', 'it must leave room for one fare');
  if (cloneBalance !== null) {
    const fits = cloneBalance - minimumBalance >= fare && cloneBalance <= maximumBalance;
    expect(fits, 'cloneBalance', 'it must pay for one fare, and not be above maximumBalance');
  }
  if (plan.tapAmountMax !== null) expect(plan.tapAmountMax >= fare, 'tapAmountMax', 'it must allow one fare');
  const shares = retapShare + neverShare + refundedShare;
  expect(shares <= 1, 'neverShare', 'with retapShare and refundedShare it must not be above 1');
  const longest = Math.max(uploadMean, listMean, offlineShare > 0 ? offlineMean : 0);
  const wanted = `it must be at least ${MEANS_MIN} times`;
  expect(offlineMax >= MEANS_MIN * longest, 'offlineMax', `${wanted} uploadMean, listMean and offlineMean`);
  expect(reactionMax >= MEANS_MIN * reactionMean, 'reactionMax', `${wanted} reactionMean`);
  return faults;
}
