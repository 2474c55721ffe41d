/** A phone as its screens use it. {@link Phone} is the one implementation. */
import type { Amount, Product } from '@retap/model';
import type { WishKind } from '@retap/protocol';
import type {
  Allowance,
  AskOutcome,
  InspectOutcome,
  PayOutcome,
  ReadRequestOutcome,
  Refused,
  TakeOutcome,
  TicketOutcome,
} from './outcome.ts';
import type { Item, PhoneDocument } from './port.ts';

export interface PhoneView {
  readonly document: PhoneDocument;
  /** Of its certificate. */
  readonly currency: string;
  readonly allowance: Allowance;
  /** Newest first. */
  readonly items: readonly Item[];
  /** Records of its own, and of others that it holds, which the centre has not acknowledged. */
  readonly unsent: number;
}

export interface PhoneActions {
  readonly view: PhoneView;
  /** Called after every change, by whatever tab. @returns stops it */
  subscribe(listener: () => void): () => void;

  // Get paid
  /** Asks for an amount; the request that was open is withdrawn. @param product of a merchant only */
  ask(wanted: {
    readonly amount: Amount;
    readonly note: string;
    readonly product: Omit<Product, 'id'> | null;
  }): Promise<AskOutcome>;
  /** The open request is not paid any more: a payment that comes late is refused, and can be reclaimed. */
  withdraw(): Promise<void>;
  /** Takes a payment, a refund or a receipt that was scanned. */
  take(message: Uint8Array): Promise<TakeOutcome>;
  /** Gives back a payment that was taken, all of it or a part, offline: the item's message is shown to the payer. */
  refund(id: string, amount: Amount): Promise<PayOutcome>;
  /** Looks at a ticket that is shown, and records that. */
  inspect(message: Uint8Array): Promise<InspectOutcome>;

  // Pay
  /** Who asks for how much. Changes nothing. */
  readRequest(message: Uint8Array): Promise<ReadRequestOutcome>;
  /** Pays a request: durable before it resolves. Again for the same request: the same payment. */
  pay(message: Uint8Array): Promise<PayOutcome>;
  /** What is to be shown of an item, again; null: nothing. */
  messageOf(id: string): Uint8Array | null;
  /** Uses a ticket that may be used a number of times, or looks at any: what is to be shown is good for a minute. */
  showTicket(productId: string, use: boolean): Promise<TicketOutcome>;
  /** Online: an amount goes to the centre, which pays it out. */
  cashOut(amount: Amount): Promise<PayOutcome>;

  // With the centre
  /** Mints a wish and keeps it; it is sent when the centre is reached. */
  wish(wanted: {
    readonly kind: WishKind;
    readonly amount: Amount;
    readonly serial: number;
    readonly code: string;
  }): Promise<Refused | { readonly outcome: 'wished'; readonly id: string }>;
  /** What the centre has not acknowledged, as a file that `retap upload` takes: a last resort. */
  exportUnsent(): Promise<Uint8Array>;
}

/** The link to the centre. It may break at any moment. */
export interface PhoneLink {
  send(message: Uint8Array): void;
  /** Called with each message; null: it broke. */
  onMessage(listener: (message: Uint8Array | null) => void): void;
  close(): void;
}

/** How a synchronisation ended. */
export type SyncOutcome =
  /** All that there was to send is at the centre, and its answer is kept. */
  | 'done'
  /** The link broke, or the centre was silent; what was acknowledged stands, the rest goes again. */
  | 'broken'
  /** The centre refuses: `PhoneDocument.standing` says why. */
  | 'refused';
