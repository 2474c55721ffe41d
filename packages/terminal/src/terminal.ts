/** A terminal: serves one medium at a time, offline, and keeps what it did until the centre has it. */
import {
  type Amount,
  type CommitAnswer,
  commitStatusOf,
  firstAccount,
  type JournalRecord,
  type MediumAccount,
  type MediumName,
  type ObservationRecord,
  type OpenRecord,
  type RecordIdentity,
  type TapRequest,
  type TerminalNumber,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import { isClockBehind, stampOf } from './clock.ts';
import { type Decision, decide, type Limits, type Refusal } from './decision.ts';
import { Journal, type SealedBatch } from './journal.ts';
import { type Clock, JournalError, type JournalStore, type Medium, type Random } from './port.ts';
import { intentOf, observationOf, openingOf } from './record-of.ts';
import { RetapMemory } from './retap.ts';
import type { TapOutcome, TapState } from './tap.ts';

export interface TerminalOptions {
  readonly terminal: TerminalNumber;
  readonly store: JournalStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  /** Largest difference between the clocks of two terminals in service, in milliseconds. */
  readonly clockTolerance: number;
  /** How long after a torn tap its medium may come back and be let through, in milliseconds. */
  readonly retapWindow: number;
  /** Terminals of the same gate line. */
  readonly siblings?: ReadonlySet<TerminalNumber>;
  /** Share of the transactions whose record carries the medium's log, 0 … 1; observations always do. Default 0. */
  readonly logShare?: number;
  readonly batchRecordsMax?: number;
  readonly compactAboveBytes?: number;
}

export type ObserveOutcome =
  | { readonly outcome: 'observed'; readonly record: ObservationRecord }
  | { readonly outcome: 'refused'; readonly reason: Refusal };

export type OpenOutcome =
  | { readonly outcome: 'opened'; readonly record: OpenRecord }
  /** The medium has an account, or left: it is not handed out. */
  | { readonly outcome: 'not-opened' }
  | { readonly outcome: 'refused'; readonly reason: Refusal };

const SERIAL_MAX = 2 ** 31 - 1;
type Refused = { readonly outcome: 'refused'; readonly reason: Refusal };
const refused = (reason: Refusal): Refused => ({ outcome: 'refused', reason });

export class Terminal {
  readonly terminal: TerminalNumber;
  readonly #options: TerminalOptions;
  readonly #journal: Journal;
  readonly #retaps: RetapMemory;
  #state: TapState = { state: 'idle' };
  #isServing = false;

  private constructor(options: TerminalOptions, journal: Journal, retaps: RetapMemory) {
    this.terminal = options.terminal;
    this.#options = options;
    this.#journal = journal;
    this.#retaps = retaps;
    for (const record of journal.records) retaps.remember(record);
  }

  /** Puts a terminal into service, with what its journal says. @throws JournalError */
  static async open(options: TerminalOptions): Promise<Terminal> {
    const { store, terminal, clock, siblings, retapWindow, clockTolerance, compactAboveBytes } = options;
    const retaps = new RetapMemory({ terminal, siblings: siblings ?? new Set(), retapWindow, clockTolerance });
    const isNeeded = (record: JournalRecord): boolean => retaps.isNeeded(record, clock());
    const compaction = compactAboveBytes === undefined ? {} : { compactAboveBytes };
    return new Terminal(options, await Journal.open({ store, terminal, isNeeded, ...compaction }), retaps);
  }

  /** Where the tap is that is being served. */
  get state(): TapState {
    return this.#state;
  }
  /** Records that the centre has not acknowledged. */
  get waiting(): number {
    return this.#journal.waiting;
  }

  /** Serves a medium: read → decide → intent → commit → outcome. */
  async tap(medium: Medium, request: TapRequest): Promise<TapOutcome> {
    return this.#serve(async () => {
      const account = await this.#read(medium);
      if (typeof account === 'string') return refused(account);
      if (this.#retaps.isCompleted(account, request, this.#options.clock())) return this.#complete(account);
      const decision = this.#decide(account, request);
      if (typeof decision === 'string') return refused(decision);
      return this.#commit(medium, account, decision);
    });
  }

  /** Reads a medium and changes nothing, as an inspector does. */
  async observe(medium: Medium): Promise<ObserveOutcome> {
    return this.#serve(async () => {
      const account = await this.#read(medium);
      if (typeof account === 'string') return refused(account);
      return { outcome: 'observed', record: await this.#observed(account) };
    });
  }

  /** Opens a new medium. It is handed out only once the record is on disk: an account nobody knows of has no money. */
  async open(medium: Medium, name: MediumName, balance: Amount): Promise<OpenOutcome> {
    return this.#serve(async () => {
      if (balance < 0 || balance > this.#options.limits.maximumBalance) return refused('amount-out-of-range');
      const first = firstAccount(name, balance, this.#stamp(0), this.terminal);
      if ((await medium.open(first)) !== 'committed') return { outcome: 'not-opened' };
      const record = openingOf(this.#nextIdentity(), first);
      await this.#journal.write(record);
      return { outcome: 'opened', record };
    });
  }

  /** The oldest records not acknowledged, the same bytes until they are; null if there are none. @throws JournalError */
  nextBatch(): Promise<SealedBatch | null> {
    return this.#journal.nextBatch(this.#options.batchRecordsMax ?? 1000);
  }

  /** The centre has the batch for ever. @throws JournalError */
  acknowledge(batch: SealedBatch): Promise<void> {
    return this.#journal.acknowledge(batch);
  }

  async #read(medium: Medium): Promise<MediumAccount | Refusal> {
    const account = await medium.read();
    if (account === null) return 'unreadable';
    if (isClockBehind(this.#options.clock(), account.lastTime, this.#options.clockTolerance)) return 'clock-behind';
    this.#state = { state: 'read', account };
    return account;
  }

  #decide(account: MediumAccount, request: TapRequest): Decision | Refusal {
    const { terminal, serial } = this.#nextIdentity();
    const stamp = { time: this.#stamp(account.lastTime), terminal, productId: `${terminal}-${serial}` };
    const decision = decide(account, request, stamp, this.#options.limits);
    if (typeof decision !== 'string') this.#state = { state: 'decided', account, decision };
    return decision;
  }

  async #commit(medium: Medium, account: MediumAccount, decision: Decision): Promise<TapOutcome> {
    const log = this.#options.random() < (this.#options.logShare ?? 0) ? account.log : null;
    const record = intentOf(this.#nextIdentity(), account, decision, log);
    await this.#journal.intend(record);
    this.#state = { state: 'intended', record, after: decision.after };
    this.#state = { state: 'committing', record };
    let answer: CommitAnswer;
    try {
      answer = await medium.commit(decision.after);
    } catch (cause) {
      // A fault of the medium's driver is no answer of the medium: it may have committed.
      await this.#settle(record, 'torn');
      throw cause;
    }
    return this.#settle(record, answer);
  }

  async #settle(record: TransactionRecord, answer: CommitAnswer): Promise<TapOutcome> {
    try {
      const settled = await this.#journal.settle(commitStatusOf(answer));
      this.#retaps.remember(settled);
      return { outcome: settled.status, record: settled };
    } catch (cause) {
      // The journal will say `unverified` when it is opened anew, so nothing else may be said now.
      if (cause instanceof JournalError) return { outcome: 'unverified', record };
      throw cause;
    }
  }

  async #complete(account: MediumAccount): Promise<TapOutcome> {
    return { outcome: 'completed', record: await this.#observed(account) };
  }

  async #observed(account: MediumAccount): Promise<ObservationRecord> {
    const record = observationOf(this.#nextIdentity(), account, this.#stamp(account.lastTime));
    await this.#journal.write(record);
    this.#retaps.remember(record);
    return record;
  }

  #stamp(lastTime: Time): Time {
    return stampOf(this.#options.clock(), lastTime, this.#journal.lastTime);
  }

  #nextIdentity(): RecordIdentity {
    return { terminal: this.terminal, serial: this.#journal.nextSerial };
  }

  /** One medium at a time; what the journal cannot keep is not done. */
  async #serve<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | Refused> {
    if (this.#journal.failure) return refused('out-of-service');
    if (this.#isServing) return refused('busy');
    if (this.#journal.nextSerial > SERIAL_MAX) return refused('serials-used-up');
    this.#isServing = true;
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof JournalError)) throw cause;
      return refused(cause.code === 'journal-full' ? 'journal-full' : 'out-of-service');
    } finally {
      this.#isServing = false;
      this.#state = { state: 'idle' };
    }
  }
}
