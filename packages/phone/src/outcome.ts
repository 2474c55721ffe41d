/** How what a person does with a phone ends. */
import type { Amount, Product } from '@retap/model';
import type { Certificate, PaymentRequest } from '@retap/protocol';
import type { Item } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';

export type Refused = { readonly outcome: 'refused'; readonly reason: PhoneRefusal };
export const refused = (reason: PhoneRefusal): Refused => ({ outcome: 'refused', reason });

/** What one is about to pay, as far as it can be known offline: who asks is proved. */
export type ReadRequestOutcome =
  | {
      readonly outcome: 'payable';
      readonly request: PaymentRequest;
      readonly payee: Certificate;
      /** It was paid from this phone before: to pay again shows the same payment. */
      readonly paid: Item | null;
    }
  | Refused;

/** The payment is on this phone for ever; `message` is what is to be shown. */
export type PayOutcome = { readonly outcome: 'paid'; readonly item: Item; readonly message: Uint8Array } | Refused;

export type AskOutcome =
  | { readonly outcome: 'asked'; readonly request: PaymentRequest; readonly message: Uint8Array }
  | Refused;

export type TakeOutcome =
  /** A payment, or a refund, that was not here before: it is kept. `message`: the receipt. */
  | { readonly outcome: 'taken'; readonly item: Item; readonly message: Uint8Array }
  /** It was taken before, and counts once. */
  | { readonly outcome: 'taken-already'; readonly item: Item; readonly message: Uint8Array }
  /** A receipt for a payment of one's own. */
  | { readonly outcome: 'receipt'; readonly item: Item }
  | Refused;

export type InspectOutcome =
  | {
      readonly outcome: 'valid';
      readonly product: Product;
      readonly holder: Certificate;
      readonly seller: Certificate;
      readonly boughtAt: number;
      readonly uses: number;
    }
  | Refused;

export type TicketOutcome = { readonly outcome: 'shown'; readonly message: Uint8Array } | Refused;

/** What one may still do before going online. */
export interface Allowance {
  /** The next payment at most, of all limits and the balance. */
  readonly payment: Amount;
  readonly offline: Amount;
  readonly count: number;
  /** End of the certificate. */
  readonly until: number;
}
