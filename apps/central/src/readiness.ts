/** Whether the centre can take uploads and answer questions just now, for who sends it requests: a balancer, an operator. */
import type { Central } from '@retap/central';
import { codeOf } from './log.ts';

/** Why it is not ready; in the order in which it is looked at. */
export type Unready =
  | 'stopping'
  | 'database-slow'
  | 'database-unreachable'
  | 'database-newer'
  | 'database-read-only'
  | 'behind';

export const UNREADY_WORDS: Readonly<Record<Unready, string>> = {
  stopping: 'the centre is stopping',
  'database-slow': 'the database does not answer in time',
  'database-unreachable': 'the centre cannot reach its database',
  'database-newer': 'a newer Retap has changed the database; upgrade this one',
  'database-read-only': 'the database takes nothing: it is a standby, or set to read only',
  behind: 'what was received long ago is not reconciled yet',
};

export interface ReadinessOptions {
  readonly operations: Pick<Central['operations'], 'probe' | 'backlog'>;
  readonly stopping: () => boolean;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed?: () => number;
  /** The database is to write something within this time, in milliseconds. Default 2 s: balancers wait about as long. */
  readonly answerMs?: number;
  /** An answer is given again for so long, in milliseconds: whoever asks often costs no more than who asks now and then. Default 1 s. */
  readonly keepMs?: number;
  /** Received longer ago than this and not reconciled: hopelessly behind, in milliseconds. Default an hour. */
  readonly behindMs?: number;
}

export class Readiness {
  readonly #options: Required<ReadinessOptions>;
  #asked: Promise<Unready | null> | null = null;
  #askedAt = 0;

  constructor(options: ReadinessOptions) {
    const defaults = { elapsed: () => performance.now(), answerMs: 2_000, keepMs: 1_000, behindMs: 3_600_000 };
    this.#options = { ...defaults, ...options };
  }

  /** Null where it is ready. */
  async check(): Promise<Unready | null> {
    const { stopping, elapsed, keepMs } = this.#options;
    if (stopping()) return 'stopping';
    const now = elapsed();
    if (this.#asked === null || now - this.#askedAt >= keepMs) {
      this.#asked = this.#ask();
      this.#askedAt = now;
    }
    return this.#asked;
  }

  async #ask(): Promise<Unready | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Unready>((resolve) => {
      timer = setTimeout(() => resolve('database-slow'), this.#options.answerMs);
    });
    try {
      return await Promise.race([this.#askDatabase(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #askDatabase(): Promise<Unready | null> {
    const { operations, behindMs } = this.#options;
    try {
      const unfit = await operations.probe();
      if (unfit !== null) return unfit;
      const { oldestMs } = await operations.backlog();
      return oldestMs !== null && oldestMs > behindMs ? 'behind' : null;
    } catch (error) {
      return codeOf(error) === 'database-slow' ? 'database-slow' : 'database-unreachable';
    }
  }
}
