/** A terminal: serves one medium at a time, offline, and keeps what it did until the centre has it. */
import type { Access, CommitResult, Medium, MediumChange, MediumReading, ReadFault } from '@retap/card';
import {
  type Amount,
  commitStatusOf,
  firstAccount,
  type MediumAccount,
  type MediumName,
  type ObservationRecord,
  type OpenRecord,
  type Product,
  type RecordIdentity,
  signedAmount,
  type TapRequest,
  type TerminalNumber,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import { type Action, isAllowed, requestOf } from './action.ts';
import { isClockBehind, stampOf } from './clock.ts';
import { decide, type Refusal, type Situation } from './decision.ts';
import { clockRefusal, type Unsent, unsentRefusal } from './in-service.ts';
import { Journal } from './journal.ts';
import type { KeptRange } from './journal-batches.ts';
import { JournalError } from './journal-port.ts';
import type { SealedBatch } from './loaded-batch.ts';
import { TerminalMemory } from './memory.ts';
import { intentOf, observationOf, openingOf } from './record-of.ts';
import type { TapOutcome, TapState } from './tap.ts';
import type { TerminalOptions } from './terminal-options.ts';

export type ObserveOutcome =
  | {
      readonly outcome: 'observed';
      readonly record: ObservationRecord;
      readonly account: MediumAccount;
      readonly isDenied: boolean;
    }
  | { readonly outcome: 'refused'; readonly reason: Refusal };

export type OpenOutcome =
  | { readonly outcome: 'opened'; readonly record: OpenRecord }
  /** The medium has an account, or left: it is not handed out. */
  | { readonly outcome: 'not-opened' }
  | { readonly outcome: 'refused'; readonly reason: Refusal };

const SERIAL_MAX = 2 ** 31 - 1;
/** Of a batch, unless the terminal's options say less. */
const RECORDS_MAX = 1000;
/** A person waits: what more the action list has is done at their next tap. */
const ACTIONS_MAX = 4;

/** @param since time of a commit, maybe by another terminal's clock */
type RequestsSince = (since: Time) => readonly TapRequest[];

type Refused = { readonly outcome: 'refused'; readonly reason: Refusal };
const refused = (reason: Refusal): Refused => ({ outcome: 'refused', reason });

const READ_REFUSALS: Readonly<Record<ReadFault, Refusal>> = {
  unreadable: 'unreadable',
  'key-missing': 'key-missing',
  foreign: 'medium-foreign',
  blank: 'medium-blank',
  inconsistent: 'medium-inconsistent',
};

export interface NextBatchOptions {
  readonly after?: number;
  readonly recordsMax?: number;
}

export class Terminal {
  readonly terminal: TerminalNumber;
  readonly #options: TerminalOptions;
  readonly #journal: Journal;
  readonly #memory: TerminalMemory;
  #state: TapState = { state: 'idle' };
  #isServing = false;

  private constructor(options: TerminalOptions, journal: Journal, memory: TerminalMemory) {
    this.terminal = options.terminal;
    this.#options = options;
    this.#journal = journal;
    this.#memory = memory;
  }

  /** Puts a terminal into service, with what its journal says. @throws JournalError */
  static async open(options: TerminalOptions): Promise<Terminal> {
    const { store, sealer, signer, terminal, clock, siblings, retapWindow, clockTolerance, segmentBytes } = options;
    const { sha256, limits, keep } = options;
    const dayStart = limits.dayStart ?? 0;
    const retap = { terminal, siblings: siblings ?? new Set<number>(), retapWindow, clockTolerance };
    const memory = new TerminalMemory({ ...retap, dayStart });
    const journal = await Journal.open({
      store,
      terminal,
      sha256,
      snapshot: () => memory.snapshot(clock()),
      ...(sealer && { sealer }),
      ...(signer && { signer }),
      ...(segmentBytes !== undefined && { segmentBytes }),
      ...(keep && { keep }),
    });
    if (journal.memory !== null) memory.restore(journal.memory);
    // Not the last one alone: who was not shown the end may come back after a second power cut, or after somebody else.
    for (const record of journal.recordsSince) {
      if (journal.wasShown(record.serial)) memory.remember(record);
      else memory.rememberUnshown(record);
    }
    return new Terminal(options, journal, memory);
  }

  /** Where the tap is that is being served. */
  get state(): TapState {
    return this.#state;
  }
  /** Records that the centre has not acknowledged, and their value. */
  get unsent(): Unsent {
    return this.#journal.unsent;
  }
  /** Why nobody is served; null while somebody may be. */
  get outOfService(): Refusal | null {
    if (this.#journal.failure) return 'out-of-service';
    const { clock, clockSetAt, clockSetMax, clockTolerance } = this.#options;
    const lastTime = this.#journal.lastTime;
    // Asked in this order: of a clock that is always set, the second answer may be a millisecond later.
    const setAt = clockSetAt();
    const now = clock();
    const broken = clockRefusal({ now, setAt, setMax: clockSetMax, lastTime, clockTolerance });
    if (broken) return broken;
    // After the clock: one that is wrong says nothing of a licence.
    if (this.#options.isLicensed?.() === false) return 'licence-expired';
    return this.#journal.nextSerial > SERIAL_MAX ? 'serials-used-up' : null;
  }

  /**
   * Serves a medium: authenticate → read → decide → intent → commit → outcome; first what the action list has for it, each
   * entry as a transaction of its own.
   * @param requestsSince what the same would have been a request for since the time of the medium's last commit: a tap that is torn
   * just before the tariff changes is held again just after
   */
  async tap(medium: Medium, request: TapRequest, requestsSince: RequestsSince = () => []): Promise<TapOutcome> {
    return this.#serve(async () => {
      const carriedOut: TransactionRecord[] = [];
      const hasPaid = (reading: MediumReading): boolean => this.#hasPaid(reading, request, requestsSince);
      const done = await this.#carryOutActions(medium, request, hasPaid, carriedOut);
      const outcome = 'outcome' in done ? done : await this.#answer(medium, request, hasPaid, done);
      return carriedOut.length === 0 ? outcome : { ...outcome, actions: carriedOut };
    });
  }

  /**
   * The person was shown how the tap ended, or the gate opened. Until this is on disk, a terminal that starts anew lets that
   * person through once more: it cannot know that they went.
   */
  async shown({ record }: { readonly record: { readonly serial: number } }): Promise<void> {
    try {
      await this.#journal.shown(record.serial);
    } catch (cause) {
      // Nothing but that one passage depends on it; a journal that has failed says so at the next tap.
      if (!(cause instanceof JournalError)) throw cause;
    }
  }

  /** Reads a medium and changes nothing, as an inspector does. */
  async observe(medium: Medium): Promise<ObserveOutcome> {
    return this.#serve(async () => {
      const reading = await this.#read(medium, 'read', { products: true, log: () => true });
      if (typeof reading === 'string') return refused(reading);
      const { account } = reading;
      const isDenied = this.#isDenied(account.medium);
      return { outcome: 'observed', record: await this.#observed(reading), account, isDenied };
    });
  }

  /** Opens a new medium. It is handed out only once the record is on disk: an account nobody knows of has no money. */
  async open(medium: Medium, name: MediumName, balance: Amount): Promise<OpenOutcome> {
    return this.#serve(async () => {
      if (this.#isUnsentBeyond(balance)) return refused('unsent-limit');
      if (balance < 0 || balance > this.#options.limits.maximumBalance) return refused('amount-out-of-range');
      const first = firstAccount(name, balance, this.#stamp(0), this.terminal);
      const fault = await medium.authenticate('refill');
      if (fault !== 'authenticated') return refused(READ_REFUSALS[fault]);
      if ((await medium.open(first)).answer !== 'committed') return { outcome: 'not-opened' };
      const record = openingOf(this.#nextIdentity(), first);
      await this.#journal.write(record);
      return { outcome: 'opened', record };
    });
  }

  /**
   * The oldest records not acknowledged, the same bytes until they are; null if there are none.
   * @param after last serial of a batch on its way: those after it
   * @param recordsMax of a batch that is sealed now @throws JournalError
   */
  nextBatch({ after = 0, recordsMax = RECORDS_MAX }: NextBatchOptions = {}): Promise<SealedBatch | null> {
    return this.#journal.nextBatch(this.#recordsMax(recordsMax), after);
  }

  /** Records that the centre acknowledged and the journal still has; null where there are none. @throws JournalError */
  kept(): Promise<KeptRange | null> {
    return this.#journal.kept();
  }

  /** The newest of the kept records asked for, as a batch; null where none are kept. @throws JournalError */
  batchAgain(asked: KeptRange, recordsMax = RECORDS_MAX): Promise<SealedBatch | null> {
    return this.#journal.batchAgain(asked, this.#recordsMax(recordsMax));
  }

  /** The centre has the batch for ever. @throws JournalError */
  acknowledge(batch: SealedBatch): Promise<void> {
    return this.#journal.acknowledge(batch);
  }

  #recordsMax(wanted: number): number {
    return Math.max(1, Math.min(wanted, this.#options.batchRecordsMax ?? RECORDS_MAX));
  }

  /** @returns the account as it is after all actions, or how the tap ended because of one */
  async #carryOutActions(
    medium: Medium,
    request: TapRequest,
    hasPaid: (reading: MediumReading) => boolean,
    carriedOut: TransactionRecord[],
  ): Promise<MediumReading | TapOutcome> {
    for (let left = ACTIONS_MAX; ; left -= 1) {
      const reading = await this.#readFor(medium, request);
      if (typeof reading === 'string') return refused(reading);
      // Who has paid goes through first: an action would be the medium's last commit, and hide the one that was paid.
      const action = left > 0 && !hasPaid(reading) ? this.#nextAction(reading) : null;
      if (action === null) return reading;
      const outcome = await this.#carryOut(medium, action);
      // What this terminal cannot do, another will: the person gets what they came for.
      if (outcome === null) return this.#readAgain(medium, request);
      if (outcome.outcome !== 'successful') return outcome;
      carriedOut.push(outcome.record);
    }
  }

  /** @returns null if this terminal cannot carry it out */
  async #carryOut(medium: Medium, action: Action): Promise<TapOutcome | null> {
    const request = requestOf(action);
    const reading = await this.#readFor(medium, request);
    if (reading === 'key-missing') return null;
    if (typeof reading === 'string') return refused(reading);
    if (this.#isUnsentBeyond(signedAmount(request))) return null;
    const change = this.#decide(medium, reading, request, { serial: action.serial, kind: action.kind });
    return typeof change === 'string' ? null : this.#commit(medium, reading, change);
  }

  /** What the person came for. */
  async #answer(
    medium: Medium,
    request: TapRequest,
    hasPaid: (reading: MediumReading) => boolean,
    reading: MediumReading,
  ): Promise<TapOutcome> {
    const { account } = reading;
    if (this.#isDenied(account.medium)) return refused('medium-denied');
    if (reading.isBlocked) return refused('medium-blocked');
    if (hasPaid(reading)) {
      const record = await this.#observed(reading);
      // The same commit lets nobody through twice. (Who only looked at the medium let nobody through.)
      this.#memory.remember(record);
      return { outcome: 'completed', record };
    }
    // After those who have paid: their own torn tap may be what reached the limit.
    if (this.#isUnsentBeyond(signedAmount(request))) return refused('unsent-limit');
    const change = this.#decide(medium, reading, request);
    return typeof change === 'string' ? refused(change) : this.#commit(medium, reading, change);
  }

  #nextAction({ account, actionSerial, isBlocked }: MediumReading): Action | null {
    const action = this.#options.actions?.(account.medium, actionSerial + 1) ?? null;
    return action && isAllowed(action, { isBlocked, isDenied: this.#isDenied(account.medium) }) ? action : null;
  }

  /** Whether the request repeats one that did commit, and that nobody was let through for. */
  #hasPaid(reading: MediumReading, request: TapRequest, requestsSince: RequestsSince): boolean {
    if (reading.isBlocked || this.#isDenied(reading.account.medium)) return false;
    const now = this.#options.clock();
    const isCompleted = (each: TapRequest): boolean => this.#memory.retaps.isCompleted(reading, each, now);
    return isCompleted(request) || requestsSince(reading.account.lastTime).some(isCompleted);
  }

  #isDenied(medium: MediumName): boolean {
    return this.#options.denyList?.has(medium) ?? false;
  }

  async #readAgain(medium: Medium, request: TapRequest): Promise<MediumReading | Refused> {
    const reading = await this.#readFor(medium, request);
    return typeof reading === 'string' ? refused(reading) : reading;
  }

  #readFor(medium: Medium, request: TapRequest): Promise<MediumReading | Refusal> {
    const access = request.type === 'refill' ? 'refill' : 'debit';
    const products = request.type === 'purchase' || request.type === 'validation';
    // Its own records need no second witness: the log is read where the last commit was another terminal's, and time allows.
    const log: Wish['log'] = (last) => last.lastTerminal !== this.terminal && (this.#options.isLogTime?.() ?? false);
    return this.#read(medium, access, { products, log });
  }

  async #read(medium: Medium, access: Access, wish: Wish): Promise<MediumReading | Refusal> {
    const fault = await medium.authenticate(access);
    if (fault !== 'authenticated') return READ_REFUSALS[fault];
    this.#state = { state: 'authenticated', access };
    const reading = await medium.read(wish);
    if (typeof reading === 'string') return READ_REFUSALS[reading];
    const { lastTime } = reading.account;
    if (isClockBehind(this.#options.clock(), lastTime, this.#options.clockTolerance)) return 'clock-behind';
    this.#state = { state: 'read', reading };
    return reading;
  }

  #decide(
    medium: Medium,
    reading: MediumReading,
    request: TapRequest,
    action?: MediumChange['action'],
  ): MediumChange | Refusal {
    const { account } = reading;
    const { terminal, serial } = this.#nextIdentity();
    const stamp = { time: this.#stamp(account.lastTime), terminal, productId: `${terminal}-${serial}` };
    const today = this.#memory.days.on(stamp.time, account.medium);
    const canHold = (product: Product): boolean => medium.canHold(product);
    const { limits } = this.#options;
    const situation: Situation = { account, stamp, limits, today, canHold };
    const change = decide(request, action ? { ...situation, action } : situation);
    if (typeof change !== 'string') this.#state = { state: 'decided', reading, change };
    return change;
  }

  async #commit(medium: Medium, reading: MediumReading, change: MediumChange): Promise<TapOutcome> {
    const record = intentOf(this.#nextIdentity(), reading, change);
    await this.#journal.intend(record);
    this.#state = { state: 'intended', record, change };
    this.#state = { state: 'committing', record };
    let result: CommitResult;
    try {
      result = await medium.commit(change);
    } catch (cause) {
      // A fault of the medium's driver is no answer of the medium: it may have committed.
      await this.#settle(record, { answer: 'torn' });
      throw cause;
    }
    return this.#settle(record, result);
  }

  async #settle(record: TransactionRecord, { answer, proof }: CommitResult): Promise<TapOutcome> {
    try {
      const settled = await this.#journal.settle(commitStatusOf(answer), proof);
      this.#memory.remember(settled);
      return { outcome: settled.status, record: settled };
    } catch (cause) {
      // The journal will say `unverified` when it is opened anew, so nothing else may be said now.
      if (cause instanceof JournalError) return { outcome: 'unverified', record };
      throw cause;
    }
  }

  async #observed(reading: MediumReading): Promise<ObservationRecord> {
    const record = observationOf(this.#nextIdentity(), reading, this.#stamp(reading.account.lastTime));
    await this.#journal.write(record);
    return record;
  }

  #stamp(lastTime: Time): Time {
    return stampOf(this.#options.clock(), lastTime, this.#journal.lastTime);
  }

  #nextIdentity(): RecordIdentity {
    return { terminal: this.terminal, serial: this.#journal.nextSerial };
  }

  /** Whether what waits for the centre would be more than the operator is ready to lose. @param amount of the next commit */
  #isUnsentBeyond(amount: Amount): boolean {
    const { clock, limits } = this.#options;
    return unsentRefusal(this.unsent, amount, clock(), limits) !== null;
  }

  /** One medium at a time; what the journal cannot keep is not done. */
  async #serve<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | Refused> {
    const unfit = this.outOfService;
    if (unfit) return refused(unfit);
    if (this.#isServing) return refused('busy');
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

type Wish = Parameters<Medium['read']>[0];
