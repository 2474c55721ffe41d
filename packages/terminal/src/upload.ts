/** Brings a terminal's batches to the centre over a link that breaks. */
import type { SealedBatch } from './loaded-batch.ts';
import type { Random, Sleep, Uplink, UplinkAnswer } from './port.ts';

/** What has batches: a terminal. */
export interface BatchSource {
  nextBatch(): Promise<SealedBatch | null>;
  acknowledge(batch: SealedBatch): Promise<void>;
}

export interface Backoff {
  /** Longest delay after the first fault, in milliseconds; it doubles with each further one. */
  readonly firstDelayMs: number;
  readonly delayMaxMs: number;
}
export const DEFAULT_BACKOFF: Backoff = { firstDelayMs: 1000, delayMaxMs: 300_000 };

/**
 * Sends the next batch once. After a fault nobody knows whether the centre has it: the same bytes go again, and the
 * centre answers a repeat alike.
 */
export async function uploadOnce(source: BatchSource, uplink: Uplink): Promise<UplinkAnswer | 'empty'> {
  const batch = await source.nextBatch();
  if (batch === null) return 'empty';
  const answer = await uplink.send(batch.bytes, batch.form);
  if (answer === 'acknowledged') await source.acknowledge(batch);
  return answer;
}

/**
 * Delay before the next attempt. All of it is random: 1,600 terminals that lost the same link must not come back at once.
 * @param faults faults in a row, from 1
 */
export function delayAfter(faults: number, random: Random, backoff: Backoff = DEFAULT_BACKOFF): number {
  // delay = r · min(delayMax, firstDelay · 2^(faults − 1)),  0 ≤ r < 1
  return Math.floor(random() * Math.min(backoff.delayMaxMs, backoff.firstDelayMs * 2 ** (faults - 1)));
}

export interface UploadOptions {
  readonly uplink: Uplink;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly backoff?: Backoff;
  /** Gives up after so many faults in a row; nothing is lost, the next call goes on. Default: never. */
  readonly faultsMax?: number;
}

/** Sends batches until none is left, or the centre refuses one: what it refused it would refuse again. @throws JournalError */
export async function upload(source: BatchSource, options: UploadOptions): Promise<'empty' | 'gave-up' | 'refused'> {
  const { uplink, sleep, random, backoff = DEFAULT_BACKOFF, faultsMax = Number.POSITIVE_INFINITY } = options;
  let faults = 0;
  while (faults < faultsMax) {
    const answer = await uploadOnce(source, uplink);
    if (answer === 'empty' || answer === 'refused') return answer;
    faults = answer === 'fault' ? faults + 1 : 0;
    if (faults > 0 && faults < faultsMax) await sleep(delayAfter(faults, random, backoff));
  }
  return 'gave-up';
}
