/** The batches of a journal that are on their way, as the bytes that they go as; and what the centre once had, to go again. */
import type { JournalEntry } from './journal-entry.ts';
import type { JournalSegments } from './journal-segments.ts';
import type { JournalReading, SegmentState } from './journal-state.ts';
import { unsentCount } from './journal-state.ts';
import { type BatchSigner, LoadedBatch, type SealedBatch } from './loaded-batch.ts';

/** Serials `from` … `to`, both included. */
export interface KeptRange {
  readonly from: number;
  readonly to: number;
}

export class JournalBatches {
  readonly #reading: JournalReading;
  readonly #segments: JournalSegments;
  readonly #signer: BatchSigner | undefined;
  /** By their first serial. */
  readonly #onTheirWay = new Map<number, LoadedBatch>();

  constructor(reading: JournalReading, segments: JournalSegments, signer: BatchSigner | undefined) {
    this.#reading = reading;
    this.#segments = segments;
    this.#signer = signer;
  }

  /** The entry that seals the batch beginning with `from`; null where there is nothing to be in it, or it is sealed. */
  sealing(from: number, recordsMax: number, state: SegmentState): JournalEntry | null {
    const settledTo = state.acknowledgedTo + unsentCount(state);
    if (from > settledTo || endOf(from, state) !== null) return null;
    return { kind: 'sealed', to: Math.min(from + recordsMax - 1, settledTo) };
  }

  /** The sealed batch that begins with `from`; null where none does. @throws JournalError */
  async load(from: number, state: SegmentState): Promise<LoadedBatch | null> {
    const to = endOf(from, state);
    if (to === null) return null;
    const known = this.#onTheirWay.get(from);
    if (known) return known;
    const batch = await this.#batchOf(from, to, state);
    this.#onTheirWay.set(from, batch);
    return batch;
  }

  /** What is written when the centre has the first batch. @throws JournalError */
  async acknowledgement({ from, to }: SealedBatch, state: SegmentState): Promise<JournalEntry> {
    const batch = await this.load(from, state);
    if (batch?.to !== to) throw new Error(`batch of serials ${from} to ${to} was never sealed`);
    const isLast = to === state.acknowledgedTo + unsentCount(state);
    const [oldest] = isLast ? [] : await this.#segments.records(to + 1, to + 1, state);
    const unsentAmount = state.unsentAmount - batch.amount;
    return { kind: 'acknowledged', to, unsentAmount, oldestTime: oldest?.time ?? null };
  }

  forget({ from }: SealedBatch): void {
    this.#onTheirWay.delete(from);
  }

  /** Records that the centre had and that are kept; null where none are. @throws JournalError */
  async kept(state: SegmentState): Promise<KeptRange | null> {
    const from = await this.#segments.oldest(state);
    return from <= state.acknowledgedTo ? { from, to: state.acknowledgedTo } : null;
  }

  /** The newest of the records asked for, as far as they are kept, as a batch; null where none are. @throws JournalError */
  async again(asked: KeptRange, recordsMax: number, state: SegmentState): Promise<LoadedBatch | null> {
    const kept = await this.kept(state);
    if (kept === null) return null;
    const to = Math.min(asked.to, kept.to);
    const from = Math.max(asked.from, kept.from, to - recordsMax + 1);
    return from <= to ? this.#batchOf(from, to, state) : null;
  }

  async #batchOf(from: number, to: number, state: SegmentState): Promise<LoadedBatch> {
    const signer = this.#signer;
    // Before the records: the segment that it reads is where they begin.
    const signing = signer ? { signer, before: await this.#segments.linkBefore(from, state) } : null;
    const records = await this.#segments.records(from, to, state);
    return new LoadedBatch({ terminal: this.#reading.terminal, from, to, records }, signing);
  }
}

/** Last serial of the batch on its way that begins with `from`; null where none does. */
function endOf(from: number, { acknowledgedTo, sealed }: SegmentState): number | null {
  const isBegin = from === acknowledgedTo + 1 || sealed.includes(from - 1);
  return isBegin ? (sealed.find((to) => to >= from) ?? null) : null;
}
