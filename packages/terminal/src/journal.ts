/**
 * The journal of a terminal: which serials exist, what became of each, and what the centre has acknowledged. Every
 * method resolves when a power cut can no longer undo what it did.
 *
 * Its segments are begun, added to, and removed some time after the centre has all of them; only the last one is in memory.
 * A start reads that one, so it takes as long with a million records as with a thousand.
 */
import type { CommitProof, CommitStatus, JournalRecord, TerminalNumber, Time, TransactionRecord } from '@retap/model';
import { parseRecord } from '@retap/protocol';
import type { Unsent } from './in-service.ts';
import { JournalBatches, type KeptRange } from './journal-batches.ts';
import { nextLink } from './journal-chain.ts';
import { type Checkpoint, firstCheckpoint } from './journal-checkpoint.ts';
import type { JournalEntry } from './journal-entry.ts';
import { damaged, JournalError, type JournalStore, type Sealer, type Sha256 } from './journal-port.ts';
import { type JournalKeep, JournalSegments, oldestOf } from './journal-segments.ts';
import { checkpointAfter, readSegment, type SegmentState, stateOf, unsentCount } from './journal-state.ts';
import { JournalTail } from './journal-tail.ts';
import type { BatchSigner, SealedBatch } from './loaded-batch.ts';
import { settledOf } from './record-of.ts';

export interface JournalOptions {
  readonly store: JournalStore;
  readonly terminal: TerminalNumber;
  readonly sha256: Sha256;
  /** Encrypts what is on the store; without one it can be read by whoever has it. */
  readonly sealer?: Sealer;
  /** Signs batches; without one they go unsigned. */
  readonly signer?: BatchSigner;
  /** A segment with more than this since its checkpoint is followed by another. Default 1 MiB. */
  readonly segmentBytes?: number;
  /** What the centre has is kept so long, unless the disk is full; without it it goes at once. */
  readonly keep?: JournalKeep;
  /**
   * What the terminal must remember of its media, ASCII. Asked for when a segment is begun, which is only within `intend` and
   * `write`: every earlier record must be in it. It may grow by no more than the records it remembers take themselves.
   */
  readonly snapshot: () => string;
}

export class Journal {
  readonly terminal: TerminalNumber;
  readonly #options: JournalOptions;
  readonly #segments: JournalSegments;
  readonly #batches: JournalBatches;
  readonly #tail: JournalTail;
  #memory: string | null;
  #failure: JournalError | null = null;
  /** The last work in turn; null where there is none. */
  #last: Promise<unknown> | null = null;
  #turns = 0;

  private constructor(options: JournalOptions, first: number, state: SegmentState, lengthBytes: number) {
    this.terminal = options.terminal;
    this.#options = options;
    this.#segments = new JournalSegments(options.store, options, first, options.keep);
    this.#batches = new JournalBatches(options, this.#segments, options.signer);
    this.#tail = new JournalTail(options, state, lengthBytes);
    this.#memory = state.checkpoint.memory === '' ? null : state.checkpoint.memory;
  }

  /**
   * Opens what the store holds. An intent without outcome becomes `unverified`, under its serial.
   * @throws JournalError `journal-damaged`, `journal-foreign`, or a fault of the store
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const { store, terminal, sha256 } = options;
    const segments = await store.list();
    const last = segments.at(-1);
    if (last === undefined) {
      const journal = new Journal(options, 1, stateOf(firstCheckpoint(terminal, options.snapshot(), sha256)), 0);
      await journal.#inTurn(() => journal.#begin(journal.#state.checkpoint));
      return journal;
    }
    const first = oldestOf(segments);
    const { state, end, torn } = readSegment(await store.read(last), last, options);
    const journal = new Journal(options, first, state, end);
    await journal.#segments.assertWhole(state);
    // The centre has them, and they are of no use: what follows them is not there any more.
    for (const segment of segments) if (segment < first) await store.remove(segment);
    if (torn) await store.truncate(last, end);
    // Written down, or a later start could be the one that hears of it, after the record went out.
    if (state.intent) await journal.settle('unverified');
    await journal.#segments.removeAcknowledged(state);
    return journal;
  }

  get #state(): SegmentState {
    return this.#tail.state;
  }
  /** The serial that the next record gets. */
  get nextSerial(): number {
    return this.#state.nextSerial;
  }
  /** Time of the last record, whatever became of it; 0 before the first. */
  get lastTime(): Time {
    return this.#state.time;
  }
  /** Hash over all settled records. */
  get chain(): string {
    return this.#state.chain;
  }
  /** The snapshot that was found when the journal was opened; null for a new one, and once there is a later one. */
  get memory(): string | null {
    return this.#memory;
  }
  /** Records settled since that snapshot, oldest first, whatever became of them. */
  get recordsSince(): readonly JournalRecord[] {
    return this.#state.records;
  }
  /** Whether the person was shown how a record of `recordsSince` ended. */
  wasShown(serial: number): boolean {
    return this.#state.shown.has(serial);
  }
  /** The fault after which this journal must be opened anew; null while it works. */
  get failure(): JournalError | null {
    return this.#failure;
  }
  /** Records that the centre has not acknowledged. */
  get unsent(): Unsent {
    const { unsentAmount: amount, oldestTime } = this.#state;
    return { count: unsentCount(this.#state), amount, oldestTime };
  }

  /** Before the medium is written. @throws JournalError `journal-full`: nothing was written, the serial is still free */
  intend(record: TransactionRecord): Promise<void> {
    return this.#inTurn(() => {
      this.#assertNext(record);
      return this.#appendNext(() => ({ kind: 'intent', record }));
    });
  }

  /**
   * After the medium was written, or was not.
   * @param proof the medium's own, of a commit that succeeded
   * @returns the record as the centre will get it
   */
  async settle(status: CommitStatus, proof?: CommitProof): Promise<TransactionRecord> {
    if (proof && status !== 'successful') throw new Error(`a proof of a commit that was ${status}`);
    return this.#inTurn(async () => {
      const { intent } = this.#state;
      if (!intent) throw new Error('no intent to settle');
      const { serial } = intent;
      const record = settledOf(intent, status, proof);
      const outcome = { kind: 'outcome', serial, status, chain: this.#linked(record), record } as const;
      try {
        await this.#append(proof ? { ...outcome, proof } : outcome, 0);
      } catch (cause) {
        // Room was reserved. Without it the intent stays open, and only opening anew can close it.
        if (cause instanceof JournalError) this.#failure ??= cause;
        throw cause;
      }
      return record;
    });
  }

  /** Writes a record that needs no outcome: `open`, `observation`. @throws JournalError `journal-full` */
  write(record: JournalRecord): Promise<void> {
    return this.#inTurn(() => {
      this.#assertNext(record);
      return this.#appendNext(() => ({ kind: 'record', record, chain: this.#linked(record) }));
    });
  }

  /** The person was shown how the last record ended: after a restart nobody needs to be let through for it. */
  shown(serial: number): Promise<void> {
    return this.#inTurn(async () => {
      // A tap may have begun in the meantime; then a restart asks for that one.
      const isLast = this.#state.records.at(-1)?.serial === serial && this.#state.intent === null;
      if (isLast && !this.wasShown(serial)) await this.#append({ kind: 'shown', serial }, 0);
    });
  }

  /**
   * The batch that is on its way, or else one sealed now of the oldest records; null if there are none.
   * @param after last serial of a batch that is on its way: the one after it, so that several may be
   */
  async nextBatch(recordsMax: number, after = 0): Promise<SealedBatch | null> {
    if (this.unsent.count === 0) return null;
    const batch = await this.#inTurn(async () => {
      const from = Math.max(after, this.#state.acknowledgedTo) + 1;
      const sealing = this.#batches.sealing(from, recordsMax, this.#state);
      if (sealing) await this.#append(sealing, 0);
      return this.#batches.load(from, this.#state);
    });
    // Not in turn: a token that signs slowly must not keep a tap waiting.
    return batch?.sealed() ?? null;
  }

  /** The centre has the batch for ever; the oldest goes first. A second acknowledgement of the same batch changes nothing. */
  async acknowledge(batch: SealedBatch): Promise<void> {
    await this.#inTurn(async () => {
      const { acknowledgedTo, sealed } = this.#state;
      if (batch.to <= acknowledgedTo) return;
      if (batch.to !== sealed[0]) throw new Error(`batch to serial ${batch.to} was never sealed, or is not the oldest`);
      await this.#append(await this.#batches.acknowledgement(batch, this.#state), 0);
      this.#batches.forget(batch);
      await this.#segments.removeAcknowledged(this.#state);
    });
  }

  /** Records that the centre has, by its own word, and that are still here; null where none are. */
  async kept(): Promise<KeptRange | null> {
    return this.#reading(() => this.#batches.kept(this.#state));
  }

  /**
   * The newest of the records asked for, as far as they are kept, as a batch of their own: for a centre that had them and lost
   * them. Nothing is written for it, and none of them counts as unsent. Null where none are kept.
   * @throws JournalError; the journal itself goes on
   */
  async batchAgain(asked: KeptRange, recordsMax: number): Promise<SealedBatch | null> {
    const batch = await this.#reading(() => this.#batches.again(asked, recordsMax, this.#state));
    return batch?.sealed() ?? null;
  }

  /**
   * Reads all that is on the store and holds it to the hash chain.
   * @throws JournalError `journal-damaged`: the journal must not be written any more
   */
  async verify(): Promise<{ readonly segments: number; readonly records: number }> {
    return this.#inTurn(async () => {
      const { segment } = this.#state.checkpoint;
      const { state, end } = readSegment(await this.#options.store.read(segment), segment, this.#options);
      if (state.chain !== this.chain || end !== this.#tail.lengthBytes) throw damaged(`segment ${segment} was changed`);
      this.#segments.forget();
      const found = { segments: 0, records: 0 };
      for await (const { records } of this.#segments.walk(state)) {
        found.segments += 1;
        found.records += records.length;
      }
      return found;
    });
  }

  #assertNext(record: JournalRecord): void {
    const { intent, nextSerial, time } = this.#state;
    if (intent) throw new Error(`record ${intent.serial} is not settled`);
    if (record.terminal !== this.terminal || record.serial !== nextSerial || record.time <= time) {
      throw new Error(`record ${record.terminal}-${record.serial} at ${record.time} is not the next of this journal`);
    }
    // What could not be read back would be found damaged at the next start, with all that waits behind it.
    const parsed = parseRecord(record);
    if ('reason' in parsed) throw new Error(`record ${record.terminal}-${record.serial} is none: ${parsed.reason}`);
  }

  #linked(record: JournalRecord): string {
    return nextLink(this.#state.chain, record, this.#options.sha256);
  }

  /** A record's first frame: in a new segment where one is due, and where a full disk can be given back what is sent. */
  async #appendNext(entry: () => JournalEntry): Promise<void> {
    if (this.#tail.isLong) await this.#roll();
    try {
      await this.#append(entry(), this.#tail.reserveBytes);
    } catch (cause) {
      const isSent = this.unsent.count === 0 && this.#state.records.length > 0;
      if (!isSent || !isFull(cause)) throw cause;
      await this.#roll();
      await this.#append(entry(), this.#tail.reserveBytes);
    }
  }

  #append(entry: JournalEntry, reserveBytes: number): Promise<void> {
    return this.#withRoom(() => this.#tail.append(entry, reserveBytes));
  }

  /** On a full disk, what is only kept in case the centre asks for it makes room, the oldest first. */
  async #withRoom(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await write();
      } catch (cause) {
        if (!isFull(cause) || !(await this.#segments.removeOldest(this.#state))) throw cause;
      }
    }
  }

  async #roll(): Promise<void> {
    await this.#begin(checkpointAfter(this.#state, this.#options.snapshot()));
    await this.#segments.removeAcknowledged(this.#state);
  }

  async #begin(checkpoint: Checkpoint): Promise<void> {
    const before = this.#state;
    await this.#withRoom(() => this.#tail.begin(checkpoint));
    this.#segments.begun(checkpoint, before.checkpoint === checkpoint ? null : before);
    this.#memory = null;
  }

  /** In turn, and a fault is that of what was read: who asks for what the centre has puts no terminal out of service. */
  async #reading<Value>(read: () => Promise<Value>): Promise<Value> {
    const [outcome] = await this.#inTurn(() => Promise.allSettled([read()]));
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  /** A tap and an upload may come at once; the store sees one at a time. */
  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#turns += 1;
    const done = this.#afterLast(this.#last, this.#turns, work);
    this.#last = done;
    return done;
  }

  async #afterLast<Value>(before: Promise<unknown> | null, turn: number, work: () => Promise<Value>): Promise<Value> {
    // A fault of the one before is told to who asked for it.
    if (before) await before.catch(() => undefined);
    if (this.#failure) throw this.#failure;
    try {
      return await work();
    } catch (cause) {
      // After a failed write nobody knows what is on the disk: to write on could give a serial twice.
      if (cause instanceof JournalError && cause.code !== 'journal-full') this.#failure = cause;
      throw cause;
    } finally {
      // Nobody came after it: the next need not wait.
      if (turn === this.#turns) this.#last = null;
    }
  }
}

function isFull(cause: unknown): boolean {
  return cause instanceof JournalError && cause.code === 'journal-full';
}
