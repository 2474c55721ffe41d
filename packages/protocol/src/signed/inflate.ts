/**
 * Reads raw deflate (RFC 1951) on any engine, to its very end and no further. By hand, since what a batch is are some hundred bytes:
 * to set up a library for them took longer than to verify their signature.
 */
import { Code } from './huffman.ts';

/** Thrown by whatever finds that it is none; one for all, since nobody looks at where. */
const NO_STREAM = new Error('no whole deflate stream');

/** Of the symbols 257 … 285: what length they begin at, and how many bits say by how much it is more. */
const LENGTHS = [
  ...[
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ],
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [
  ...[
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  ],
  ...[8193, 12289, 16385, 24577],
];
const DISTANCE_BITS = Array.from({ length: 30 }, (_, symbol) => Math.max(0, (symbol >> 1) - 1));
/** In which order the lengths of the code for lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END = 256;

const FIXED = {
  symbols: new Code(
    Uint8Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
    288,
  ),
  distances: new Code(new Uint8Array(32).fill(5), 32),
};

/** What most batches fit into. Written and copied from within one call, so that all share it. */
const ROOM = new Uint8Array(2 ** 16);

/** The bytes, or null where they are not exactly one whole deflate stream, or more than `lengthMax`. */
export function inflated(bytes: Uint8Array, lengthMax: number): Uint8Array | null {
  try {
    return new Inflation(bytes, lengthMax).whole();
  } catch (error) {
    if (error !== NO_STREAM) throw error;
    return null;
  }
}

class Inflation {
  readonly #bytes: Uint8Array;
  readonly #lengthMax: number;
  #at = 0;
  /** Bits read and not yet used, the next one lowest. */
  #held = 0;
  #heldBits = 0;
  #room = ROOM;
  #end = 0;

  constructor(bytes: Uint8Array, lengthMax: number) {
    this.#bytes = bytes;
    this.#lengthMax = lengthMax;
  }

  /** @throws NO_STREAM */
  whole(): Uint8Array {
    let isLast = false;
    while (!isLast) {
      isLast = this.#bits(1) === 1;
      const kind = this.#bits(2);
      if (kind === 0) this.#stored();
      else if (kind === 1) this.#coded(FIXED.symbols, FIXED.distances);
      else if (kind === 2) this.#withCodes();
      else throw NO_STREAM;
    }
    // A whole byte that is left is none of the stream's.
    if (this.#at < this.#bytes.length || this.#heldBits >= 8) throw NO_STREAM;
    return this.#room.slice(0, this.#end);
  }

  #stored(): void {
    this.#toNextByte();
    const length = this.#bits(16);
    if ((this.#bits(16) ^ 0xffff) !== length) throw NO_STREAM;
    this.#toNextByte();
    if (this.#at + length > this.#bytes.length) throw NO_STREAM;
    this.#grow(length);
    this.#room.set(this.#bytes.subarray(this.#at, this.#at + length), this.#end);
    this.#at += length;
    this.#end += length;
  }

  #withCodes(): void {
    const [symbols, distances, ofLengths] = [this.#bits(5) + 257, this.#bits(5) + 1, this.#bits(4) + 4];
    if (symbols > 286 || distances > 30) throw NO_STREAM;
    const lengths = new Uint8Array(symbols + distances);
    for (let at = 0; at < ofLengths; at += 1) lengths[ORDER[at] as number] = this.#bits(3);
    const code = new Code(lengths, 19);
    if (!code.isComplete) throw NO_STREAM;
    lengths.fill(0);
    for (let at = 0; at < lengths.length; ) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[at] = symbol;
        at += 1;
        continue;
      }
      if (symbol === 16 && at === 0) throw NO_STREAM;
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (at + times > lengths.length) throw NO_STREAM;
      if (symbol === 16) lengths.fill(lengths[at - 1] as number, at, at + times);
      at += times;
    }
    const codes = [new Code(lengths, symbols), new Code(lengths.subarray(symbols), distances)] as const;
    if (lengths[END] === 0 || !codes[0].isUsable || !codes[1].isUsable) throw NO_STREAM;
    this.#coded(...codes);
  }

  #coded(symbols: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(symbols);
      if (symbol < END) {
        if (this.#end === this.#room.length || this.#end === this.#lengthMax) this.#grow(1);
        this.#room[this.#end] = symbol;
        this.#end += 1;
        continue;
      }
      if (symbol === END) return;
      const place = symbol - END - 1;
      if (place >= LENGTHS.length) throw NO_STREAM;
      const length = (LENGTHS[place] as number) + this.#bits(LENGTH_BITS[place] as number);
      const far = this.#symbol(distances);
      if (far >= DISTANCES.length) throw NO_STREAM;
      const distance = (DISTANCES[far] as number) + this.#bits(DISTANCE_BITS[far] as number);
      if (distance > this.#end) throw NO_STREAM;
      this.#grow(length);
      const room = this.#room;
      let from = this.#end - distance;
      // One after the other: what is copied may be copied on.
      for (const end = this.#end + length; this.#end < end; this.#end += 1, from += 1) {
        room[this.#end] = room[from] as number;
      }
    }
  }

  #grow(length: number): void {
    const end = this.#end + length;
    if (end > this.#lengthMax) throw NO_STREAM;
    if (end <= this.#room.length) return;
    const more = new Uint8Array(Math.max(end, 2 * this.#room.length));
    more.set(this.#room.subarray(0, this.#end));
    this.#room = more;
  }

  /** @param count 16 at most */
  #bits(count: number): number {
    if (this.#heldBits < count) this.#read();
    if (this.#heldBits < count) throw NO_STREAM;
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#heldBits -= count;
    return value;
  }

  #symbol(code: Code): number {
    if (this.#heldBits < Code.BITS_MAX) this.#read();
    const found = code.found(this.#held);
    const bits = found & 0xf;
    // What stands for no symbol has no bits; and there may not be as many as the symbol has.
    if (bits === 0 || bits > this.#heldBits) throw NO_STREAM;
    this.#held >>>= bits;
    this.#heldBits -= bits;
    return found >> 4;
  }

  /** Whole bytes that are held are read again. */
  #toNextByte(): void {
    this.#at -= this.#heldBits >> 3;
    [this.#held, this.#heldBits] = [0, 0];
  }

  /** As many whole bytes as there is room for. */
  #read(): void {
    while (this.#heldBits <= 16 && this.#at < this.#bytes.length) {
      this.#held |= (this.#bytes[this.#at] as number) << this.#heldBits;
      this.#heldBits += 8;
      this.#at += 1;
    }
  }
}
