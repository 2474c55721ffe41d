/**
 * Seeded randomness: the same seed gives the same draws on every machine and in every version. Generator: sfc32
 * ("small fast chaotic", Chris Doty-Humphrey, PractRand): 128 bits of state, period at least 2³². For tests only:
 * nothing secret may come from it.
 */
export interface Random {
  /** Integer 0 … 2³²−1. */
  uint32(): number;
  /** Integer 0 … below−1, each equally likely. @throws RangeError unless 1 ≤ below ≤ 2⁵³. */
  int(below: number): number;
  /** Integer low … high, both included. */
  between(low: number, high: number): number;
  /** True with this probability; 0 never, 1 always. */
  chance(probability: number): boolean;
  /** @throws RangeError if there is nothing to pick from. */
  pick<T>(items: readonly T[]): T;
  /** The items in a random order, each order equally likely; the given array stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
  /** A stream of its own: it depends on the seed and the label, not on what was drawn before, so that one more draw here does not change everything there. */
  fork(label: string | number): Random;
}

const TWO_TO_32 = 0x1_0000_0000;

export function randomOf(seed: number | string): Random {
  const uint32 = sfc32(String(seed));
  const int = (below: number): number => {
    if (!(Number.isSafeInteger(below) && below >= 1)) throw new RangeError(`int(${below}): nothing to draw from`);
    // 53 bits; values from the last whole multiple of `below` on are drawn again, or small results would be likelier.
    const limit = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % below);
    let drawn: number;
    do drawn = (uint32() >>> 11) * TWO_TO_32 + uint32();
    while (drawn >= limit);
    return drawn % below;
  };
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('pick: no items');
    return items[int(items.length)] as T;
  };
  return {
    uint32,
    int,
    between: (low, high) => low + int(high - low + 1),
    chance: (probability) => uint32() < probability * TWO_TO_32,
    pick,
    shuffle: (items) => {
      // Fisher and Yates: from the end, swap each place with one not after it.
      const order = [...items];
      for (let last = order.length - 1; last > 0; last--) {
        const chosen = int(last + 1);
        const atLast = order[last] as (typeof items)[number];
        order[last] = order[chosen] as (typeof items)[number];
        order[chosen] = atLast;
      }
      return order;
    },
    fork: (label) => randomOf(`${seed}/${label}`),
  };
}

function sfc32(seed: string): () => number {
  let a = hash(seed, 1);
  let b = hash(seed, 2);
  let c = hash(seed, 3);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let round = 0; round < 15; round++) next(); // the first rounds still show the seed
  return next;
}

/** FNV-1a over UTF-16 units, then the finaliser of MurmurHash3, so that seeds 1 and 2 have nothing in common. */
function hash(text: string, salt: number): number {
  let h = Math.imul(0x811c9dc5 ^ salt, 0x01000193);
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
