/** A card that was made without an account: it may be given one. */
import { existsSync } from 'node:fs';
import { type CardMemory, mediumNameOf } from '@retap/card';
import type { MediumName } from '@retap/model';
import { CardFile, CardFileError } from '@retap/terminal-service';
import { UsageError } from '../failure.ts';
import type { OpenKeys } from './key-place.ts';
import { accountOf, lookAt } from './look.ts';

export interface BlankCard {
  readonly memory: CardMemory;
  readonly name: MediumName;
  readonly mode: 'full' | 'mac';
  /** Gives it free for other processes. */
  close(): void;
}

/**
 * Takes the card for this process alone.
 * @returns null where there is no such card, or it is none that these keys could open an account on
 * @throws CardFileError `card-in-use`
 */
export async function blankCardAt(file: string, keys: OpenKeys): Promise<BlankCard | null> {
  if (!existsSync(file)) return null;
  const memory = cardFileAt(file);
  if (memory === null) return null;
  try {
    const { uid, mode } = await lookAt(memory, file);
    if ((await accountOf(memory, file, keys, mode)) === 'blank') {
      return { memory, mode, name: mediumNameOf(uid), close: () => memory.close() };
    }
  } catch (error) {
    // No card at all: it is kept from being overwritten like any other file.
    if (!(error instanceof UsageError)) {
      memory.close();
      throw error;
    }
  }
  memory.close();
  return null;
}

function cardFileAt(file: string): CardFile | null {
  try {
    return CardFile.open(file);
  } catch (error) {
    if (error instanceof CardFileError && error.code !== 'card-in-use') return null;
    throw error;
  }
}
