/** A journal's bytes in memory: for tests and the simulator. What a power cut leaves is what `append` returned for. */
import { JournalError, type JournalStore } from './port.ts';

export class MemoryJournal implements JournalStore {
  #bytes: Uint8Array;
  #length: number;
  /** Room for this many bytes. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** While true, nothing more reaches the disk: the power is cut. */
  isCut = false;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  async read(): Promise<Uint8Array> {
    return this.#bytes.slice(0, this.#length);
  }

  async truncate(lengthBytes: number): Promise<void> {
    this.#length = lengthBytes;
  }

  async append(bytes: Uint8Array, reserveBytes: number): Promise<void> {
    this.#assertPowered();
    const length = this.#length + bytes.length;
    if (length + reserveBytes > this.capacityBytes) throw new JournalError('journal-full', 'no room in memory');
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(1024, 2 * length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  async replace(bytes: Uint8Array): Promise<void> {
    this.#assertPowered();
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  #assertPowered(): void {
    if (this.isCut) throw new JournalError('journal-failed', 'the power is cut');
  }
}
