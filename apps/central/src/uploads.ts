/**
 * Uploads that arrive while others are being made durable wait, and are then made durable together. How much may wait follows
 * how fast the database is: a sender that is told to come back later loses nothing, one that waits without an end does.
 */
import { type Acknowledgement, AdmissionError, type Central, type ReceivedBatch } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import { UploadsFull } from './body.ts';

/** Times in milliseconds. */
export interface UploadLimits {
  /** Bytes that may wait; beyond, a sender is told to come back rather than let memory grow with a slow disk. */
  readonly waitingBytesMax: number;
  /** So much may wait however slow the database is: by it the centre notices that it has become faster. */
  readonly waitingBytesMin: number;
  /** Bytes received in one call: larger groups would only make the first of them wait for the last. */
  readonly groupBytesMax: number;
  /** The same by number, for batches are small as a rule; by so many the cost of a commit is spread enough. */
  readonly groupBatchesMax: number;
  /** A group that took longer shows how much can be made durable in a time. */
  readonly groupMs: number;
  /** No more is let in than can be made durable in this time. */
  readonly waitMs: number;
  /** Who has waited so long is answered, that it is not known; terminals give up after 30 s. */
  readonly lateMs: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  waitingBytesMax: 64 * 2 ** 20,
  waitingBytesMin: 256 * 2 ** 10,
  groupBytesMax: 16 * 2 ** 20,
  groupBatchesMax: 400,
  groupMs: 1_000,
  waitMs: 5_000,
  lateMs: 15_000,
};

/** It took too long. Whether the batch becomes durable nobody knows yet; sent again it is answered alike. */
export class UploadLate extends Error {
  override readonly name = 'UploadLate';
  readonly code = 'upload-late';

  constructor() {
    super('the centre is slow just now; send the batch again later');
  }
}

/** What is seen of the way of uploads, for whoever counts. */
interface UploadWatch {
  acknowledged(batch: ReceivedBatch, acknowledgement: Acknowledgement, ms: number): void;
}

export interface UploadState {
  readonly waitingBytes: number;
  /** Those that are being made durable just now included. */
  readonly heldBytes: number;
  /** How much may wait, by how fast the database is. */
  readonly limitBytes: number;
}

interface Waiting {
  readonly batch: ReceivedBatch;
  readonly since: number;
  readonly resolve: (acknowledgement: Acknowledgement) => void;
  readonly reject: (reason: unknown) => void;
}

export interface UploadOptions {
  readonly receive: Central['receive'];
  /** Some batches are durable. */
  readonly onReceived: () => void;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed?: () => number;
  readonly limits?: UploadLimits;
  readonly watch?: UploadWatch;
}

/**
 * Group commit: one sync to disk serves all that arrived during the one before. A commit takes milliseconds on a disk
 * that syncs, so one upload a commit would bound the centre at some hundred uploads a second.
 */
export class Uploads {
  readonly #options: UploadOptions;
  readonly #limits: UploadLimits;
  readonly #elapsed: () => number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #limitBytes: number;
  /** What is being made durable, and since when. */
  #group: readonly Waiting[] = [];
  #groupBytes = 0;
  #groupSince = 0;
  #underWay: Promise<void> | null = null;
  #looking: NodeJS.Timeout | null = null;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#limits = options.limits ?? UPLOAD_LIMITS;
    this.#elapsed = options.elapsed ?? (() => performance.now());
    this.#limitBytes = this.#limits.waitingBytesMax;
  }

  get state(): UploadState {
    const [waitingBytes, limitBytes] = [this.#waitingBytes, this.#limitBytes];
    return { waitingBytes, heldBytes: waitingBytes + this.#groupBytes, limitBytes };
  }

  /** Before a body is read: while nothing becomes durable, nothing is let in. @throws UploadsFull */
  admit(): void {
    const { waitMs } = this.#limits;
    const stalledMs = this.#group.length > 0 ? this.#elapsed() - this.#groupSince : 0;
    // The longer it lasts, the later they are to come again.
    if (stalledMs > waitMs) throw new UploadsFull(stalledMs);
  }

  /** Resolves when the batch is durable. @throws UploadsFull, UploadLate; whatever `receive` throws */
  async offer(batch: ReceivedBatch): Promise<Acknowledgement> {
    this.admit();
    // One alone is taken whatever its size.
    if (this.#waiting.length > 0 && this.#waitingBytes + batch.body.length > this.#limitBytes) {
      throw new UploadsFull(this.#limits.waitMs);
    }
    const acknowledged = new Promise<Acknowledgement>((resolve, reject) => {
      this.#waiting.push({ batch, since: this.#elapsed(), resolve, reject });
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
    this.#looking = setInterval(() => this.#answerLate(), this.#limits.lateMs / 30);
    // What arrives in the same turn of the event loop goes into the first group already.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#receiveNext();
    clearInterval(this.#looking);
    this.#underWay = null;
  }

  async #receiveNext(): Promise<void> {
    const group = this.#nextGroup();
    this.#group = group;
    this.#groupBytes = bytesOf(group);
    this.#groupSince = this.#elapsed();
    const isDone = await this.#receiveGroup(group);
    this.#adapt(isDone, this.#elapsed() - this.#groupSince);
    this.#group = [];
    this.#groupBytes = 0;
  }

  #nextGroup(): Waiting[] {
    const bytesMax = Math.min(this.#limits.groupBytesMax, this.#limitBytes);
    let bytes = 0;
    const beyond = this.#waiting.findIndex(({ batch }, index) => {
      bytes += batch.body.length;
      return index >= this.#limits.groupBatchesMax || (index > 0 && bytes > bytesMax);
    });
    const group = this.#waiting.splice(0, beyond === -1 ? this.#waiting.length : beyond);
    this.#waitingBytes -= bytesOf(group);
    return group;
  }

  /**
   * limit = waitMs · bytes / ms of a group that took long; twice as much after each that did not, half after a fault. Where a
   * commit is slow whatever is in it, larger groups show a higher rate, and the limit grows with them.
   */
  #adapt(isDone: boolean, ms: number): void {
    const { waitMs, groupMs, waitingBytesMin, waitingBytesMax } = this.#limits;
    let limit = this.#limitBytes / 2;
    if (isDone) limit = ms > groupMs ? (waitMs * this.#groupBytes) / ms : this.#limitBytes * 2;
    this.#limitBytes = Math.min(waitingBytesMax, Math.max(waitingBytesMin, Math.floor(limit)));
  }

  /** Who still waits is not worked for in vain; of whom it is under way it is not known how it ends. */
  #answerLate(): void {
    const lateSince = this.#elapsed() - this.#limits.lateMs;
    const inTime = this.#waiting.findIndex(({ since }) => since > lateSince);
    const late = this.#waiting.splice(0, inTime === -1 ? this.#waiting.length : inTime);
    this.#waitingBytes -= bytesOf(late);
    const underWay = this.#group.filter(({ since }) => since <= lateSince);
    for (const { reject } of [...late, ...underWay]) reject(new UploadLate());
  }

  /** @returns false where the database did not take it */
  async #receiveGroup(group: readonly Waiting[]): Promise<boolean> {
    try {
      const acknowledgements = await this.#options.receive(group.map(({ batch }) => batch));
      const now = this.#elapsed();
      group.forEach(({ batch, since, resolve, reject }, index) => {
        const acknowledgement = acknowledgements[index];
        if (acknowledgement) {
          this.#options.watch?.acknowledged(batch, acknowledgement, now - since);
          resolve(acknowledgement);
        } else reject(new Error(`${acknowledgements.length} acknowledgements for ${group.length} batches`));
      });
      this.#options.onReceived();
      return true;
    } catch (error) {
      const isOfBatch = error instanceof ProtocolError || error instanceof AdmissionError;
      // Nothing of the group was kept. If one body is the reason, the others must not suffer for it: halves of halves find it.
      if (isOfBatch && group.length > 1) {
        const half = Math.ceil(group.length / 2);
        await this.#receiveGroup(group.slice(0, half));
        await this.#receiveGroup(group.slice(half));
      } else for (const { reject } of group) reject(error);
      return isOfBatch;
    }
  }
}

function bytesOf(waiting: readonly Waiting[]): number {
  return waiting.reduce((bytes, { batch }) => bytes + batch.body.length, 0);
}
