/** Who comes back after a torn tap: finds out whether it committed, and lets through without a second debit. */
import type { MediumReading } from '@retap/card';
import {
  isTransaction,
  type JournalRecord,
  type MediumAccount,
  type MediumName,
  signedAmount,
  type TapRequest,
  type TerminalNumber,
  type Time,
  type TransactionRecord,
} from '@retap/model';

export interface RetapOptions {
  readonly terminal: TerminalNumber;
  /** Terminals of the same gate line: who fails at one walks to the next. */
  readonly siblings: ReadonlySet<TerminalNumber>;
  /** How long after a tap its medium may come back, in milliseconds. */
  readonly retapWindow: number;
  readonly clockTolerance: number;
}

/**
 * What a terminal remembers of its last tap of each medium, within the window. It is made from records alone, so that a
 * restart forgets nothing. A sibling needs no message: the medium itself says what its last commit was.
 */
export class RetapMemory {
  readonly #options: RetapOptions;
  /** Of each medium all since its last commit that was seen: which of them was the last to commit, the medium will say. */
  readonly #unverified = new Map<MediumName, readonly TransactionRecord[]>();
  /** Media let through on the word of their last commit: the same commit lets nobody through twice. */
  readonly #completed = new Map<MediumName, JournalRecord & { readonly lastTime: Time }>();

  constructor(options: RetapOptions) {
    this.#options = options;
  }

  remember(record: JournalRecord): void {
    if (this.#unverified.size + this.#completed.size > FORGET_ABOVE) this.#forget(record.time);
    // One that was never sent changed nothing: what was torn before it may have committed still.
    if (record.type !== 'observation' && record.status === 'unsuccessful') return;
    if (isTransaction(record) && record.status === 'unverified') {
      this.#add(record);
      return;
    }
    this.#unverified.delete(record.medium);
    if (record.type === 'observation') this.#completed.set(record.medium, record);
  }

  /**
   * A record of before a restart that nobody is known to have been shown the end of. It was on the disk: what it allowed is allowed
   * once more, or a person whose terminal lost its power in that instant would pay twice.
   */
  rememberUnshown(record: JournalRecord): void {
    // An observation that let nobody through, as far as is known: what it was for is remembered still.
    if (isTransaction(record) && record.status !== 'unsuccessful') this.#add(record);
  }

  #add(record: TransactionRecord): void {
    const { medium, time } = record;
    const held = (this.#unverified.get(medium) ?? []).filter((torn) => time - torn.time <= this.#window);
    this.#unverified.set(medium, [...held, record]);
  }

  /** One of a {@link snapshot}. */
  restore(record: JournalRecord): void {
    // Both may be of one medium: let through, and torn later. And a transaction is held for what it may allow, though it succeeded.
    if (record.type === 'observation') this.#completed.set(record.medium, record);
    else this.rememberUnshown(record);
  }

  /** The records that still matter at `now`, to be remembered anew after a restart. */
  snapshot(now: Time): readonly JournalRecord[] {
    const held: JournalRecord[] = [...[...this.#unverified.values()].flat(), ...this.#completed.values()];
    return held.filter(({ time }) => now - time <= this.#window);
  }

  /**
   * Whether this tap repeats one that did commit: the person has paid and is let through. (A medium that is unchanged
   * since a torn tap did not commit it, and is decided anew.)
   */
  isCompleted(reading: MediumReading, request: TapRequest, now: Time): boolean {
    const { account } = reading;
    const { medium, lastTime, lastTerminal } = account;
    if (now - lastTime > this.#window) return false;
    if (this.#completed.get(medium)?.lastTime === lastTime) return false;
    return lastTerminal === this.#options.terminal ? this.#isOwn(account, request) : this.#isSibling(reading, request);
  }

  /** L and Z name this terminal's own unverified intent (eqs. 11, 12), and the person asks for the same. */
  #isOwn(account: MediumAccount, request: TapRequest): boolean {
    const record = this.#unverified.get(account.medium)?.find(({ time }) => time === account.lastTime);
    return record !== undefined && isSameRequest(record, request);
  }

  /** A sibling's commit of the same type and amount. Whether the sibling saw it succeed cannot be known here. */
  #isSibling({ account, lastType }: MediumReading, request: TapRequest): boolean {
    if (!this.#options.siblings.has(account.lastTerminal)) return false;
    if (request.type !== 'debit' && request.type !== 'validation') return false;
    // A product that the action list loaded is of the amount 0, too: it is no ride.
    if (lastType !== undefined && lastType !== request.type) return false;
    const [entry] = account.log;
    return entry?.time === account.lastTime && entry.amount === signedAmount(request);
  }

  /** Two clocks may differ by the tolerance; a narrower window would charge people twice where they do. */
  get #window(): number {
    return this.#options.retapWindow + this.#options.clockTolerance;
  }

  #forget(now: Time): void {
    const isPast = (record?: JournalRecord): boolean => record === undefined || now - record.time > this.#window;
    for (const [medium, torn] of this.#unverified) if (isPast(torn.at(-1))) this.#unverified.delete(medium);
    for (const [medium, record] of this.#completed) if (isPast(record)) this.#completed.delete(medium);
  }
}

const FORGET_ABOVE = 1000;

/** What the action list did is not what the person came for, though it be the same. */
function isSameRequest(record: TransactionRecord, request: TapRequest): boolean {
  if (record.action || record.type !== request.type || record.amount !== signedAmount(request)) return false;
  return record.type !== 'purchase' || (request.type === 'purchase' && record.product.code === request.product.code);
}
