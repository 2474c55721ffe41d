/** Events sent to other systems, as the processes around the centre make and send them (docs/events.md). */
import type { Time } from '@retap/model';
import type { Event, EventType } from '../events/port.ts';
import type { Reason } from '../registry/port.ts';

export interface Webhook {
  readonly id: number;
  readonly url: string;
  readonly types: readonly EventType[];
  readonly enabled: boolean;
  /** Every event up to here is delivered, or none of its types. */
  readonly position: number;
  /** Attempts that failed, in a row. */
  readonly failures: number;
  readonly failingSince: Time | null;
  /** When it is tried again, where it fails. */
  readonly nextAt: Time | null;
  readonly madeAt: Time;
}

/** How an attempt ended, in the order in which it is decided. */
export const DELIVERY_OUTCOMES = [
  'delivered',
  'secret-not-opened', // sealed by another identity: nothing was sent, and it is to be rotated
  'address-refused', // its name leads to where no webhook may
  'unreachable', // no address, no connection, no TLS
  'timed-out',
  'answer-too-large',
  'gone', // 410: it wants no more, ever
  'refused', // any other status but 2xx
] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

export interface Attempt {
  readonly position: number;
  readonly at: Time;
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
  readonly tookMs: number;
}

/** A webhook that one process may send to until the lease ends, and what is to be sent, in order. */
export interface Claimed {
  readonly id: number;
  readonly url: string;
  readonly lease: string;
  /** Sealed; the newest first. Each signs. */
  readonly secrets: readonly Uint8Array[];
  readonly events: readonly Event[];
}

export type WebhookRefusalCode = 'webhook-unknown' | 'position-unknown' | 'webhooks-full';
export interface WebhookRefusal {
  readonly refusal: WebhookRefusalCode;
}

export interface NewWebhook {
  readonly url: string;
  readonly types: readonly EventType[];
  /** Sealed. */
  readonly secret: Uint8Array;
}

export interface Webhooks {
  add(webhook: NewWebhook, reason: Reason): Promise<Webhook | WebhookRefusal>;
  list(): Promise<readonly Webhook[]>;
  /** With its last attempts, the newest first. */
  webhook(id: number): Promise<(Webhook & { readonly attempts: readonly Attempt[] }) | null>;
  enable(id: number, reason: Reason): Promise<Webhook | WebhookRefusal>;
  disable(id: number, reason: Reason): Promise<Webhook | WebhookRefusal>;
  remove(id: number, reason: Reason): Promise<Webhook | WebhookRefusal>;
  /** Sends everything from this position on again. */
  replay(id: number, from: number, reason: Reason): Promise<Webhook | WebhookRefusal>;
  /** A new secret; the one before signs too, for as long as given. @param secret sealed */
  rotate(id: number, secret: Uint8Array, earlierForMs: number, reason: Reason): Promise<Webhook | WebhookRefusal>;
  /**
   * Moves each webhook past the next events, where none of them is of its types: {@link claim} looks no further than a step.
   * @returns whether there is more to pass
   */
  passOver(): Promise<boolean>;
  /** A webhook with something to send that nobody sends to just now; null where there is none. @param lease that no other has */
  claim(lease: string): Promise<Claimed | null>;
  /**
   * Notes how an attempt ended; false where the lease is over, and another process sends.
   * @param random 0 … 1: webhooks that failed together are not tried again together
   */
  attempted(claimed: Claimed, attempt: Omit<Attempt, 'at'>, random: number): Promise<boolean>;
  release(claimed: Claimed): Promise<void>;
}
