/** Distributions over 0, 1, 2, … of whole fares: what losses are made of. */

/** Probability of 0, 1, 2, …; they add up to 1, the last one standing for itself and all above. */
export type Distribution = readonly number[];

/** What is less likely than this is left to the last one. */
const NEGLIGIBLE = 1e-12;
/** Beyond this many fares everything is the last one: no limit is set that a loss could not be said to reach. */
const LENGTH_MAX = 20_000;

/**
 * From the probability of k or more.
 * @param tail P(N ≥ k), falling from tail(0) = 1
 * @param max nothing is above it
 */
export function fromTail(tail: (k: number) => number, max = LENGTH_MAX): Distribution {
  const probabilities: number[] = [];
  let above = 1;
  for (let k = 0; k < Math.min(max, LENGTH_MAX) && above > NEGLIGIBLE; k += 1) {
    const next = Math.min(above, Math.max(0, tail(k + 1)));
    probabilities.push(above - next);
    above = next;
  }
  probabilities.push(above);
  return probabilities;
}

/** Of a count that is Poisson of this mean. */
export function poisson(mean: number, max = LENGTH_MAX): Distribution {
  const probabilities: number[] = [];
  let below = 0;
  let logOfTerm = -mean;
  for (let k = 0; k < Math.min(max, LENGTH_MAX) && (k <= mean || 1 - below > NEGLIGIBLE); k += 1) {
    // P(k) = e^(−µ) · µᵏ / k!
    const probability = Math.exp(logOfTerm);
    probabilities.push(probability);
    below += probability;
    logOfTerm += Math.log(mean) - Math.log(k + 1);
  }
  probabilities.push(Math.max(0, 1 - below));
  return probabilities;
}

/** Of N + M, both independent, and not above `max`. */
export function sum(first: Distribution, second: Distribution, max = LENGTH_MAX): Distribution {
  const top = Math.min(max, first.length + second.length - 2);
  const probabilities = new Array<number>(top + 1).fill(0);
  for (const [n, p] of first.entries()) {
    if (p === 0) continue;
    for (const [m, q] of second.entries()) {
      const at = Math.min(top, n + m);
      probabilities[at] = (probabilities[at] ?? 0) + p * q;
    }
  }
  return trimmed(probabilities);
}

/** Of N₁ + … + N_count, independent and alike, by squaring. */
export function sumOf(count: number, one: Distribution): Distribution {
  if (count === 0) return [1];
  const half = sumOf(Math.floor(count / 2), one);
  const doubled = sum(half, half);
  return count % 2 === 1 ? sum(doubled, one) : doubled;
}

/** Of either, the second with probability `share`. */
export function either(first: Distribution, second: Distribution, share: number): Distribution {
  const length = Math.max(first.length, second.length);
  return Array.from({ length }, (_, n) => (1 - share) * (first[n] ?? 0) + share * (second[n] ?? 0));
}

/** E[N^power]. */
export function moment(distribution: Distribution, power: number): number {
  return distribution.reduce((sum, p, n) => sum + p * n ** power, 0);
}

/** The least n with P(N ≤ n) ≥ probability. */
export function quantile(distribution: Distribution, probability: number): number {
  let below = 0;
  const found = distribution.findIndex((p) => {
    below += p;
    return below >= probability - NEGLIGIBLE;
  });
  return found < 0 ? distribution.length - 1 : found;
}

function trimmed(probabilities: readonly number[]): Distribution {
  let last = probabilities.length - 1;
  let left = 0;
  while (last > 0 && left + (probabilities[last] ?? 0) < NEGLIGIBLE) {
    left += probabilities[last] ?? 0;
    last -= 1;
  }
  const kept = probabilities.slice(0, last + 1);
  kept[last] = (kept[last] ?? 0) + left;
  return kept;
}
