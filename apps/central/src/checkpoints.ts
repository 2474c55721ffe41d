/** Signs the audit log as it grows, so that an outsider can hold a later one to it; puts on record what has expired. */
import type { Central } from '@retap/central';
import type { Sign } from '@retap/protocol';
import { errorFields, type Log } from './log.ts';

interface CheckpointsOptions {
  readonly central: Pick<Central, 'audit' | 'proposals'>;
  readonly sign: Sign;
  readonly log: Log;
  /** Longest that an entry stays unsigned, in milliseconds. */
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;

export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #timer: NodeJS.Timeout;
  #signing: Promise<void> = Promise.resolve();

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#next(), options.everyMs ?? EVERY_MS);
    this.#next();
  }

  /** Signs what has come until now; resolves when that is durable, or has failed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#next();
    await this.#signing;
  }

  /** One after the other: a slow database must not have several at once. */
  #next(): void {
    this.#signing = this.#signing.then(() => this.#sign());
  }

  async #sign(): Promise<void> {
    const { central, sign, log } = this.#options;
    try {
      await central.proposals.expire();
      await central.audit.checkpoint(sign);
    } catch (error) {
      // The log is a matter of its own: uploads go on. Somebody must look, so it is said each time.
      log('error', 'checkpoint-failed', errorFields(error));
    }
  }
}
