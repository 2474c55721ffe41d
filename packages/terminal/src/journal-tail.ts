/** The segment that is written: what it says so far, and how long it is. */
import { type Checkpoint, formatCheckpoint } from './journal-checkpoint.ts';
import type { JournalEntry } from './journal-entry.ts';
import { ENTRY_BYTES_MAX, framed, framedEntry } from './journal-frame.ts';
import type { JournalStore } from './journal-port.ts';
import { apply, type JournalReading, type SegmentState, stateOf } from './journal-state.ts';

export interface TailOptions extends JournalReading {
  readonly store: JournalStore;
  readonly segmentBytes?: number;
}

/** What must fit after a record whatever its segment is, so that its outcome cannot fail for want of it. */
const RESERVE_BYTES = 4096;
const SEGMENT_BYTES = 2 ** 20;

export class JournalTail {
  readonly #options: TailOptions;
  readonly #segmentBytes: number;
  #state: SegmentState;
  #lengthBytes: number;
  #checkpointBytes: number;
  /** Of one append, which is on the store before the next: to ask for room anew each time costs more than to write in it. */
  readonly #room = new Uint8Array(ENTRY_BYTES_MAX);

  /** @param lengthBytes of what is on the store; 0 where it is not begun */
  constructor(options: TailOptions, state: SegmentState, lengthBytes: number) {
    this.#options = options;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#state = state;
    this.#lengthBytes = lengthBytes;
    this.#checkpointBytes = this.#framed(state.checkpoint).length;
  }

  get state(): SegmentState {
    return this.#state;
  }
  get lengthBytes(): number {
    return this.#lengthBytes;
  }
  /** Whether the next record is to begin another segment. A long checkpoint alone is no reason. */
  get isLong(): boolean {
    return this.#lengthBytes - this.#checkpointBytes >= this.#segmentBytes;
  }
  /**
   * What must still fit on the store after a record's first frame. Twice what a segment takes: the uploads that make room
   * again note what they did, and then a segment is begun.
   */
  get reserveBytes(): number {
    return RESERVE_BYTES + 2 * Math.max(this.#segmentBytes, this.#lengthBytes);
  }

  /** @throws JournalError */
  async append(entry: JournalEntry, reserveBytes: number): Promise<void> {
    const { segment } = this.#state.checkpoint;
    const bytes = framedEntry(entry, this.#room, segment, this.#lengthBytes, this.#options.sealer);
    await this.#options.store.append(segment, bytes, reserveBytes);
    this.#lengthBytes += bytes.length;
    apply(this.#state, entry);
  }

  /** Another segment. @throws JournalError */
  async begin(checkpoint: Checkpoint): Promise<void> {
    const bytes = this.#framed(checkpoint);
    await this.#options.store.create(checkpoint.segment, bytes);
    this.#state = stateOf(checkpoint);
    this.#lengthBytes = bytes.length;
    this.#checkpointBytes = bytes.length;
  }

  #framed(checkpoint: Checkpoint): Uint8Array {
    return framed(formatCheckpoint(checkpoint), checkpoint.segment, 0, this.#options.sealer);
  }
}
