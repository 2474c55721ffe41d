/** Keeps the second stage going: reconciles whenever something was received, and what waited at the start. */
import type { Central } from '@retap/central';
import { errorFields, type Log } from './log.ts';

export interface ReconciliationOptions {
  readonly reconcile: Central['reconcile'];
  readonly log: Log;
  /** Loops side by side; each claims its own partitions. */
  readonly processors: number;
  /** Longest pause without being woken: batches may also come in by another process on the same database. */
  readonly idleMs?: number;
  /** First pause after a fault; doubles up to `retryMsMax`. */
  readonly retryMs?: number;
  readonly retryMsMax?: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed?: () => number;
  /** A call reconciled something, in so many milliseconds. */
  readonly onReconciled?: (ms: number) => void;
  readonly onFault?: () => void;
}

const DEFAULTS = {
  ...{ idleMs: 5_000, retryMs: 250, retryMsMax: 15_000, elapsed: () => performance.now() },
  ...{ onReconciled: () => {}, onFault: () => {} },
};

export class Reconciliation {
  readonly #options: Required<ReconciliationOptions>;
  readonly #wakes = new Set<() => void>();
  readonly #loops: Promise<void>[];
  #stopping = false;
  /** Counts calls of {@link wake}, so that one during a run is not missed. */
  #woken = 0;

  constructor(options: ReconciliationOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#loops = Array.from({ length: options.processors }, (_, index) => this.#loop(index + 1));
  }

  /** Something was received. */
  wake(): void {
    this.#woken += 1;
    for (const wake of this.#wakes) wake();
  }

  /** Lets the runs under way finish. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await Promise.all(this.#loops);
  }

  async #loop(processor: number): Promise<void> {
    const { reconcile, log, idleMs, retryMs, retryMsMax, elapsed, onReconciled, onFault } = this.#options;
    let failures = 0;
    while (!this.#stopping) {
      const woken = this.#woken;
      try {
        const start = elapsed();
        const records = await reconcile();
        if (records > 0) onReconciled(elapsed() - start);
        if (failures > 0) log('info', 'reconcile-resumed', { processor, failures });
        failures = 0;
        if (records === 0 && woken === this.#woken) await this.#pause(idleMs, true);
      } catch (error) {
        const pauseMs = Math.min(retryMs * 2 ** failures, retryMsMax);
        failures += 1;
        onFault();
        log('error', 'reconcile-failed', { processor, failures, retryInMs: pauseMs, ...errorFields(error) });
        await this.#pause(pauseMs, false);
      }
    }
  }

  /** @param wakeable whether something received ends it; after a fault only stopping does, or each upload would retry */
  #pause(ms: number, wakeable: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        if (!wakeable && !this.#stopping) return;
        clearTimeout(timer);
        this.#wakes.delete(end);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#wakes.delete(end);
        resolve();
      }, ms);
      this.#wakes.add(end);
      if (this.#stopping) end();
    });
  }
}
