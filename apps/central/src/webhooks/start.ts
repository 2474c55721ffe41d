/** The sending of webhooks as this process does it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { Beat } from '../beat.ts';
import type { LicenceSigner } from '../enrolment.ts';
import type { Log } from '../log.ts';
import type { DeliveryRules } from './deliver.ts';
import { type Seal, sealBy, UNSEALED } from './seal.ts';
import { sendSome } from './sender.ts';

const RULES: DeliveryRules = {
  toLoopback: false,
  resolve: (host) => lookup(host, { all: true }),
  timeoutMs: 10_000,
  answerBytesMax: 64 * 2 ** 10,
};
const PAUSE_MS = 1_000;

export interface WebhookOptions {
  readonly central: Pick<Central, 'webhooks'>;
  readonly now: () => Time;
  readonly log: Log;
  readonly toLoopback: boolean;
  readonly seal: Seal;
}

export function sealOf(signer: LicenceSigner | undefined): Promise<Seal> {
  return signer ? sealBy(signer, (count) => Uint8Array.from(randomBytes(count))) : Promise.resolve(UNSEALED);
}

export function newWebhookSecret(): Uint8Array {
  return Uint8Array.from(randomBytes(32));
}

export function startWebhooks({ central, now, log, toLoopback, seal }: WebhookOptions): { stop(): Promise<void> } {
  let stopping = false;
  const options = {
    ...{ webhooks: central.webhooks, seal, now, log, rules: { ...RULES, toLoopback } },
    ...{ random: () => randomBytes(4).readUInt32BE() / 2 ** 32, newLease: () => randomUUID() },
    stopping: () => stopping,
  };
  const sending = new Beat({ name: 'webhooks', work: () => sendSome(options), log, pauseMs: PAUSE_MS });
  return {
    stop() {
      stopping = true;
      return sending.stop();
    },
  };
}
