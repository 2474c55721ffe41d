/** Non-volatile memory of a software card, as a chip has it: small writes, each of which happens or does not. */

/** Bytes of the image: as much as an MF2DLHX0 or a small EV2 has room for. */
export const IMAGE_BYTES = 8192;

/** Most bytes that one write changes: a page. */
export const PAGE_BYTES = 32;

/** The port a software card keeps its state through. */
export interface CardMemory {
  /** The whole image, {@link IMAGE_BYTES} long; a copy. */
  read(): Uint8Array;
  /**
   * One write of at most {@link PAGE_BYTES}: all of it or nothing.
   *
   * @throws CardPowerLost where the power went before it
   */
  write(offset: number, bytes: Uint8Array): void;
}

/** The field went in the middle of a command. The card is mute until it is powered on again. */
export class CardPowerLost extends Error {
  override readonly name = 'CardPowerLost';
  readonly code = 'card-power-lost';

  constructor() {
    super('the card lost its power before a write; power it on again');
  }
}

/** An image in RAM that counts its writes and can lose its power after any of them. */
export class MemoryCardMemory implements CardMemory {
  readonly #bytes: Uint8Array;
  #writes = 0;
  #writesLeft = Number.POSITIVE_INFINITY;

  /** @param image to begin with, {@link IMAGE_BYTES} long; zeros where there is none */
  constructor(image: Uint8Array = new Uint8Array(IMAGE_BYTES)) {
    this.#bytes = Uint8Array.from(image);
  }

  /** Writes that happened since it was made. */
  get writes(): number {
    return this.#writes;
  }

  /** Lets `count` more writes happen; the one after them finds no power, nor does any until {@link restorePower}. */
  powerCutAfterWrites(count: number): void {
    this.#writesLeft = count;
  }

  restorePower(): void {
    this.#writesLeft = Number.POSITIVE_INFINITY;
  }

  read(): Uint8Array {
    return this.#bytes.slice();
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length > PAGE_BYTES) throw new Error(`a write has at most ${PAGE_BYTES} bytes, not ${bytes.length}`);
    if (offset < 0 || offset + bytes.length > this.#bytes.length) throw new Error(`no memory at ${offset}`);
    if (this.#writesLeft === 0) throw new CardPowerLost();
    this.#writesLeft -= 1;
    this.#writes += 1;
    this.#bytes.set(bytes, offset);
  }
}
