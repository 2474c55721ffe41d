/** A medium in this process: commits atomically, counts its commits, and leaves the field when it is told to. */
import type {
  Access,
  CommitResult,
  LogType,
  Medium,
  MediumChange,
  MediumReading,
  ReadFault,
  ReadWish,
} from '@retap/card';
import type { MediumAccount } from '@retap/model';

/**
 * What goes wrong with the next conversation. `torn-before` and `torn-after` look the same to the terminal; only the
 * medium knows whether it committed.
 */
export const MEDIUM_FAULTS = ['unreadable', 'leaves-reading', 'declines', 'torn-before', 'torn-after'] as const;
export type MediumFault = (typeof MEDIUM_FAULTS)[number];

export class MemoryMedium implements Medium {
  #account: MediumAccount | null;
  #actionSerial = 0;
  #isBlocked = false;
  #lastType: LogType | null = null;
  /** Used up by the next conversation that it can happen to. */
  fault: MediumFault | null = null;
  /** Called after each commit with the account before and after it. */
  onCommit: ((before: MediumAccount | null, after: MediumAccount) => void) | null = null;

  constructor(account: MediumAccount | null = null) {
    this.#account = account;
  }

  /** What the medium truly holds; null before it is opened. No terminal can see this while the medium is away. */
  get account(): MediumAccount | null {
    return this.#account;
  }

  async authenticate(_access: Access): Promise<'authenticated' | ReadFault> {
    return this.#takes('unreadable') ? 'unreadable' : 'authenticated';
  }

  async read(wish: ReadWish): Promise<MediumReading | ReadFault> {
    if (this.#takes('leaves-reading')) return 'unreadable';
    const account = this.#account;
    if (account === null) return 'blank';
    const isLogRead = wish.log(account);
    const reading = { account, isLogRead, actionSerial: this.#actionSerial, isBlocked: this.#isBlocked };
    return this.#lastType ? { ...reading, lastType: this.#lastType } : reading;
  }

  canHold(): boolean {
    return true;
  }

  async commit({ type, after, action }: MediumChange): Promise<CommitResult> {
    if (this.#takes('declines')) return { answer: 'declined' };
    if (this.#takes('torn-before')) return { answer: 'torn' };
    if (this.#account === null || after.mediumSerial !== this.#account.mediumSerial + 1) return { answer: 'declined' };
    this.#write(after);
    this.#lastType = type;
    if (action) {
      this.#actionSerial = action.serial;
      this.#isBlocked = action.kind === 'block';
    }
    return { answer: this.#takes('torn-after') ? 'torn' : 'committed' };
  }

  async open(first: MediumAccount): Promise<CommitResult> {
    if (this.#account !== null) return { answer: 'declined' };
    if (this.#takes('torn-before')) return { answer: 'torn' };
    this.#write(first);
    this.#lastType = 'open';
    return { answer: this.#takes('torn-after') ? 'torn' : 'committed' };
  }

  #write(after: MediumAccount): void {
    const before = this.#account;
    this.#account = after;
    this.onCommit?.(before, after);
  }

  #takes(fault: MediumFault): boolean {
    if (this.fault !== fault) return false;
    this.fault = null;
    return true;
  }
}
