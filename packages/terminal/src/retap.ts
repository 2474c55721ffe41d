/** Who comes back after a torn tap: finds out whether it committed, and lets through without a second debit. */
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
  readonly #unverified = new Map<MediumName, TransactionRecord>();
  /** Media let through on the word of their last commit: the same commit lets nobody through twice. */
  readonly #completed = new Map<MediumName, JournalRecord & { readonly lastTime: Time }>();

  constructor(options: RetapOptions) {
    this.#options = options;
  }

  remember(record: JournalRecord): void {
    if (this.#unverified.size + this.#completed.size > FORGET_ABOVE) this.#forget(record.time);
    this.#unverified.delete(record.medium);
    if (record.type === 'observation') this.#completed.set(record.medium, record);
    else if (isTransaction(record) && record.status === 'unverified') this.#unverified.set(record.medium, record);
  }

  /**
   * The last record before a restart. It was on the disk, and nobody knows whether the gate opened: what it allowed is allowed
   * once more, or a person whose terminal lost its power in that instant would pay twice.
   */
  rememberUnshown(record: JournalRecord): void {
    // An observation that let nobody through, as far as is known: what it was for is remembered still.
    if (isTransaction(record) && record.status !== 'unsuccessful') this.#unverified.set(record.medium, record);
  }

  /** The records that still matter at `now`, to be remembered anew after a restart. */
  snapshot(now: Time): readonly JournalRecord[] {
    const held: JournalRecord[] = [...this.#unverified.values(), ...this.#completed.values()];
    return held.filter(({ time }) => now - time <= this.#window);
  }

  /**
   * Whether this tap repeats one that did commit: the person has paid and is let through. (A medium that is unchanged
   * since a torn tap did not commit it, and is decided anew.)
   */
  isCompleted(account: MediumAccount, request: TapRequest, now: Time): boolean {
    const { medium, lastTime, lastTerminal } = account;
    if (now - lastTime > this.#window) return false;
    if (this.#completed.get(medium)?.lastTime === lastTime) return false;
    return lastTerminal === this.#options.terminal ? this.#isOwn(account, request) : this.#isSibling(account, request);
  }

  /** L and Z name this terminal's own unverified intent (eqs. 11, 12), and the person asks for the same. */
  #isOwn(account: MediumAccount, request: TapRequest): boolean {
    const record = this.#unverified.get(account.medium);
    return record !== undefined && record.time === account.lastTime && isSameRequest(record, request);
  }

  /** A sibling's commit of the same amount. Whether the sibling saw it succeed cannot be known here. */
  #isSibling(account: MediumAccount, request: TapRequest): boolean {
    if (!this.#options.siblings.has(account.lastTerminal)) return false;
    if (request.type !== 'debit' && request.type !== 'validation') return false;
    const [entry] = account.log;
    return entry?.time === account.lastTime && entry.amount === signedAmount(request);
  }

  /** Two clocks may differ by the tolerance; a narrower window would charge people twice where they do. */
  get #window(): number {
    return this.#options.retapWindow + this.#options.clockTolerance;
  }

  #forget(now: Time): void {
    for (const memory of [this.#unverified, this.#completed]) {
      for (const [medium, record] of memory) if (now - record.time > this.#window) memory.delete(medium);
    }
  }
}

const FORGET_ABOVE = 1000;

function isSameRequest(record: TransactionRecord, request: TapRequest): boolean {
  if (record.type !== request.type || record.amount !== signedAmount(request)) return false;
  return record.type !== 'purchase' || (request.type === 'purchase' && record.product.code === request.product.code);
}
