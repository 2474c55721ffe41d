/** The segments before the one that is written: read when their records are asked for, one at a time in memory. */
import type { JournalRecord } from '@retap/model';
import { nextLink } from './journal-chain.ts';
import { type Checkpoint, takeCheckpoint } from './journal-checkpoint.ts';
import { framesOf } from './journal-frame.ts';
import { damaged, type JournalStore } from './journal-port.ts';
import { type JournalReading, readSegment, type SegmentState } from './journal-state.ts';

export class JournalSegments {
  readonly #store: Pick<JournalStore, 'read' | 'remove'>;
  readonly #reading: JournalReading;
  #first: number;
  #read: SegmentState | null = null;
  /** First serial of segments, as far as it was asked for. */
  readonly #firstSerials = new Map<number, number>();

  /** @param first number of the oldest segment */
  constructor(store: Pick<JournalStore, 'read' | 'remove'>, reading: JournalReading, first: number) {
    this.#store = store;
    this.#reading = reading;
    this.#first = first;
  }

  /**
   * Records `from` … `to`.
   * @param last the segment that is written
   * @throws JournalError `journal-damaged` where one of them is missing
   */
  async records(from: number, to: number, last: SegmentState): Promise<JournalRecord[]> {
    const records: JournalRecord[] = [];
    for await (const { records: each } of this.walk(last, this.#segmentOf(from, last))) {
      records.push(...each.filter(({ serial }) => from <= serial && serial <= to));
      if (records.length === to - from + 1) break;
    }
    const missing = records.findIndex(({ serial }, index) => serial !== from + index);
    if (missing !== -1 || records.length <= to - from) throw damaged(`records of ${from} to ${to} are missing`);
    return records;
  }

  /**
   * Hash of the record before one that the centre has not: what a batch that begins with it follows.
   * @throws JournalError `journal-damaged`
   */
  async linkBefore(serial: number, last: SegmentState): Promise<string> {
    for await (const { checkpoint, records, nextSerial } of this.walk(last, this.#segmentOf(serial, last))) {
      if (nextSerial <= serial) continue;
      const before = records.filter((record) => record.serial < serial);
      return before.reduce((link, record) => nextLink(link, record, this.#reading.sha256), checkpoint.chain);
    }
    throw damaged(`record ${serial} is missing`);
  }

  /** All segments, oldest first, each held to the one before. @throws JournalError `journal-damaged` */
  async *walk(last: SegmentState, first = this.#first): AsyncGenerator<SegmentState, undefined> {
    let before: SegmentState | null = null;
    for (let segment = first; segment <= last.checkpoint.segment; segment += 1) {
      const state: SegmentState = segment === last.checkpoint.segment ? last : await this.#stateOf(segment);
      if (before) assertFollows(state.checkpoint, before);
      yield state;
      before = state;
    }
  }

  /** Whether the oldest record that the centre has not is still there. @throws JournalError `journal-damaged` */
  async assertWhole(last: SegmentState): Promise<void> {
    const oldest = await this.#firstSerial(this.#first, last);
    if (oldest > last.acknowledgedTo + 1) {
      throw damaged(`records ${last.acknowledgedTo + 1} to ${oldest - 1} are missing`);
    }
  }

  /** A segment was begun: where it begins need not be read again. */
  begun({ segment, nextSerial }: Checkpoint): void {
    this.#firstSerials.set(segment, nextSerial);
  }

  /** Gives back the room of what the centre has. The oldest goes first, so that a power cut leaves no gap. */
  async removeAcknowledged(last: SegmentState): Promise<void> {
    while (this.#first < last.checkpoint.segment) {
      if ((await this.#firstSerial(this.#first + 1, last)) > last.acknowledgedTo + 1) return;
      await this.#store.remove(this.#first);
      this.#firstSerials.delete(this.#first);
      this.#first += 1;
    }
  }

  /** The next reading is from the store. */
  forget(): void {
    this.#read = null;
  }

  /** The segment that holds a record, or one before it. */
  #segmentOf(serial: number, last: SegmentState): number {
    let segment = this.#first;
    while (segment < last.checkpoint.segment) {
      const next = this.#firstSerials.get(segment + 1);
      if (next === undefined || next > serial) break;
      segment += 1;
    }
    return segment;
  }

  async #stateOf(segment: number): Promise<SegmentState> {
    if (this.#read?.checkpoint.segment === segment) return this.#read;
    const { state, torn } = readSegment(await this.#store.read(segment), segment, this.#reading);
    // It was whole when the segment after it was begun.
    if (torn || state.intent) throw damaged(`segment ${segment} is cut off`);
    this.#read = state;
    this.#firstSerials.set(segment + 1, state.nextSerial);
    return state;
  }

  async #firstSerial(segment: number, last: SegmentState): Promise<number> {
    if (segment === last.checkpoint.segment) return last.checkpoint.nextSerial;
    const known = this.#firstSerials.get(segment);
    if (known !== undefined) return known;
    const { nextSerial } = await this.#checkpoint(segment);
    this.#firstSerials.set(segment, nextSerial);
    return nextSerial;
  }

  async #checkpoint(segment: number): Promise<Checkpoint> {
    if (this.#read?.checkpoint.segment === segment) return this.#read.checkpoint;
    const { texts } = framesOf(await this.#store.read(segment), segment, this.#reading.sealer);
    return takeCheckpoint(texts, segment, this.#reading.terminal);
  }
}

function assertFollows(checkpoint: Checkpoint, before: SegmentState): void {
  const { nextSerial, time, chain, acknowledgedTo, sealedTo, unsentAmount, oldestTime } = before;
  const follows =
    checkpoint.nextSerial === nextSerial &&
    checkpoint.time === time &&
    checkpoint.chain === chain &&
    checkpoint.acknowledgedTo === acknowledgedTo &&
    checkpoint.sealedTo === sealedTo &&
    checkpoint.unsentAmount === unsentAmount &&
    checkpoint.oldestTime === oldestTime;
  if (!follows) throw damaged(`segment ${checkpoint.segment} does not follow segment ${checkpoint.segment - 1}`);
}
