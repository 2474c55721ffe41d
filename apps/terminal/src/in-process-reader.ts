/** A reader in this process: cards are files of a directory, and the screen holds them to it. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KeyOfValue, type RandomBytes, SoftwareCard } from '@retap/card';
import { CARD_FILE_ENDING, CardFile } from './card-file.ts';
import { faultFields, type Log } from './log.ts';
import { type HeldCard, type Reader, ReaderError } from './reader.ts';
import type { Leaves } from './screen/command.ts';
import type { ShownCard } from './screen/screen.ts';
import type { HoldableCards } from './service-options.ts';

/** How often the directory is looked at. */
const LOOK_MS = 1_000;
/** CommitTransaction, as the second byte of a wrapped command (MF2DLHX0). */
const COMMIT_TRANSACTION = 0xc7;
const NOTHING: Uint8Array = new Uint8Array();

export interface InProcessReaderOptions {
  /** Directory of the card files. */
  readonly directory: string;
  /** Of the cards, not of the terminal: a chip has its own. */
  readonly keyOfValue: KeyOfValue;
  readonly random: RandomBytes;
  readonly log: Log;
}

interface Held {
  readonly name: string;
  readonly card: SoftwareCard;
  readonly file: CardFile;
  readonly leaves: Leaves;
}

export class InProcessReader implements Reader, HoldableCards {
  readonly name: string;
  readonly #options: InProcessReaderOptions;
  readonly #closing = new AbortController();
  #held: Held | null = null;
  /** A card is served once each time it is held. */
  #isServed = false;
  #names: readonly string[] = [];
  #watcher: ((cards: readonly ShownCard[]) => void) | null = null;
  readonly #waiting = new Set<() => void>();

  constructor(options: InProcessReaderOptions) {
    this.#options = options;
    this.name = `cards in ${options.directory}`;
  }

  async waitForCard(signal: AbortSignal): Promise<HeldCard> {
    await this.#look();
    await this.#until(() => this.#held !== null && !this.#isServed, signal);
    const held = this.#held;
    if (held === null) throw new Error('a card was held and is not');
    this.#isServed = true;
    return {
      uid: held.card.uid,
      transmit: async (command) => this.#exchange(held, command),
      close: async () => {},
    };
  }

  async waitForRemoval(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#held === null || !this.#isServed, signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.pull();
  }

  watch(watcher: (cards: readonly ShownCard[]) => void): void {
    this.#watcher = watcher;
    void this.#keepLooking();
  }

  hold(name: string, leaves: Leaves): void {
    // Only what was found in the directory: a name from a page must not become a path.
    if (!this.#names.includes(name) || this.#closing.signal.aborted) return;
    this.pull();
    const { directory, keyOfValue, random, log } = this.#options;
    let file: CardFile | null = null;
    try {
      file = CardFile.open(path.join(directory, name + CARD_FILE_ENDING));
      this.#held = { name, file, leaves, card: SoftwareCard.powerOn({ memory: file, keyOfValue, random }) };
      this.#isServed = false;
    } catch (error) {
      file?.close();
      log('warn', 'card-not-held', { card: name, ...faultFields(error) });
    }
    this.#changed();
  }

  pull(): void {
    if (this.#held === null) return;
    const { card, file } = this.#held;
    this.#held = null;
    card.powerOff();
    file.close();
    this.#changed();
  }

  #exchange(held: Held, command: Uint8Array): Uint8Array {
    if (this.#held !== held) return NOTHING;
    const isTorn = held.leaves !== 'when-pulled' && command[1] === COMMIT_TRANSACTION;
    if (!isTorn) return held.card.transmit(command);
    if (held.leaves === 'after-commit') held.card.transmit(command);
    this.pull();
    return NOTHING;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      // A directory that is not there is the reader's fault, and said where a card is waited for.
      await this.#look().catch(() => {});
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const { directory } = this.#options;
    const found = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      throw new ReaderError('reader-missing', `${directory}: ${error.code}; make the directory of the card files`);
    });
    const names = found.filter((name) => name.endsWith(CARD_FILE_ENDING)).map((name) => path.parse(name).name);
    this.#names = names.sort();
    this.#show();
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(look);
        signal.removeEventListener('abort', abort);
      };
      const look = (): void => {
        if (!isSo()) return;
        end();
        resolve();
      };
      const abort = (): void => {
        end();
        reject(signal.reason);
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', abort);
    });
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
    this.#show();
  }

  #show(): void {
    this.#watcher?.(this.#names.map((name) => ({ name, isHeld: this.#held?.name === name })));
  }
}
