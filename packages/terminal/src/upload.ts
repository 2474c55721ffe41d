/** Brings a terminal's batches to the centre over a link that breaks. */
import type { ReceivedSerials } from '@retap/protocol';
import { BatchSize } from './batch-size.ts';
import type { SealedBatch } from './loaded-batch.ts';
import type { Random, Sleep, Uplink, UplinkAnswer } from './port.ts';
import type { NextBatchOptions } from './terminal.ts';

/** What has batches: a terminal. */
export interface BatchSource {
  nextBatch(options?: NextBatchOptions): Promise<SealedBatch | null>;
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
export async function uploadOnce(source: BatchSource, uplink: Uplink): Promise<UplinkAnswer['answer'] | 'empty'> {
  const batch = await source.nextBatch();
  if (batch === null) return 'empty';
  const { answer } = await uplink.send(batch.bytes, batch.form);
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

/**
 * What the centre has, as it said with an acknowledgement.
 * @param to it answers for the records up to this serial: what came after may have been on its way
 */
export type OnReceived = (received: ReceivedSerials, to: number) => void;

export interface UploadOptions {
  readonly uplink: Uplink;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly backoff?: Backoff;
  /** How many records go into a batch that is sealed now; kept from one upload to the next it learns the link. */
  readonly size?: BatchSize;
  readonly onReceived?: OnReceived;
  /** Gives up after so many faults in a row; nothing is lost, the next call goes on. Default: never. */
  readonly faultsMax?: number;
}

/** Sends batches until none is left, or the centre refuses one: what it refused it would refuse again. @throws JournalError */
export async function upload(source: BatchSource, options: UploadOptions): Promise<'empty' | 'gave-up' | 'refused'> {
  const { uplink, sleep, random, backoff = DEFAULT_BACKOFF, faultsMax = Number.POSITIVE_INFINITY } = options;
  const window = new Window(source, uplink, options.size ?? new BatchSize(), options.onReceived);
  let faults = 0;
  while (faults < faultsMax) {
    const answer = await window.advance();
    if (answer === 'empty' || answer === 'refused') return answer;
    faults = answer === 'acknowledged' ? 0 : faults + 1;
    if (faults > 0 && faults < faultsMax) await sleep(delayBefore(answer, faults, random, backoff));
  }
  return 'gave-up';
}

type Advance = UplinkAnswer['answer'] | 'empty' | { readonly afterMs: number };

function delayBefore(answer: Advance, faults: number, random: Random, backoff: Backoff): number {
  const delay = delayAfter(faults, random, backoff);
  // Who was told when to come again comes then, and some time later, for others were told the same.
  return typeof answer === 'object' ? Math.min(answer.afterMs, backoff.delayMaxMs) + delay : delay;
}

interface OnItsWay {
  readonly batch: SealedBatch;
  readonly answer: Promise<UplinkAnswer>;
  /** The centre had all up to here when it was sent. */
  readonly acknowledgedTo: number;
}

/** Batches on their way, in order of serial, the oldest first. Only the oldest is acknowledged: the journal has no holes. */
class Window {
  readonly #source: BatchSource;
  readonly #uplink: Uplink;
  readonly #size: BatchSize;
  readonly #onReceived: OnReceived | undefined;
  readonly #open: OnItsWay[] = [];
  /** The centre has them, and not yet all before them: they need not go again. By their first serial. */
  readonly #arrived = new Map<number, OnItsWay>();

  constructor(source: BatchSource, uplink: Uplink, size: BatchSize, onReceived: OnReceived | undefined) {
    this.#source = source;
    this.#uplink = uplink;
    this.#size = size;
    this.#onReceived = onReceived;
  }

  /** Sends what may be sent, and waits for the answer to the oldest. */
  async advance(): Promise<Advance> {
    await this.#fill();
    const [oldest] = this.#open;
    if (oldest === undefined) return 'empty';
    const answer = await oldest.answer;
    if (answer.answer === 'acknowledged') {
      await this.#source.acknowledge(oldest.batch);
      this.#open.shift();
      this.#size.succeeded(oldest.batch);
      if (answer.received) this.#onReceived?.(answer.received, oldest.acknowledgedTo);
      return 'acknowledged';
    }
    if (answer.answer === 'fault') this.#size.failed(oldest.batch);
    for (const each of this.#open.splice(0)) {
      if ((await each.answer).answer === 'acknowledged') this.#arrived.set(each.batch.from, each);
    }
    return answer.answer === 'later' ? { afterMs: answer.afterMs } : answer.answer;
  }

  async #fill(): Promise<void> {
    // Asked anew each time: how many may be on their way changes with those that are.
    while (this.#open.length < (this.#uplink.inFlightMax ?? 1)) {
      const after = this.#open.at(-1)?.batch.to ?? 0;
      const batch = await this.#source.nextBatch({ after, recordsMax: this.#size.records });
      if (batch === null) break;
      this.#open.push(this.#arrived.get(batch.from) ?? this.#sent(batch));
      this.#arrived.delete(batch.from);
    }
  }

  #sent(batch: SealedBatch): OnItsWay {
    const acknowledgedTo = (this.#open[0]?.batch.from ?? batch.from) - 1;
    return { batch, answer: this.#uplink.send(batch.bytes, batch.form), acknowledgedTo };
  }
}
