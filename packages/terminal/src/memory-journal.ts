/** A journal's bytes in memory: for tests and the simulator. What a power cut leaves is what each write returned for. */
import { JournalError, type JournalStore } from './journal-port.ts';

interface Segment {
  bytes: Uint8Array;
  length: number;
}

export class MemoryJournal implements JournalStore {
  readonly #segments = new Map<number, Segment>();
  /** Room for this many bytes. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** While true, nothing more reaches the disk: the power is cut. */
  isCut = false;
  /** So many more writes reach the disk, of whatever kind; the one after them is cut, and sets `isCut`. */
  cutAfterWrites: number | null = null;
  /** How much of the append that is cut reaches the disk. A new segment is there as a whole or not at all. */
  tornBytes = 0;
  /** Writes that reached the disk. */
  writes = 0;

  constructor(segments: ReadonlyMap<number, Uint8Array> = new Map()) {
    this.replaceSegments(segments);
  }

  /** What is on the disk, a copy. */
  get segments(): Map<number, Uint8Array> {
    return new Map([...this.#segments].map(([segment, { bytes, length }]) => [segment, bytes.slice(0, length)]));
  }

  /** The disk has other bytes than were written to it. */
  replaceSegments(segments: ReadonlyMap<number, Uint8Array>): void {
    this.#segments.clear();
    for (const [segment, bytes] of segments)
      this.#segments.set(segment, { bytes: bytes.slice(), length: bytes.length });
  }

  /** Of all segments. */
  get lengthBytes(): number {
    return [...this.#segments.values()].reduce((sum, { length }) => sum + length, 0);
  }

  async list(): Promise<number[]> {
    return [...this.#segments.keys()].sort((a, b) => a - b);
  }

  async read(segment: number): Promise<Uint8Array> {
    const { bytes, length } = this.#at(segment);
    return bytes.slice(0, length);
  }

  async create(segment: number, bytes: Uint8Array): Promise<void> {
    this.#write();
    if (this.lengthBytes + bytes.length > this.capacityBytes) throw full();
    this.#segments.set(segment, { bytes: bytes.slice(), length: bytes.length });
  }

  async append(segment: number, bytes: Uint8Array, reserveBytes: number): Promise<void> {
    const at = this.#at(segment);
    this.#write(() => add(at, bytes.subarray(0, this.tornBytes)));
    // Summed up only where there is a limit: the simulator has thousands of journals.
    const isLimited = this.capacityBytes < Number.POSITIVE_INFINITY;
    if (isLimited && this.lengthBytes + bytes.length + reserveBytes > this.capacityBytes) throw full();
    add(at, bytes);
  }

  async truncate(segment: number, lengthBytes: number): Promise<void> {
    const at = this.#at(segment);
    this.#write();
    at.length = lengthBytes;
  }

  async remove(segment: number): Promise<void> {
    this.#write();
    this.#segments.delete(segment);
  }

  #at(segment: number): Segment {
    const found = this.#segments.get(segment);
    if (!found) throw new JournalError('journal-failed', `there is no segment ${segment}`);
    return found;
  }

  #write(tear: () => void = () => undefined): void {
    if (!this.isCut && this.cutAfterWrites !== null) {
      this.isCut = this.cutAfterWrites === 0;
      this.cutAfterWrites = this.isCut ? null : this.cutAfterWrites - 1;
      if (this.isCut) tear();
    }
    if (this.isCut) throw new JournalError('journal-failed', 'the power is cut');
    this.writes += 1;
  }
}

function add(segment: Segment, bytes: Uint8Array): void {
  const length = segment.length + bytes.length;
  if (length > segment.bytes.length) {
    const grown = new Uint8Array(2 * length);
    grown.set(segment.bytes.subarray(0, segment.length));
    segment.bytes = grown;
  }
  segment.bytes.set(bytes, segment.length);
  segment.length = length;
}

function full(): JournalError {
  return new JournalError('journal-full', 'no room in memory');
}
