/** How many records to seal into a batch, learnt from what gets through. */
import type { SealedBatch } from './loaded-batch.ts';

/** The first: what a link carries that carries anything at all. About 1.5 kB of records. */
const RECORDS_FIRST = 50;
const RECORDS_MIN = 10;
/** From here on envelope and answer weigh next to nothing. */
const RECORDS_MAX = 1000;

/**
 * Doubles with each batch of that size that got through at once, halves with each that was cut off. What is sealed goes again as it is,
 * whatever the link is like by then: so a batch is never more than twice what has got through before.
 */
export class BatchSize {
  #records = RECORDS_FIRST;
  /** First serial of the batch that was cut off last. */
  #cut = 0;

  /** Of the next batch. */
  get records(): number {
    return this.#records;
  }

  succeeded({ from, to }: Pick<SealedBatch, 'from' | 'to'>): void {
    // A smaller one says nothing of a larger one: at a quiet gate all are small. Nor does one that needed several attempts.
    if (from === this.#cut) return;
    if (to - from + 1 >= this.#records) this.#records = Math.min(RECORDS_MAX, 2 * this.#records);
  }

  /** It was cut off, or its answer was. A centre that asked to come later says nothing of the link. */
  failed({ from, to }: Pick<SealedBatch, 'from' | 'to'>): void {
    this.#cut = from;
    this.#records = Math.max(RECORDS_MIN, Math.min(this.#records, to - from + 1) >> 1);
  }
}
