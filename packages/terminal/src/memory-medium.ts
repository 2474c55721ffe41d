/** A medium in this process: commits atomically, counts its commits, and leaves the field when it is told to. */
import type { CommitAnswer, MediumAccount } from '@retap/model';
import type { Medium } from './port.ts';

/**
 * What goes wrong with the next conversation. `torn-before` and `torn-after` look the same to the terminal; only the
 * medium knows whether it committed.
 */
export const MEDIUM_FAULTS = ['unreadable', 'declines', 'torn-before', 'torn-after'] as const;
export type MediumFault = (typeof MEDIUM_FAULTS)[number];

export class MemoryMedium implements Medium {
  #account: MediumAccount | null;
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

  async read(): Promise<MediumAccount | null> {
    return this.#takes('unreadable') ? null : this.#account;
  }

  async commit(after: MediumAccount): Promise<CommitAnswer> {
    if (this.#takes('declines')) return 'declined';
    if (this.#takes('torn-before')) return 'torn';
    if (this.#account === null || after.mediumSerial !== this.#account.mediumSerial + 1) return 'declined';
    this.#write(after);
    return this.#takes('torn-after') ? 'torn' : 'committed';
  }

  async open(first: MediumAccount): Promise<CommitAnswer> {
    if (this.#account !== null) return 'declined';
    if (this.#takes('torn-before')) return 'torn';
    this.#write(first);
    return this.#takes('torn-after') ? 'torn' : 'committed';
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
