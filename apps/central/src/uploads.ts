/** Uploads that arrive while others are being made durable wait, and are then made durable together. */
import { type Acknowledgement, AdmissionError, type Central, type ReceivedBatch } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import { UploadsFull } from './body.ts';

/** Bytes that may wait; beyond, a sender is told to come back rather than let memory grow with a slow disk. */
const WAITING_BYTES_MAX = 64 * 2 ** 20;
/** Bytes received in one call: larger groups would only make the first of them wait for the last. */
const GROUP_BYTES_MAX = 16 * 2 ** 20;

interface Waiting {
  readonly batch: ReceivedBatch;
  readonly resolve: (acknowledgement: Acknowledgement) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit: one sync to disk serves all that arrived during the one before. A commit takes milliseconds on a disk
 * that syncs, so one upload a commit would bound the centre at some hundred uploads a second.
 */
export class Uploads {
  readonly #receive: Central['receive'];
  readonly #onReceived: () => void;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #underWay: Promise<void> | null = null;

  constructor(receive: Central['receive'], onReceived: () => void) {
    this.#receive = receive;
    this.#onReceived = onReceived;
  }

  /** Resolves when the batch is durable. @throws UploadsFull; whatever `receive` throws */
  offer(batch: ReceivedBatch): Promise<Acknowledgement> {
    if (this.#waitingBytes + batch.body.length > WAITING_BYTES_MAX && this.#waiting.length > 0) {
      return Promise.reject(new UploadsFull());
    }
    const acknowledged = new Promise<Acknowledgement>((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
    });
    this.#waitingBytes += batch.body.length;
    this.#underWay ??= this.#run();
    return acknowledged;
  }

  /** Resolves when nothing waits. */
  async settled(): Promise<void> {
    while (this.#underWay !== null) await this.#underWay;
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop goes into the first group already.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      await this.#receiveGroup(group);
    }
    this.#underWay = null;
  }

  #nextGroup(): Waiting[] {
    let bytes = 0;
    const beyond = this.#waiting.findIndex(({ batch }, index) => {
      bytes += batch.body.length;
      return index > 0 && bytes > GROUP_BYTES_MAX;
    });
    const group = this.#waiting.splice(0, beyond === -1 ? this.#waiting.length : beyond);
    for (const { batch } of group) this.#waitingBytes -= batch.body.length;
    return group;
  }

  async #receiveGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const acknowledgements = await this.#receive(group.map(({ batch }) => batch));
      group.forEach(({ resolve, reject }, index) => {
        const acknowledgement = acknowledgements[index];
        if (acknowledgement) resolve(acknowledgement);
        else reject(new Error(`${acknowledgements.length} acknowledgements for ${group.length} batches`));
      });
      this.#onReceived();
    } catch (error) {
      // Nothing of the group was kept. If one body is the reason, the others must not suffer for it.
      if ((error instanceof ProtocolError || error instanceof AdmissionError) && group.length > 1) {
        for (const waiting of group) await this.#receiveGroup([waiting]);
      } else for (const { reject } of group) reject(error);
    }
  }
}
