/** Work that is done over and over, with a pause between, and longer ones while it fails. */
import { errorFields, type Log } from './log.ts';

export interface BeatOptions {
  /** For the log. */
  readonly name: string;
  /** Does some of the work. True: there is more to do, so go on without a pause. */
  readonly work: () => Promise<boolean>;
  readonly log: Log;
  readonly pauseMs: number;
  /** Longest pause after faults, which doubles from `pauseMs` on. */
  readonly pauseMsMax?: number;
}

export class Beat {
  readonly #options: Required<BeatOptions>;
  readonly #ended: Promise<void>;
  #wake: (() => void) | null = null;
  #stopping = false;
  /** Counts calls of {@link wake}, so that one during the work is not missed. */
  #woken = 0;

  constructor(options: BeatOptions) {
    this.#options = { pauseMsMax: 30_000, ...options };
    this.#ended = this.#go();
  }

  /** There may be something to do. */
  wake(): void {
    this.#woken += 1;
    this.#wake?.();
  }

  /** Lets the work under way finish. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#ended;
  }

  async #go(): Promise<void> {
    const { name, work, log, pauseMs, pauseMsMax } = this.#options;
    let failures = 0;
    while (!this.#stopping) {
      const woken = this.#woken;
      try {
        const isMore = await work();
        if (failures > 0) log('info', `${name}-resumed`, { failures });
        failures = 0;
        if (!isMore && woken === this.#woken) await this.#pause(pauseMs);
      } catch (error) {
        const retryInMs = Math.min(pauseMs * 2 ** failures, pauseMsMax);
        failures += 1;
        log('error', `${name}-failed`, { failures, retryInMs, ...errorFields(error) });
        await this.#pause(retryInMs);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = end;
    });
  }
}
