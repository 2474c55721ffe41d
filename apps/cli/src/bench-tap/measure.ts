/** Taps timed one by one, and what of each was the card's and the reader's. */
import { createHash } from 'node:crypto';
import type { CardChannel, CardMedium } from '@retap/card';
import { amountOf, type TapRequest } from '@retap/model';
import { type JournalStore, Terminal } from '@retap/terminal';
import type { ExchangeBytes } from './wire.ts';

/** Kinds of tap, by what each adds to the fast way. */
export const KINDS = ['debit', 'debit, log read', 'validation', 'purchase', 'refill', 'debit, MAC mode'] as const;
export type Kind = (typeof KINDS)[number];

export const GATE = 17;
export const OTHER = 18;

function requestOf(kind: Kind): TapRequest {
  if (kind === 'validation') return { type: 'validation', codes: ['rides'] };
  if (kind === 'refill') return { type: 'refill', amount: amountOf(1) };
  if (kind === 'purchase') return { type: 'purchase', price: amountOf(1), product: { code: 'ticket', maxUses: 1 } };
  return { type: 'debit', amount: amountOf(1) };
}

/** A terminal without limits, on a clock that is always fit. */
export function terminalOf(
  terminal: number,
  store: JournalStore,
  now: () => number,
  isLogTime = false,
): Promise<Terminal> {
  return Terminal.open({
    terminal,
    store,
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    clock: now,
    clockSetAt: now,
    clockSetMax: Number.POSITIVE_INFINITY,
    limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(2 ** 31 - 1) },
    clockTolerance: 120_000,
    retapWindow: 30_000,
    isLogTime: () => isLogTime,
  });
}

/** A channel that notes the length of each exchange and the time it took. */
export class TimedChannel implements CardChannel {
  readonly uid: Uint8Array;
  readonly exchanges: ExchangeBytes[] = [];
  milliseconds = 0;
  readonly #channel: CardChannel;
  readonly #elapsed: () => number;

  constructor(channel: CardChannel, elapsed: () => number) {
    this.uid = channel.uid;
    this.#channel = channel;
    this.#elapsed = elapsed;
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const start = this.#elapsed();
    const answer = await this.#channel.transmit(command);
    this.milliseconds += this.#elapsed() - start;
    this.exchanges.push({ sent: command.length, received: answer.length });
    return answer;
  }
}

export interface Times {
  readonly total: number[];
  /** Without what card and reader took. */
  readonly own: number[];
}

/** One tap, that must succeed: a refusal would be fast, and no tap. */
export async function timedTap(
  terminal: Terminal,
  medium: CardMedium,
  kind: Kind,
  channel: TimedChannel,
  elapsed: () => number,
  times: Times,
): Promise<void> {
  const start = elapsed();
  const { outcome } = await terminal.tap(medium, requestOf(kind));
  const total = elapsed() - start;
  if (outcome !== 'successful') throw new Error(`a ${kind} of the bench is ${outcome}`);
  times.total.push(total);
  times.own.push(total - channel.milliseconds);
}

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
