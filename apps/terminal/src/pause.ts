/** A pause between two attempts, which the end of the process ends, or a reason to try at once. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Pause {
  readonly #signal: AbortSignal;
  #ending = new AbortController();

  /** @param signal ends it for ever */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async for(milliseconds: number): Promise<void> {
    const signal = AbortSignal.any([this.#signal, this.#ending.signal]);
    await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {});
    this.#ending = new AbortController();
  }

  /** Ends the one that is under way. */
  end(): void {
    this.#ending.abort();
  }
}
