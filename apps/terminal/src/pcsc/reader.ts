/** A reader of PC/SC. */
import type { HeldCard, Reader } from '../reader.ts';
import { PcscError } from './error.ts';
import { Field } from './field.ts';
import { holdCard } from './held-card.ts';
import { PcscLink } from './link.ts';

export interface PcscReaderOptions {
  /** The reader's name as PC/SC lists it, or a part of it. Default: the first reader. */
  readonly name?: string;
  /** How long a card may take for one answer, in milliseconds; beyond it the card counts as gone. */
  readonly deadlineMs: number;
  /** Socket of a pcscd of one's own. Default: libpcsclite's, which the environment variable PCSCLITE_CSOCK_NAME moves. */
  readonly pcscd?: string;
  /** A card came that cannot be spoken to: it is mute, has no serial number of 7 bytes, or left at once. */
  readonly onUnusableCard?: (why: string) => void;
}

/**
 * Opens a reader, be it connected or not: without a reader or pcscd, `waitForCard` throws `reader-missing`, and does not
 * any more once they are there.
 * @throws PcscError `pcsc-missing`
 */
export async function openReader(options: PcscReaderOptions): Promise<Reader> {
  const field = new Field();
  const link = new PcscLink({
    reader: options.name ?? null,
    socket: options.pcscd ?? null,
    onReport: (report) => field.take(report),
  });
  const missing = await field.known();
  if (missing !== null) {
    await link.close();
    throw new PcscError(`PC/SC cannot be used (${missing}): install libpcsclite1 and pcscd, and the npm package koffi`);
  }
  return new PcscReader(options, field, link);
}

class PcscReader implements Reader {
  readonly #options: PcscReaderOptions;
  readonly #field: Field;
  readonly #link: PcscLink;
  /** The insertion that the last card came with. */
  #insertion: number | null = null;

  constructor(options: PcscReaderOptions, field: Field, link: PcscLink) {
    this.#options = options;
    this.#field = field;
    this.#link = link;
  }

  get name(): string {
    return this.#field.reader ?? this.#options.name ?? 'PC/SC';
  }

  async waitForCard(signal: AbortSignal): Promise<HeldCard> {
    for (;;) {
      this.#insertion = await this.#field.until(({ present, count }) => (present ? count : null), signal);
      const held = await holdCard(this.#link, this.#options.deadlineMs);
      if (typeof held !== 'string') return held;
      signal.throwIfAborted();
      this.#options.onUnusableCard?.(held);
      await this.waitForRemoval(signal);
    }
  }

  async waitForRemoval(signal: AbortSignal): Promise<void> {
    const last = this.#insertion;
    await this.#field.until(({ present, count }) => (present && count === last ? null : true), signal);
  }

  async close(): Promise<void> {
    await this.#link.close();
    this.#field.take({ say: 'out of service', message: 'the reader was given back' });
  }
}
