/** How long something takes: exponential, and for a share of it exponential with another, longer mean. */
import type { Chance } from '../random.ts';
import type { WhatIfPlan } from './plan.ts';

/** One of the ways, with its probability. */
interface Way {
  readonly share: number;
  readonly mean: number;
}

/** A mixture of exponential distributions; times in milliseconds. */
export interface Latency {
  readonly ways: readonly Way[];
  /** Nothing takes longer. The formulas leave it out: it is five means or more, so that they say at most 0.7 % too much. */
  readonly max: number;
}

/** From a tap to the centre. */
export function uploadLatency({ uploadMean, offlineShare, offlineMean, offlineMax }: WhatIfPlan): Latency {
  return mixture(uploadMean, offlineShare, offlineMean, offlineMax);
}

/** From a published list to a terminal. */
export function listLatency({ listMean, offlineShare, offlineMean, offlineMax }: WhatIfPlan): Latency {
  return mixture(listMean, offlineShare, offlineMean, offlineMax);
}

/** From an alert to the approved block. */
export function reactionLatency({ reactionMean, reactionMax }: WhatIfPlan): Latency {
  return { ways: [{ share: 1, mean: reactionMean }], max: reactionMax };
}

function mixture(mean: number, offlineShare: number, offlineMean: number, max: number): Latency {
  const ways = [
    { share: 1 - offlineShare, mean },
    { share: offlineShare, mean: offlineMean },
  ];
  return { ways: ways.filter(({ share }) => share > 0), max };
}

export function meanOf({ ways }: Latency): number {
  // E[U] = Σ pᵢ · mᵢ
  return ways.reduce((sum, { share, mean }) => sum + share * mean, 0);
}

/** One draw, in whole milliseconds. */
export function drawn({ ways, max }: Latency, chance: Chance): number {
  let left = chance.next();
  const way = ways.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  return Math.min(max, exponential((way ?? ways[ways.length - 1])?.mean ?? 0, chance));
}

/** In whole milliseconds, so that the last bit of a logarithm, in which engines differ, changes nothing. */
export function exponential(mean: number, chance: Chance): number {
  // F⁻¹(u) = −m · ln(1 − u)
  return Math.round(-mean * Math.log(1 - chance.next()));
}
