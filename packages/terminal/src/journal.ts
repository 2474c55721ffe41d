/**
 * The journal of a terminal: which serials exist, what became of each, and what the centre has acknowledged. Every
 * method resolves when a power cut can no longer undo what it did.
 *
 * Its segments are begun, added to, and removed once the centre has all of them; only the last one is in memory. A start
 * reads that one, so it takes as long with a million records as with a thousand.
 */
import type { CommitProof, CommitStatus, JournalRecord, TerminalNumber, Time, TransactionRecord } from '@retap/model';
import { parseRecord } from '@retap/protocol';
import type { Unsent } from './in-service.ts';
import { nextLink } from './journal-chain.ts';
import { type Checkpoint, firstCheckpoint } from './journal-checkpoint.ts';
import type { JournalEntry } from './journal-entry.ts';
import { damaged, JournalError, type JournalStore, type Sealer, type Sha256 } from './journal-port.ts';
import { JournalSegments } from './journal-segments.ts';
import {
  checkpointAfter,
  readSegment,
  type SegmentState,
  settledRecord,
  stateOf,
  unsentCount,
} from './journal-state.ts';
import { JournalTail } from './journal-tail.ts';
import { type BatchSigner, LoadedBatch, type SealedBatch } from './loaded-batch.ts';

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
  readonly #tail: JournalTail;
  #memory: string | null;
  #batch: LoadedBatch | null = null;
  #failure: JournalError | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: JournalOptions, first: number, state: SegmentState, lengthBytes: number) {
    this.terminal = options.terminal;
    this.#options = options;
    this.#segments = new JournalSegments(options.store, options, first);
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
    const [first, last] = [segments[0], segments.at(-1)];
    if (first === undefined || last === undefined) {
      const journal = new Journal(options, 1, stateOf(firstCheckpoint(terminal, options.snapshot(), sha256)), 0);
      await journal.#inTurn(() => journal.#begin(journal.#state.checkpoint));
      return journal;
    }
    const gap = segments.findIndex((segment, index) => segment !== first + index);
    if (gap !== -1) throw damaged(`segment ${first + gap} is missing`);
    const { state, end, torn } = readSegment(await store.read(last), last, options);
    const journal = new Journal(options, first, state, end);
    await journal.#segments.assertWhole(state);
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
  async intend(record: TransactionRecord): Promise<void> {
    await this.#inTurn(async () => {
      this.#assertNext(record);
      await this.#appendNext(() => ({ kind: 'intent', record }));
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
      const outcome = { status, ...(proof && { proof }) };
      const record = settledRecord(intent, outcome);
      try {
        await this.#tail.append({ kind: 'outcome', serial: intent.serial, ...outcome, chain: this.#linked(record) }, 0);
      } catch (cause) {
        // Room was reserved. Without it the intent stays open, and only opening anew can close it.
        if (cause instanceof JournalError) this.#failure ??= cause;
        throw cause;
      }
      return record;
    });
  }

  /** Writes a record that needs no outcome: `open`, `observation`. @throws JournalError `journal-full` */
  async write(record: JournalRecord): Promise<void> {
    await this.#inTurn(async () => {
      this.#assertNext(record);
      await this.#appendNext(() => ({ kind: 'record', record, chain: this.#linked(record) }));
    });
  }

  /** The person was shown how the last record ended: after a restart nobody needs to be let through for it. */
  async shown(serial: number): Promise<void> {
    await this.#inTurn(async () => {
      // A tap may have begun in the meantime; then a restart asks for that one.
      const isLast = this.#state.records.at(-1)?.serial === serial && this.#state.intent === null;
      if (isLast && !this.wasShown(serial)) await this.#tail.append({ kind: 'shown', serial }, 0);
    });
  }

  /** The batch that is on its way, or else one sealed now of the oldest records; null if there are none. */
  async nextBatch(recordsMax: number): Promise<SealedBatch | null> {
    if (this.unsent.count === 0) return null;
    const batch = await this.#inTurn(async () => {
      const from = this.#state.acknowledgedTo + 1;
      if (this.#state.sealedTo < from) {
        await this.#tail.append({ kind: 'sealed', to: from + Math.min(recordsMax, this.unsent.count) - 1 }, 0);
      }
      return this.#load(from);
    });
    // Not in turn: a token that signs slowly must not keep a tap waiting.
    return batch.sealed();
  }

  /** The centre has the batch for ever. A second acknowledgement of the same batch changes nothing. */
  async acknowledge(batch: SealedBatch): Promise<void> {
    await this.#inTurn(async () => {
      const { acknowledgedTo, sealedTo } = this.#state;
      if (batch.to <= acknowledgedTo) return;
      if (batch.to !== sealedTo) throw new Error(`batch to serial ${batch.to} was never sealed`);
      await this.#tail.append(await this.#acknowledgement(acknowledgedTo + 1), 0);
      this.#batch = null;
      await this.#segments.removeAcknowledged(this.#state);
    });
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

  async #load(from: number): Promise<LoadedBatch> {
    if (this.#batch) return this.#batch;
    const to = this.#state.sealedTo;
    const { signer } = this.#options;
    // Before the records: the segment that it reads is where they begin.
    const signing = signer ? { signer, before: await this.#segments.linkBefore(from, this.#state) } : null;
    const records = await this.#segments.records(from, to, this.#state);
    this.#batch = new LoadedBatch({ terminal: this.terminal, from, to, records }, signing);
    return this.#batch;
  }

  async #acknowledgement(from: number): Promise<JournalEntry> {
    const { to, amount } = await this.#load(from);
    const isLast = to === from + this.unsent.count - 1;
    const [oldest] = isLast ? [] : await this.#segments.records(to + 1, to + 1, this.#state);
    return {
      kind: 'acknowledged',
      to,
      unsentAmount: this.#state.unsentAmount - amount,
      oldestTime: oldest?.time ?? null,
    };
  }

  /** A record's first frame: in a new segment where one is due, and where a full disk can be given back what is sent. */
  async #appendNext(entry: () => JournalEntry): Promise<void> {
    if (this.#tail.isLong) await this.#roll();
    try {
      await this.#tail.append(entry(), this.#tail.reserveBytes);
    } catch (cause) {
      const isSent = this.unsent.count === 0 && this.#state.records.length > 0;
      if (!isSent || !(cause instanceof JournalError) || cause.code !== 'journal-full') throw cause;
      await this.#roll();
      await this.#tail.append(entry(), this.#tail.reserveBytes);
    }
  }

  async #roll(): Promise<void> {
    await this.#begin(checkpointAfter(this.#state, this.#options.snapshot()));
    await this.#segments.removeAcknowledged(this.#state);
  }

  async #begin(checkpoint: Checkpoint): Promise<void> {
    await this.#tail.begin(checkpoint);
    this.#segments.begun(checkpoint);
    this.#memory = null;
  }

  /** A tap and an upload may come at once; the store sees one at a time. */
  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(async () => {
      if (this.#failure) throw this.#failure;
      try {
        return await work();
      } catch (cause) {
        // After a failed write nobody knows what is on the disk: to write on could give a serial twice.
        if (cause instanceof JournalError && cause.code !== 'journal-full') this.#failure = cause;
        throw cause;
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
