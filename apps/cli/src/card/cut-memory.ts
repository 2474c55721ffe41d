/** A card's memory that loses its power after so many writes: a tear in the middle of the card's own commit. */
import { type CardMemory, CardPowerLost } from '@retap/card';

export class CutMemory implements CardMemory {
  readonly #memory: CardMemory;
  #writesLeft: number;
  #isCut = false;

  /** @param writes that still happen */
  constructor(memory: CardMemory, writes: number) {
    this.#memory = memory;
    this.#writesLeft = writes;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  read(): Uint8Array {
    return this.#memory.read();
  }

  write(offset: number, bytes: Uint8Array): void {
    if (this.#writesLeft === 0) {
      this.#isCut = true;
      throw new CardPowerLost();
    }
    this.#writesLeft -= 1;
    this.#memory.write(offset, bytes);
  }
}
