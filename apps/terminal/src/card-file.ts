/** A software card's non-volatile memory in a file: each write of the card is on the disk before the card goes on. */
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type CardMemory, IMAGE_BYTES, PAGE_BYTES } from '@retap/card';
import { lockFile } from './lock.ts';

/** How a card file is called: `anna.card`. */
export const CARD_FILE_ENDING = '.card';

const CARD_FILE_ERROR_CODES = [
  /** Another process holds this card. */
  'card-in-use',
  /** It is not as long as a card's memory. */
  'card-file-malformed',
  /** There is a file of this name already. */
  'card-file-exists',
  'card-file-missing',
] as const;
export type CardFileErrorCode = (typeof CARD_FILE_ERROR_CODES)[number];

export class CardFileError extends Error {
  override readonly name = 'CardFileError';
  readonly code: CardFileErrorCode;

  constructor(code: CardFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export class CardFile implements CardMemory {
  readonly #file: number;
  readonly #unlock: () => void;

  private constructor(file: number, unlock: () => void) {
    this.#file = file;
    this.#unlock = unlock;
  }

  /** Opens a card's file, for this process alone until it is closed. @throws CardFileError */
  static open(cardPath: string): CardFile {
    const opened = openedFile(cardPath, 'r+');
    try {
      const { size } = fstatSync(opened.file);
      if (size === IMAGE_BYTES) return new CardFile(opened.file, opened.unlock);
      throw new CardFileError(
        'card-file-malformed',
        `${cardPath}: it has ${size} bytes, a card has ${IMAGE_BYTES}; name the file of a card`,
      );
    } catch (error) {
      closeSync(opened.file);
      opened.unlock();
      throw error;
    }
  }

  /** Makes the file of a memory that was never written: no card yet. @throws CardFileError `card-file-exists` */
  static create(cardPath: string): CardFile {
    const opened = openedFile(cardPath, 'wx+');
    try {
      writeSync(opened.file, new Uint8Array(IMAGE_BYTES), 0, IMAGE_BYTES, 0);
      fsyncSync(opened.file);
      syncDirectory(cardPath);
      return new CardFile(opened.file, opened.unlock);
    } catch (error) {
      closeSync(opened.file);
      rmSync(cardPath, { force: true });
      opened.unlock();
      throw error;
    }
  }

  read(): Uint8Array {
    const image = new Uint8Array(IMAGE_BYTES);
    for (let at = 0; at < IMAGE_BYTES; ) {
      const count = readSync(this.#file, image, at, IMAGE_BYTES - at, at);
      if (count === 0) throw new Error(`a card file ended at byte ${at}`);
      at += count;
    }
    return image;
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length > PAGE_BYTES) throw new Error(`a write has at most ${PAGE_BYTES} bytes, not ${bytes.length}`);
    if (offset < 0 || offset + bytes.length > IMAGE_BYTES) throw new Error(`no memory at ${offset}`);
    const written = writeSync(this.#file, bytes, 0, bytes.length, offset);
    if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes of a card were written`);
    // Else a power cut could keep a later write and lose this one, which no chip does.
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
    this.#unlock();
  }
}

function openedFile(cardPath: string, flags: 'r+' | 'wx+'): { readonly file: number; readonly unlock: () => void } {
  const unlock = locked(cardPath);
  try {
    // A card's file holds its keys.
    return { file: openSync(cardPath, flags, 0o600), unlock };
  } catch (error) {
    unlock();
    throw faultOf(cardPath, error);
  }
}

function locked(cardPath: string): () => void {
  let lock: ReturnType<typeof lockFile>;
  try {
    lock = lockFile(cardPath);
  } catch (error) {
    throw faultOf(cardPath, error);
  }
  if (typeof lock === 'function') return lock;
  const why =
    lock === 0
      ? `it is being taken over; where nothing else runs, remove ${cardPath}.lock.takeover`
      : `process ${lock} holds this card; pull it away there first`;
  throw new CardFileError('card-in-use', `${cardPath}: ${why}`);
}

function faultOf(cardPath: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return new CardFileError('card-file-missing', `${cardPath}: no such card; check the name`, { cause: error });
  }
  if (code === 'EEXIST') {
    return new CardFileError('card-file-exists', `${cardPath}: there is such a card already; choose another name`, {
      cause: error,
    });
  }
  return error;
}

function syncDirectory(cardPath: string): void {
  const directory = openSync(path.dirname(cardPath), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
