/** Chance from a seed: the same draws on every machine, for ever (xoshiro128**, Blackman and Vigna 2018). */
import type { Random } from '@retap/terminal';

/** A stream of its own for each name, so that one part of the city drawing more changes nothing in the others. */
export class Chance {
  readonly next: Random;
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
    this.next = xoshiro128(seed);
  }

  stream(name: string): Chance {
    return new Chance(`${this.#seed}/${name}`);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /**
   * Around `middle`, nearly always within `spread`. A sum of three draws: the logarithm and cosine of a true normal
   * distribution differ in the last bit between engines, and then a seed would not replay.
   */
  around(middle: number, spread: number): number {
    return Math.round(middle + ((this.next() + this.next() + this.next()) / 1.5 - 1) * spread);
  }
}

/** A draw for a place in a table of which no row is kept: 0 ≤ draw < 1, by the seed, and two whole numbers. */
export class DrawTable {
  readonly #seed: number;

  constructor(seed: string) {
    this.#seed = hashOf(seed);
  }

  at(row: number, column: number): number {
    return mixed(mixed(this.#seed ^ Math.imul(row, 0x9e3779b1)) ^ Math.imul(column + 1, 0x85ebca77)) / 2 ** 32;
  }
}

/**
 * A fault that comes exactly as often as its share says, at random moments: what is left over of one share counts for the
 * next (systematic sampling, from a random start). Of 239 independent draws one seed has 6 % more than another.
 */
export class Quota {
  #due: number;

  constructor(chance: Chance) {
    this.#due = chance.next();
  }

  /** Whether it happens now. */
  isDue(share: number): boolean {
    this.#due += share;
    if (this.#due < 1) return false;
    this.#due -= 1;
    return true;
  }
}

function xoshiro128(seed: string): Random {
  const s = new Uint32Array(4);
  s.forEach((_, index) => {
    s[index] = hashOf(`${index}:${seed}`);
  });
  return () => {
    const s0 = s[0] as number;
    const s1 = s[1] as number;
    const s2 = s[2] as number;
    const s3 = s[3] as number;
    const drawn = Math.imul(rotated(Math.imul(s1, 5), 7), 9) >>> 0;
    s[2] = s2 ^ s0;
    s[3] = s3 ^ s1;
    s[1] = s1 ^ s2 ^ s0;
    s[0] = s0 ^ s3 ^ s1;
    s[2] = s2 ^ s0 ^ (s1 << 9);
    s[3] = rotated(s3 ^ s1, 11);
    return drawn / 2 ** 32;
  };
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** FNV-1a, and a last mixing: short seeds that differ in one digit must differ in every bit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mixed(hash);
}

/** The last mixing of MurmurHash3 (Appleby): every bit of the input changes every bit of the result half of the time. */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
