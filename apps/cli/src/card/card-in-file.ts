/** A software card in a file, for the length of one command. */
import { randomBytes } from 'node:crypto';
import { CardImageError, type CardMemory, MemoryCardMemory, type RandomBytes, SoftwareCard } from '@retap/card';
import { softwareKey } from '@retap/keys';
import { CardFile } from '@retap/terminal-service';
import { UsageError } from '../failure.ts';

export const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));
export const keyOfValue = softwareKey;

/**
 * Works with the memory of a card while no other process can.
 * @throws CardFileError; UsageError where the file holds no card
 */
export async function withCard<Value>(file: string, work: (memory: CardFile) => Promise<Value>): Promise<Value> {
  const memory = CardFile.open(file);
  try {
    // On a copy: to look must not complete what a power cut left half done.
    powered(copyOf(memory), file);
    return await work(memory);
  } finally {
    memory.close();
  }
}

/** What is in the memory, in RAM: whatever is done with it, the file stays as it is. */
export function copyOf(memory: CardMemory): MemoryCardMemory {
  return new MemoryCardMemory(memory.read());
}

/** Puts the card into the field. @param file for the message @throws UsageError */
export function powered(memory: CardMemory, file: string): SoftwareCard {
  try {
    return SoftwareCard.powerOn({ memory, keyOfValue, random });
  } catch (error) {
    if (!(error instanceof CardImageError)) throw error;
    throw new UsageError(`${file}: this is no card, or its bytes were changed; name a file that 'retap card new' made`);
  }
}
