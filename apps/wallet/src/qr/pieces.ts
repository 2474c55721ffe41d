/** A message in pieces of equal length, and sums of them: what is shown of it, and how it is put together again. */

/** A mask has a bit for each piece. */
export const PIECES_MAX = 128;

/** The last piece is filled up with zeros. */
export function piecesOf(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  const length = Math.ceil(bytes.length / count);
  const filled = new Uint8Array(count * length);
  filled.set(bytes);
  return Array.from({ length: count }, (_, at) => filled.subarray(at * length, (at + 1) * length));
}

/**
 * Which pieces are summed up in a frame. The first `count` frames are the pieces themselves, so that nothing is lost on a camera that sees
 * them all; after those each is in with probability 1/2. Of such sums almost any `count` are enough, whichever they are: with k more than
 * that, the chance that they are not is below 2^-k. (Sparser sums, as in LT codes, would spare work for thousands of pieces, and need more.)
 * @param seed of the message: two phones that show the same show the same frames
 */
export function subsetOf(seed: number, count: number, index: number): bigint {
  if (index < count) return 1n << BigInt(index);
  let mask = 0n;
  for (let word = 0; word * 32 < count; word += 1) {
    mask |= BigInt(mixed(mixed(mixed(seed) ^ index) ^ word)) << BigInt(word * 32);
  }
  mask &= (1n << BigInt(count)) - 1n;
  // A sum of nothing would tell nothing.
  return mask === 0n ? 1n << BigInt(index % count) : mask;
}

/** Every bit of the result depends on every bit given: the finaliser of MurmurHash3, 32 bits. */
function mixed(given: number): number {
  let value = (given + 0x9e3779b9) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

export function sumOf(pieces: readonly Uint8Array[], subset: bigint): Uint8Array {
  const sum = new Uint8Array(pieces[0]?.length ?? 0);
  for (const [at, piece] of pieces.entries()) if (subset & (1n << BigInt(at))) add(sum, piece);
  return sum;
}

function add(sum: Uint8Array, other: Uint8Array): void {
  for (const [at, byte] of other.entries()) sum[at] = (sum[at] as number) ^ byte;
}

interface Equation {
  readonly subset: bigint;
  readonly sum: Uint8Array;
}

/** Sums of pieces as linear equations over GF(2); solved as they come. */
export class PieceSums {
  readonly #count: number;
  /** By the lowest piece in each, which is in no equation of a higher one. */
  readonly #equations = new Map<number, Equation>();

  constructor(count: number) {
    this.#count = count;
  }

  /** How many pieces' worth is known. */
  get known(): number {
    return this.#equations.size;
  }

  /** @returns whether it told anything that the others had not */
  add(subset: bigint, sum: Uint8Array): boolean {
    let left = subset;
    const rest = Uint8Array.from(sum);
    for (let at = 0; at < this.#count; at += 1) {
      if (!(left & (1n << BigInt(at)))) continue;
      const equation = this.#equations.get(at);
      if (!equation) {
        this.#equations.set(at, { subset: left, sum: rest });
        return true;
      }
      left ^= equation.subset;
      add(rest, equation.sum);
    }
    return false;
  }

  /** The message; null while anything is missing. @param length of it, in bytes */
  solved(length: number): Uint8Array | null {
    if (this.known < this.#count) return null;
    const pieces: Uint8Array[] = [];
    // From the last piece to the first: an equation has only later ones beside its own.
    for (let at = this.#count - 1; at >= 0; at -= 1) {
      const { subset, sum } = this.#equations.get(at) as Equation;
      const piece = Uint8Array.from(sum);
      for (let later = at + 1; later < this.#count; later += 1) {
        if (subset & (1n << BigInt(later))) add(piece, pieces[later] as Uint8Array);
      }
      pieces[at] = piece;
    }
    return Uint8Array.from(pieces.flatMap((piece) => [...piece])).subarray(0, length);
  }
}
