/** Sends what there is to send, to one webhook after the other, each in order. */
import { type Central, type Claimed, type Event, messageBody, messageId, signedHeaders } from '@retap/central';
import type { Time } from '@retap/model';
import type { Log } from '../log.ts';
import { type DeliveryRules, deliver } from './deliver.ts';
import type { Seal } from './seal.ts';

export interface SenderOptions {
  readonly webhooks: Central['webhooks'];
  readonly seal: Seal;
  readonly rules: DeliveryRules;
  readonly now: () => Time;
  /** 0 … 1 */
  readonly random: () => number;
  /** A name for a lease that no other has. */
  readonly newLease: () => string;
  readonly log: Log;
  /** True where it is to end soon: what is not sent yet is another's, or the next start's. */
  readonly stopping: () => boolean;
}

/** Sends to webhooks side by side, so that one that hangs does not keep the others waiting. @returns whether there may be more */
export async function sendSome(options: SenderOptions, sideBySide = 4): Promise<boolean> {
  const isBehind = await options.webhooks.passOver();
  const claimed: Claimed[] = [];
  while (claimed.length < sideBySide) {
    const next = await options.webhooks.claim(options.newLease());
    if (next === null) break;
    claimed.push(next);
  }
  await Promise.all(claimed.map((each) => sendAll(each, options)));
  return isBehind || claimed.length > 0;
}

async function sendAll(claimed: Claimed, options: SenderOptions): Promise<void> {
  const { webhooks, seal, random, log, stopping } = options;
  const secrets = claimed.secrets.flatMap((secret) => openedBy(seal, secret));
  for (const event of claimed.events) {
    if (stopping()) break;
    const { outcome, status, tookMs } =
      secrets.length === 0 ? NOT_OPENED : await send(claimed.url, event, secrets, options);
    const isOurs = await webhooks.attempted(claimed, { position: event.position, outcome, status, tookMs }, random());
    if (outcome !== 'delivered') {
      const why = outcome === 'secret-not-opened' ? { why: SEALED_BY_ANOTHER } : {};
      log('warn', 'webhook-failed', { webhook: claimed.id, outcome, status, ...why });
    }
    if (!isOurs || outcome !== 'delivered') return;
  }
  await webhooks.release(claimed);
}

const NOT_OPENED = { outcome: 'secret-not-opened', status: null, tookMs: 0 } as const;
const SEALED_BY_ANOTHER = 'its secret was sealed by another identity; rotate it';

/** None where another identity sealed it: that is a failure of this webhook, and must not keep the others waiting. */
function openedBy(seal: Seal, secret: Uint8Array): Uint8Array[] {
  try {
    return [seal.open(secret)];
  } catch {
    return [];
  }
}

async function send(url: string, event: Event, secrets: readonly Uint8Array[], { rules, now }: SenderOptions) {
  const body = messageBody(event);
  const startedAt = now();
  const headers = signedHeaders(messageId(event), body, startedAt, secrets);
  const delivered = await deliver(url, headers, body, rules);
  return { ...delivered, tookMs: Math.max(0, now() - startedAt) };
}
