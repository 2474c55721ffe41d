/** A prefix code as deflate has them: given by the length of each symbol's code alone (RFC 1951, 3.2.2). */

const BITS_MAX = 15;
/** Codes up to here are found at one look. */
const AT_ONCE_BITS = 9;

export class Code {
  static readonly BITS_MAX = BITS_MAX;
  /** How many codes there are of each length. */
  readonly #counts = new Uint16Array(BITS_MAX + 1);
  /** In order of their codes. */
  readonly #symbols: Uint16Array;
  /** By the next bits: the symbol times 16, and how many bits are its; 0 where it has more, or they stand for none. */
  readonly #atOnce = new Uint16Array(2 ** AT_ONCE_BITS);
  /** Every sequence of bits begins with a code. */
  readonly isComplete: boolean;
  /** That, or there is one code of one bit, or none: RFC 1951, 3.2.7, has distances so, where only one or none is used. */
  readonly isUsable: boolean;

  /** @param lengths in bits, 0 for a symbol that has no code @param count of the symbols */
  constructor(lengths: Uint8Array, count: number) {
    const counts = this.#counts;
    for (let symbol = 0; symbol < count; symbol += 1) {
      const bits = lengths[symbol] as number;
      counts[bits] = (counts[bits] as number) + 1;
    }
    const codes = count - (counts[0] as number);
    counts[0] = 0;
    const [places, nexts] = [new Uint16Array(BITS_MAX + 2), new Uint16Array(BITS_MAX + 2)];
    let left = 1;
    let isOver = false;
    for (let bits = 1; bits <= BITS_MAX; bits += 1) {
      left = 2 * left - (counts[bits] as number);
      isOver ||= left < 0;
      places[bits + 1] = (places[bits] as number) + (counts[bits] as number);
      nexts[bits + 1] = ((nexts[bits] as number) + (counts[bits] as number)) << 1;
    }
    this.isComplete = left === 0 && !isOver;
    this.isUsable = this.isComplete || codes === 0 || (codes === 1 && counts[1] === 1);
    this.#symbols = new Uint16Array(codes);
    if (isOver) return;
    for (let symbol = 0; symbol < count; symbol += 1) {
      const bits = lengths[symbol] as number;
      if (bits === 0) continue;
      this.#symbols[places[bits] as number] = symbol;
      places[bits] = (places[bits] as number) + 1;
      const code = nexts[bits] as number;
      nexts[bits] = code + 1;
      if (bits > AT_ONCE_BITS) continue;
      const entry = (symbol << 4) | bits;
      for (let at = reversed(code, bits); at < this.#atOnce.length; at += 1 << bits) this.#atOnce[at] = entry;
    }
  }

  /** @param bits the next ones, the first lowest @returns the symbol times 16, and how many bits are its; 0 where they stand for none */
  found(bits: number): number {
    const entry = this.#atOnce[bits & (2 ** AT_ONCE_BITS - 1)] as number;
    return entry !== 0 ? entry : this.#sought(bits);
  }

  /** Bit by bit: of each length the codes are one after the other. */
  #sought(bits: number): number {
    let [code, first, place] = [0, 0, 0];
    for (let length = 1; length <= BITS_MAX; length += 1) {
      code |= (bits >> (length - 1)) & 1;
      const count = this.#counts[length] as number;
      if (code - first < count) return ((this.#symbols[place + code - first] as number) << 4) | length;
      place += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }
}

/** Codes begin with their highest bit, and bytes with their lowest. */
function reversed(code: number, bits: number): number {
  let turned = 0;
  for (let at = 0; at < bits; at += 1) turned |= ((code >> at) & 1) << (bits - 1 - at);
  return turned;
}
