/**
 * The journal of a terminal: which serials exist, what became of each, and what the centre has acknowledged. Every
 * method resolves when a power cut can no longer undo what it did.
 */
import type { CommitStatus, JournalRecord, TerminalNumber, Time, TransactionRecord } from '@retap/model';
import { encodeBatch, frame } from '@retap/protocol';
import { formatEntry, type JournalEntry } from './journal-entry.ts';
import { type JournalContents, recoverJournal } from './journal-recovery.ts';
import { JournalError, type JournalStore } from './port.ts';

/** Records `from` … `to`, as they go to the centre: the same bytes until they are acknowledged, also after a restart. */
export interface SealedBatch {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

export interface JournalOptions {
  readonly store: JournalStore;
  readonly terminal: TerminalNumber;
  /** Whether an acknowledged record must stay in the journal: its medium may come again. */
  readonly isNeeded: (record: JournalRecord) => boolean;
  /** Journals with more acknowledged bytes than this are written anew without them. Default 1 MiB. */
  readonly compactAboveBytes?: number;
}

/**
 * What must fit after a record, so that its outcome, and the uploads that make room again, cannot fail for want of it.
 */
const RESERVE_BYTES = 4096;

export class Journal {
  readonly terminal: TerminalNumber;
  readonly #options: JournalOptions;
  readonly #contents: JournalContents;
  #sealedBytes: Uint8Array | null = null;
  #isFull = false;
  #failure: JournalError | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: JournalOptions, contents: JournalContents) {
    this.terminal = options.terminal;
    this.#options = options;
    this.#contents = contents;
  }

  /**
   * Opens what the store holds. An intent without outcome becomes `unverified`, under its serial.
   * @throws JournalError `journal-damaged`, `journal-foreign`, or a fault of the store
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const { contents, end, torn } = recoverJournal(await options.store.read(), options.terminal);
    if (torn) await options.store.truncate(end);
    const journal = new Journal(options, contents);
    if (end === 0) await journal.#append({ kind: 'start', terminal: options.terminal, nextSerial: 1, time: 0 });
    // Written down, or a later start could be the one that hears of it, after the record went out.
    if (contents.intent) await journal.settle('unverified');
    return journal;
  }

  /** The serial that the next record gets. */
  get nextSerial(): number {
    return this.#contents.nextSerial;
  }
  /** Time of the last record, whatever became of it; 0 before the first. */
  get lastTime(): Time {
    return this.#contents.time;
  }
  /** Records that the centre has not acknowledged, and those that are kept, oldest first. */
  get records(): readonly JournalRecord[] {
    return [...this.#contents.kept, ...this.#contents.records];
  }
  /** The fault after which this journal must be opened anew; null while it works. */
  get failure(): JournalError | null {
    return this.#failure;
  }
  /** Records that the centre has not acknowledged. */
  get waiting(): number {
    return this.#contents.records.length;
  }

  /** Before the medium is written. @throws JournalError `journal-full`: nothing was written, the serial is still free */
  async intend(record: TransactionRecord): Promise<void> {
    this.#assertNext(record);
    await this.#append({ kind: 'intent', record }, RESERVE_BYTES, () => {
      this.#advance(record);
      this.#contents.intent = record;
    });
  }

  /** After the medium was written, or was not. @returns the record as the centre will get it */
  async settle(status: CommitStatus): Promise<TransactionRecord> {
    const { intent } = this.#contents;
    if (!intent) throw new Error('no intent to settle');
    const record = { ...intent, status };
    try {
      await this.#append({ kind: 'outcome', serial: intent.serial, status }, 0, () => {
        this.#contents.intent = null;
        this.#contents.records.push(record);
      });
    } catch (cause) {
      // Room was reserved. Without it the intent stays open, and only opening anew can close it.
      if (cause instanceof JournalError) this.#failure ??= cause;
      throw cause;
    }
    return record;
  }

  /** Writes a record that needs no outcome: `open`, `observation`. @throws JournalError `journal-full` */
  async write(record: JournalRecord): Promise<void> {
    this.#assertNext(record);
    await this.#append({ kind: 'record', record }, RESERVE_BYTES, () => {
      this.#advance(record);
      this.#contents.records.push(record);
    });
  }

  /** The batch that is on its way, or else one sealed now of the oldest records; null if there are none. */
  async nextBatch(recordsMax: number): Promise<SealedBatch | null> {
    const { records } = this.#contents;
    const from = records[0]?.serial;
    if (from === undefined) return null;
    if (this.#contents.sealedTo < from) {
      const to = Math.min(from + recordsMax, from + records.length) - 1;
      await this.#append({ kind: 'sealed', from, to }, 0, () => {
        this.#contents.sealedTo = to;
        this.#sealedBytes = null;
      });
    }
    const to = this.#contents.sealedTo;
    this.#sealedBytes ??= encodeBatch({ terminal: this.terminal, from, to, records: records.slice(0, to - from + 1) });
    return { from, to, bytes: this.#sealedBytes };
  }

  /** The centre has the batch for ever. A second acknowledgement of the same batch changes nothing. */
  async acknowledge(batch: SealedBatch): Promise<void> {
    const { records } = this.#contents;
    const from = records[0]?.serial;
    if (from === undefined || batch.to < from) return;
    if (batch.to !== this.#contents.sealedTo) throw new Error(`batch to serial ${batch.to} was never sealed`);
    await this.#append({ kind: 'acknowledged', to: batch.to }, 0, () => {
      this.#contents.kept.push(...records.splice(0, batch.to - from + 1));
      this.#contents.kept = this.#contents.kept.filter(this.#options.isNeeded);
      this.#sealedBytes = null;
    });
    const tooLong = this.#contents.staleBytes > (this.#options.compactAboveBytes ?? 2 ** 20);
    if (tooLong || this.#isFull) await this.#compact();
  }

  #assertNext(record: JournalRecord): void {
    const { intent, nextSerial, time } = this.#contents;
    if (intent) throw new Error(`record ${intent.serial} is not settled`);
    if (record.terminal !== this.terminal || record.serial !== nextSerial || record.time <= time) {
      throw new Error(`record ${record.terminal}-${record.serial} at ${record.time} is not the next of this journal`);
    }
  }

  #advance(record: JournalRecord): void {
    this.#contents.nextSerial = record.serial + 1;
    this.#contents.time = record.time;
  }

  /**
   * @param reserveBytes what must still fit afterwards
   * @param apply what the entry changes here; at once, or writing the journal anew in between would lose the entry
   */
  #append(entry: JournalEntry, reserveBytes = 0, apply: () => void = () => undefined): Promise<void> {
    const bytes = frame(formatEntry(entry));
    return this.#inTurn(async () => {
      await this.#options.store.append(bytes, reserveBytes);
      this.#contents.staleBytes += bytes.length;
      apply();
    });
  }

  /** Writes the journal anew with only what is still needed: a validator runs for years on a small disk. */
  #compact(): Promise<void> {
    return this.#inTurn(async () => {
      const bytes = joined(currentEntries(this.terminal, this.#contents).map((entry) => frame(formatEntry(entry))));
      await this.#options.store.replace(bytes);
      this.#contents.staleBytes = 0;
      this.#isFull = false;
    });
  }

  /** A tap and an upload may come at once; the store sees one at a time. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(async () => {
      if (this.#failure) throw this.#failure;
      try {
        await work();
      } catch (cause) {
        throw this.#fault(cause);
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** After a failed write nobody knows what is on the disk: to write on could give a serial twice. */
  #fault(cause: unknown): unknown {
    if (!(cause instanceof JournalError)) return cause;
    if (cause.code === 'journal-full') this.#isFull = true;
    else this.#failure = cause;
    return cause;
  }
}

/** The shortest journal that recovers to these contents. */
function currentEntries(terminal: TerminalNumber, contents: JournalContents): JournalEntry[] {
  const { kept, records, intent, sealedTo } = contents;
  const nextSerial = records[0]?.serial ?? intent?.serial ?? contents.nextSerial;
  // The time of the last record may be that of one which is left out.
  const time = records.length > 0 || intent ? 0 : contents.time;
  const from = records[0]?.serial;
  return [
    { kind: 'start', terminal, nextSerial, time },
    ...kept.map((record): JournalEntry => ({ kind: 'kept', record })),
    ...records.map((record): JournalEntry => ({ kind: 'record', record })),
    ...(intent ? [{ kind: 'intent', record: intent } as const] : []),
    ...(from !== undefined && sealedTo >= from ? [{ kind: 'sealed', from, to: sealedTo } as const] : []),
  ];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
