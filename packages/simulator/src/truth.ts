/** What really happened: seen inside the media, which no terminal and no centre can. */
import type { Amount, MediumAccount, MediumName, RecordIdentity, TerminalNumber, Time } from '@retap/model';
import type { Grant } from './grant.ts';

export interface MediumTruth {
  readonly balance: Amount;
  readonly lastTime: Time;
  readonly lastTerminal: TerminalNumber;
  readonly mediumSerial: number;
  /** Every product ever bought, by `id`, with its uses; also those no longer on the medium. */
  readonly products: readonly { readonly id: string; readonly uses: number }[];
}

/** A tap of which the terminal does not know whether it committed, and whether it did. */
export interface TornTap extends RecordIdentity {
  readonly medium: MediumName;
  readonly committed: boolean;
}

export type Fraud =
  | { readonly kind: 'clone'; readonly medium: MediumName; readonly at: Time }
  | { readonly kind: 'forged-balance'; readonly medium: MediumName; readonly at: Time; readonly amount: Amount }
  | { readonly kind: 'rolled-back'; readonly medium: MediumName; readonly at: Time }
  | { readonly kind: 'edited-row'; readonly medium: MediumName; readonly at: Time }
  | {
      readonly kind: 'forged-batch';
      readonly terminal: TerminalNumber;
      readonly medium: MediumName;
      readonly at: Time;
    }
  | {
      readonly kind: 'stolen-terminal' | 'restored-terminal';
      readonly terminal: TerminalNumber;
      readonly at: Time;
    }
  | { readonly kind: 'silent-terminal'; readonly terminal: TerminalNumber; readonly at: Time }
  | {
      readonly kind: 'lost-journal';
      readonly terminal: TerminalNumber;
      readonly successor: TerminalNumber;
      readonly at: Time;
    };

/** The content of `truth.json`. */
export interface Truth {
  readonly seed: string;
  readonly days: number;
  readonly asOf: Time;
  readonly media: Readonly<Record<MediumName, MediumTruth>>;
  readonly tornTaps: readonly TornTap[];
  readonly frauds: readonly Fraud[];
  /** Everything that alerts are granted for, in order of time; frauds, too. */
  readonly grants: readonly Grant[];
}

/** Something that must never happen, however often taps tear. */
export type Violation =
  | { readonly kind: 'charged-twice'; readonly medium: MediumName; readonly at: Time; readonly commits: number }
  | { readonly kind: 'not-charged'; readonly medium: MediumName; readonly at: Time }
  | { readonly kind: 'money-not-conserved'; readonly medium: MediumName; readonly missing: number }
  /** What was cut off or altered on its way was acknowledged. */
  | { readonly kind: 'damaged-batch-taken'; readonly terminal: TerminalNumber; readonly at: Time }
  | {
      readonly kind: 'whole-batch-refused';
      readonly terminal: TerminalNumber;
      readonly at: Time;
      readonly reason: string;
    }
  /** A list was taken that was altered on its way, or is older than what was held. */
  | { readonly kind: 'damaged-list-taken' | 'older-list-taken'; readonly terminal: TerminalNumber; readonly at: Time }
  /** A medium was served where the list that denies it had come. */
  | {
      readonly kind: 'denied-served';
      readonly medium: MediumName;
      readonly terminal: TerminalNumber;
      readonly at: Time;
    }
  /** After the last fault, a terminal still does not get rid of its records. */
  | { readonly kind: 'never-delivered'; readonly terminal: TerminalNumber; readonly at: Time };

/** Follows every commit on one medium, from inside. */
export class MediumAuditor {
  readonly #uses = new Map<string, number>();
  #expected = 0;
  #account: MediumAccount | null = null;

  /** Called by the medium with each commit. */
  committed(before: MediumAccount | null, after: MediumAccount): void {
    this.#expected += after.log[0]?.amount ?? 0;
    this.#account = after;
    if (before?.products === after.products) return;
    for (const { id, uses } of after.products) this.#uses.set(id, uses);
  }

  /** What it holds was changed behind the back of every terminal. */
  altered(account: MediumAccount): void {
    this.#expected += account.balance - (this.#account?.balance ?? 0);
    this.#account = account;
  }

  get truth(): MediumTruth | null {
    if (this.#account === null) return null;
    const { balance, lastTime, lastTerminal, mediumSerial } = this.#account;
    const products = [...this.#uses].map(([id, uses]) => ({ id, uses })).sort((a, b) => (a.id < b.id ? -1 : 1));
    return { balance, lastTime, lastTerminal, mediumSerial, products };
  }

  /** Money missing from the medium: balance = Σ of all amounts that it committed. */
  get missing(): number {
    return this.#expected - (this.#account?.balance ?? 0);
  }
}
