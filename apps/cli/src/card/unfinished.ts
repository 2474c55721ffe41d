/**
 * A card that is being made, in `FILE.part`: FILE appears only when the card is whole and the record of its opening is on the disk.
 * Whatever is killed, the same command goes on: a card whose opening was recorded is finished, any other is made anew.
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type CardMemory, PAGE_BYTES, toHex } from '@retap/card';
import { CardFile, CardFileError } from '@retap/terminal-service';
import { UsageError } from '../failure.ts';

const PART = '.part';

export class UnfinishedCard {
  readonly file: string;
  readonly memory: CardFile;
  /** Takes the place of the file of this name. */
  readonly #replaces: boolean;

  private constructor(file: string, memory: CardFile, replaces: boolean) {
    this.file = file;
    this.memory = memory;
    this.#replaces = replaces;
  }

  /**
   * Takes the name for this process alone.
   * @param replaces there is a card of this name, held by this process; it is replaced when this one is whole
   * @returns `finished` where only the last step of another run was missing
   * @throws UsageError where there is such a file; CardFileError `card-in-use`
   */
  static begin(file: string, replaces = false): UnfinishedCard | 'finished' {
    const isFinished = isSameFile(file, file + PART);
    if (existsSync(file) && !isFinished && !replaces) {
      throw new UsageError(`${file}: there is such a file already, and it is not overwritten; choose another name`);
    }
    const memory = claimed(file + PART);
    const card = new UnfinishedCard(file, memory, replaces);
    if (!isFinished) return card;
    card.#end();
    return 'finished';
  }

  /** Puts an image in the place of what is there. Until its last write, it is no card. */
  keep(image: Uint8Array): void {
    const present = this.memory.read();
    writePage(this.memory, 0, new Uint8Array(PAGE_BYTES));
    for (let at = PAGE_BYTES; at < image.length; at += PAGE_BYTES) {
      const page = image.subarray(at, at + PAGE_BYTES);
      if (toHex(page) !== toHex(present.subarray(at, at + PAGE_BYTES))) writePage(this.memory, at, page);
    }
    writePage(this.memory, 0, image.subarray(0, PAGE_BYTES));
  }

  /** Gives the card its name. @throws UsageError where somebody else took it meanwhile */
  finish(): void {
    try {
      if (this.#replaces) renameSync(this.file + PART, this.file);
      else linkSync(this.file + PART, this.file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new UsageError(`${this.file}: there is such a file since; move it away and run this again`);
    }
    syncDirectory(this.file);
    this.#end();
  }

  /** Gives the name free; the next run goes on with what is there. */
  leave(): void {
    this.memory.close();
  }

  /** Nothing came of it. */
  discard(): void {
    this.#end();
  }

  #end(): void {
    rmSync(this.file + PART, { force: true });
    this.memory.close();
  }
}

function claimed(part: string): CardFile {
  try {
    return CardFile.create(part);
  } catch (error) {
    if (!(error instanceof CardFileError)) throw error;
    if (error.code === 'card-file-missing') {
      throw new UsageError(`${path.dirname(part)}: no such directory; make it first`, { cause: error });
    }
    if (error.code !== 'card-file-exists') throw error;
  }
  try {
    return CardFile.open(part);
  } catch (error) {
    // Killed while it was created: not even empty memory, so nothing is lost.
    if (!(error instanceof CardFileError) || error.code !== 'card-file-malformed') throw error;
    rmSync(part);
    return CardFile.create(part);
  }
}

function writePage(memory: CardMemory, offset: number, page: Uint8Array): void {
  memory.write(offset, page);
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one, { throwIfNoEntry: false }), statSync(other, { throwIfNoEntry: false })];
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function syncDirectory(file: string): void {
  const directory = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
