/** How often the same refusal is noted: a flood of them must not fill the audit log, nor go by unseen. */

const PERIOD_MS = 60_000;
/** Of all together in a period. */
const NOTED_MAX = 60;

export class Sparing {
  readonly #now: () => number;
  #since = Number.NEGATIVE_INFINITY;
  #noted = new Set<string>();
  #left = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null where it is not to be noted; else how many before were left out. */
  note(what: string): { readonly leftOut: number } | null {
    const now = this.#now();
    if (now - this.#since >= PERIOD_MS || now < this.#since) {
      this.#since = now;
      this.#noted.clear();
    }
    if (this.#noted.has(what) || this.#noted.size >= NOTED_MAX) {
      this.#left += 1;
      return null;
    }
    this.#noted.add(what);
    const leftOut = this.#left;
    this.#left = 0;
    return { leftOut };
  }
}
