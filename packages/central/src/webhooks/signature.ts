/** Messages signed as Standard Webhooks 1.0 has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
import { createHmac } from 'node:crypto';
import type { Time } from '@retap/model';
import type { Event } from '../events/port.ts';

/** Of a message, which is the same whenever it is sent. */
export function messageId({ position }: Pick<Event, 'position'>): string {
  return `evt_${position}`;
}

export function messageBody({ position, at, type, data }: Event): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: { position, ...data } });
}

/** @param now when this attempt is made @param secrets the newest first */
export function signedHeaders(
  id: string,
  body: string,
  now: Time,
  secrets: readonly Uint8Array[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000));
  // v1 = base64(HMAC-SHA-256(secret, id "." timestamp "." body))
  const signatures = secrets.map((secret) => {
    return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/** A secret as it is told: `whsec_` and base64. */
export function secretText(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}

/** 24 to 64 bytes; null for what is no secret. */
export function secretBytes(text: string): Uint8Array | null {
  const [, base64] = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const bytes = Uint8Array.from(Buffer.from(base64 ?? '', 'base64'));
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : null;
}
