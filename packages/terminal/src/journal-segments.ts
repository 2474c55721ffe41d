/** The segments before the one that is written: read when their records are asked for, one at a time in memory. */
import type { JournalRecord } from '@retap/model';
import { nextLink } from './journal-chain.ts';
import { type Checkpoint, takeCheckpoint } from './journal-checkpoint.ts';
import { framesOf } from './journal-frame.ts';
import { damaged, JournalError, type JournalStore } from './journal-port.ts';
import { type JournalReading, readSegment, type SegmentState } from './journal-state.ts';

/** How long what the centre has is kept all the same: a centre that lost it asks for it again. */
export interface JournalKeep {
  /** As long as a segment's last record is no older than this before the journal's newest, in milliseconds. */
  readonly ageMax: number;
  /** Segments of a journal beyond which the oldest that the centre has goes, whatever its age. */
  readonly segmentsMax: number;
}

/** Where a segment begins: the serial of its first record, and the time of the last one before. */
type Begin = Pick<Checkpoint, 'nextSerial' | 'time'>;

export class JournalSegments {
  readonly #store: Pick<JournalStore, 'read' | 'remove'>;
  readonly #reading: JournalReading;
  readonly #keep: JournalKeep | null;
  #first: number;
  #read: SegmentState | null = null;
  /** Of segments, as far as it was asked for. */
  readonly #begins = new Map<number, Begin>();

  /**
   * @param first number of the oldest segment
   * @param keep null: nothing that the centre has
   */
  constructor(
    store: Pick<JournalStore, 'read' | 'remove'>,
    reading: JournalReading,
    first: number,
    keep: JournalKeep | null = null,
  ) {
    this.#store = store;
    this.#reading = reading;
    this.#first = first;
    this.#keep = keep;
  }

  /**
   * Records `from` … `to`.
   * @param last the segment that is written
   * @throws JournalError `journal-damaged` where one of them is missing
   */
  async records(from: number, to: number, last: SegmentState): Promise<JournalRecord[]> {
    const records = from >= last.checkpoint.nextSerial ? recordsIn(last, from, to) : await this.#before(from, to, last);
    const missing = records.findIndex(({ serial }, index) => serial !== from + index);
    if (missing !== -1 || records.length <= to - from) throw damaged(`records of ${from} to ${to} are missing`);
    return records;
  }

  /** Records of which the first is not in the last segment. */
  async #before(from: number, to: number, last: SegmentState): Promise<JournalRecord[]> {
    const records: JournalRecord[] = [];
    for await (const each of this.walk(last, await this.#segmentOf(from, last))) {
      records.push(...recordsIn(each, from, to));
      if (records.length === to - from + 1) break;
    }
    return records;
  }

  /** Hash of the record before one that is kept: what a batch that begins with it follows. @throws JournalError `journal-damaged` */
  async linkBefore(serial: number, last: SegmentState): Promise<string> {
    for await (const { checkpoint, records, nextSerial } of this.walk(last, await this.#segmentOf(serial, last))) {
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

  /** Serial of the oldest record that is kept, whether the centre has it or not. @throws JournalError `journal-damaged` */
  async oldest(last: SegmentState): Promise<number> {
    return (await this.#begin(this.#first, last)).nextSerial;
  }

  /** Whether the oldest record that the centre has not is still there. @throws JournalError `journal-damaged` */
  async assertWhole(last: SegmentState): Promise<void> {
    const wanted = last.acknowledgedTo + 1;
    const { nextSerial } = await this.#begin(await this.#segmentOf(wanted, last), last);
    if (nextSerial > wanted) throw damaged(`records ${wanted} to ${nextSerial - 1} are missing`);
  }

  /** A segment was begun: where it begins need not be read again, nor what most of the next batch is in. @param before null: none */
  begun({ segment, nextSerial, time }: Checkpoint, before: SegmentState | null): void {
    this.#begins.set(segment, { nextSerial, time });
    if (before) this.#read = before;
  }

  /** Gives back the room of what the centre has and is not kept. The oldest goes first, so that a power cut leaves no gap. */
  async removeAcknowledged(last: SegmentState): Promise<void> {
    const unsent = await this.#segmentOf(last.acknowledgedTo + 1, last);
    while (this.#first < unsent && !(await this.#isKept(last))) await this.#removeFirst();
  }

  /** Gives back the room of the oldest segment that the centre has, though it was kept. @returns false where there is none */
  async removeOldest(last: SegmentState): Promise<boolean> {
    if (this.#first >= (await this.#segmentOf(last.acknowledgedTo + 1, last))) return false;
    await this.#removeFirst();
    return true;
  }

  /** The next reading is from the store. */
  forget(): void {
    this.#read = null;
  }

  /** Whether the oldest segment, all of which the centre has, is kept. */
  async #isKept(last: SegmentState): Promise<boolean> {
    const keep = this.#keep;
    if (keep === null || last.checkpoint.segment - this.#first >= keep.segmentsMax) return false;
    try {
      await this.#begin(this.#first, last);
      return last.time - (await this.#begin(this.#first + 1, last)).time <= keep.ageMax;
    } catch (cause) {
      // Nobody waits for it: a terminal must not be out of service for what the centre has.
      if (cause instanceof JournalError && cause.code === 'journal-damaged') return false;
      throw cause;
    }
  }

  async #removeFirst(): Promise<void> {
    await this.#store.remove(this.#first);
    this.#begins.delete(this.#first);
    if (this.#read?.checkpoint.segment === this.#first) this.#read = null;
    this.#first += 1;
  }

  /** The segment that holds a record, or the oldest where that begins later. Looked for from the newest on, in ever longer steps. */
  async #segmentOf(serial: number, last: SegmentState): Promise<number> {
    const beginsAfter = async (segment: number): Promise<boolean> =>
      (await this.#begin(segment, last)).nextSerial > serial;
    let after = last.checkpoint.segment + 1; // begins after the serial, or is none
    let low = last.checkpoint.segment;
    for (let step = 1; low > this.#first && (await beginsAfter(low)); step *= 2) {
      after = low;
      low = Math.max(this.#first, low - step);
    }
    // The last segment from `low` on that begins at or before the serial, by bisection.
    while (after - low > 1) {
      const middle = (low + after) >>> 1;
      if (await beginsAfter(middle)) after = middle;
      else low = middle;
    }
    return low;
  }

  async #stateOf(segment: number): Promise<SegmentState> {
    if (this.#read?.checkpoint.segment === segment) return this.#read;
    const { state, torn } = readSegment(await this.#store.read(segment), segment, this.#reading);
    // It was whole when the segment after it was begun.
    if (torn || state.intent) throw damaged(`segment ${segment} is cut off`);
    this.#read = state;
    this.#begins.set(segment + 1, { nextSerial: state.nextSerial, time: state.time });
    return state;
  }

  async #begin(segment: number, last: SegmentState): Promise<Begin> {
    if (segment === last.checkpoint.segment) return last.checkpoint;
    const known = this.#begins.get(segment);
    if (known !== undefined) return known;
    const { nextSerial, time } = await this.#checkpoint(segment);
    this.#begins.set(segment, { nextSerial, time });
    return { nextSerial, time };
  }

  async #checkpoint(segment: number): Promise<Checkpoint> {
    if (this.#read?.checkpoint.segment === segment) return this.#read.checkpoint;
    const { texts } = framesOf(await this.#store.read(segment), segment, this.#reading.sealer);
    return takeCheckpoint(texts, segment, this.#reading.terminal);
  }
}

/** Those of the records `from` … `to` that a segment has: its serials have no holes. */
function recordsIn({ checkpoint, records }: SegmentState, from: number, to: number): JournalRecord[] {
  const { nextSerial: first } = checkpoint;
  return records.slice(Math.max(0, from - first), Math.max(0, to - first + 1));
}

/** Number of the oldest of the segments that follow each other up to the last. @param segments ascending, at least one */
export function oldestOf(segments: readonly number[]): number {
  const last = segments.at(-1) as number;
  const after = segments.findLastIndex((segment, index) => segment !== last - (segments.length - 1 - index));
  return segments[after + 1] as number;
}

function assertFollows(checkpoint: Checkpoint, before: SegmentState): void {
  const { nextSerial, time, chain, acknowledgedTo, sealed, unsentAmount, oldestTime } = before;
  const follows =
    checkpoint.nextSerial === nextSerial &&
    checkpoint.time === time &&
    checkpoint.chain === chain &&
    checkpoint.acknowledgedTo === acknowledgedTo &&
    checkpoint.sealed.join() === sealed.join() &&
    checkpoint.unsentAmount === unsentAmount &&
    checkpoint.oldestTime === oldestTime;
  if (!follows) throw damaged(`segment ${checkpoint.segment} does not follow segment ${checkpoint.segment - 1}`);
}
