/** Value that passes between phones, as the processes around the centre ask for it (docs/transfers.md). */
import type { Amount, RecordIdentity, TerminalNumber, Time } from '@retap/model';
import type { Reason } from '../registry/port.ts';

export interface TransferSum {
  readonly count: number;
  readonly amount: Amount;
}

/** A payment to a phone that its payer has reported and it has not: it may have taken it, and it may never have seen it. */
export interface AwaitedPayment extends RecordIdentity {
  readonly amount: Amount;
  readonly time: Time;
}

/** What one phone has been paid, and what became of it. Records that are not effective are no part of it. */
export interface Takings {
  readonly terminal: TerminalNumber;
  /** Payments that it says it took. */
  readonly taken: TransferSum;
  /** Of these, those that no payment covers until now. */
  readonly unbacked: TransferSum;
  readonly refunded: TransferSum;
  readonly cashOut: { readonly paid: TransferSum; readonly unpaid: TransferSum };
  /** No part of {@link taken}. The oldest first, at most 100. */
  readonly awaited: TransferSum & { readonly payments: readonly AwaitedPayment[] };
}

/** Why an amount was not noted as paid out. */
export type PayOutRefusal = { readonly refusal: 'cash-out-unknown' | 'paid-already' };

export interface Transfers {
  /** By number, all phones that were ever paid or cashed out; or of one. */
  takings(terminal?: TerminalNumber): Promise<readonly Takings[]>;
  /** Notes that a cash-out was paid to its owner. For ever. */
  payOut(cashOut: RecordIdentity, reason: Reason): Promise<'paid' | PayOutRefusal>;
  /**
   * Puts phones on the deny list of which two devices write the journal, once for each piece of evidence.
   * @returns how many; 0 where there is nothing new
   */
  denyCopied(): Promise<number>;
}
