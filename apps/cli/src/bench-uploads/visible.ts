/** How long it takes until an account shows what a terminal has sent: some of the batches are followed, one after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Central } from '@retap/central';
import type { LoadedBatch } from './fleet.ts';

const LOOK_MS = 10;

export class Visibility {
  /** From the request that brought a batch to the account that shows its last record, in milliseconds. */
  readonly ms: number[] = [];
  readonly #central: Pick<Central, 'account'>;
  readonly #elapsed: () => number;
  #following: Promise<void> | null = null;

  /** @param central on the same database @param elapsed a clock that only goes forward, in milliseconds */
  constructor(central: Pick<Central, 'account'>, elapsed: () => number) {
    this.#central = central;
    this.#elapsed = elapsed;
  }

  /** Follows it, unless another one is being followed. */
  follow(batch: LoadedBatch, sentAt: number): void {
    this.#following ??= this.#until(batch, sentAt).finally(() => {
      this.#following = null;
    });
  }

  /** Resolves when nothing is followed. */
  async settled(): Promise<void> {
    await this.#following;
  }

  async #until({ medium, time }: LoadedBatch, sentAt: number): Promise<void> {
    for (;;) {
      const account = await this.#central.account(medium);
      if ((account?.lastTime ?? -1) >= time) break;
      await sleep(LOOK_MS);
    }
    this.ms.push(this.#elapsed() - sentAt);
  }
}
