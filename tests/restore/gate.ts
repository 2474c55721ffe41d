/** A gate whose production journal goes up to whatever centre a test has, over a link that the test breaks. */
import { createHash } from 'node:crypto';
import { amountOf, type JournalRecord } from '@retap/model';
import type { ReceivedSerials } from '@retap/protocol';
import {
  AskedAgain,
  type BatchSigner,
  BatchSize,
  Journal,
  MemoryJournal,
  sendAgain,
  type Uplink,
  upload,
} from '@retap/terminal';

const START = 1_772_420_400_000;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export interface GateOptions {
  readonly terminal: number;
  readonly signer: BatchSigner;
  readonly uplink: Uplink;
  /** What the centre has of the records from … to, by its answer to a question; null: no answer. */
  readonly ask: (from: number, to: number) => Promise<ReceivedSerials | null>;
}

export class Gate {
  readonly terminal: number;
  /** All that it ever recorded: what the centre should come to have. */
  readonly records: JournalRecord[] = [];
  readonly #options: GateOptions;
  readonly #store = new MemoryJournal();
  #journal: Promise<Journal>;
  #asked: AskedAgain;
  #heard: { readonly received: ReceivedSerials; readonly to: number } | null = null;
  #now = START;

  constructor(options: GateOptions) {
    this.terminal = options.terminal;
    this.#options = options;
    this.#journal = this.#opened();
    this.#asked = new AskedAgain(() => this.#now);
  }

  /** People pass: each opens a medium of their own. */
  async work(count: number): Promise<void> {
    const journal = await this.#journal;
    for (let tap = 0; tap < count; tap += 1) {
      const serial = journal.nextSerial;
      const place = {
        terminal: this.terminal,
        serial,
        medium: `M${this.terminal}-${serial}`,
        time: START + 1_000 * serial,
      };
      const balance = amountOf(100 + serial);
      const record: JournalRecord = { ...place, type: 'open', amount: balance, balance, status: 'successful' };
      await journal.write(record);
      this.records.push(record);
    }
  }

  /** Its power is cut, and comes back: what it had in memory is gone. */
  async restart(): Promise<void> {
    await this.#journal;
    this.#journal = this.#opened();
    this.#asked = new AskedAgain(() => this.#now);
    this.#heard = null;
  }

  /** All that waits goes up, until the link breaks. */
  async upload(recordsMax: number): Promise<void> {
    const journal = await this.#journal;
    const source = {
      nextBatch: ({ after = 0 }: { readonly after?: number } = {}) => journal.nextBatch(recordsMax, after),
      acknowledge: (batch: Parameters<Journal['acknowledge']>[0]) => journal.acknowledge(batch),
    };
    const onReceived = (received: ReceivedSerials, to: number): void => {
      this.#heard = { received, to };
    };
    const options = { uplink: this.#options.uplink, sleep: async () => {}, random: () => 0, faultsMax: 1, onReceived };
    await upload(source, options);
  }

  /** Asks, and sends again what is lacking, until the link breaks. @returns whether the centre has all by its own word */
  async recover(recordsMax: number): Promise<boolean> {
    const journal = await this.#journal;
    const kept = await journal.kept();
    if (kept === null) return this.records.length === 0;
    const received = await this.#options.ask(kept.from, kept.to);
    if (received) this.#heard = { received, to: kept.to };
    if (this.#heard) {
      const { received: has, to } = this.#heard;
      if (to >= kept.from) this.#asked.heard(has, { from: kept.from, to: Math.min(to, kept.to) });
      this.#heard = null;
    }
    const size = Object.defineProperty(new BatchSize(), 'records', { value: recordsMax });
    while ((await sendAgain(journal, this.#options.uplink, this.#asked, size)) === 'acknowledged');
    const has = await this.#options.ask(kept.from, kept.to);
    return has !== null && has.missing.length === 0 && journal.unsent.count === 0;
  }

  /** Long enough for what was sent again to be asked for once more. */
  passDays(days: number): void {
    this.#now += days * 86_400_000;
  }

  #opened(): Promise<Journal> {
    const { terminal, signer } = this.#options;
    const keep = { ageMax: Number.POSITIVE_INFINITY, segmentsMax: 10_000 };
    return Journal.open({ store: this.#store, terminal, sha256, signer, snapshot: () => '', segmentBytes: 900, keep });
  }
}
