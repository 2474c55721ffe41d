/** Room in the browser's storage: asked for once, and tried before a payment. */
import type { WalletDatabase } from './database.ts';

/** A payment takes a few kilobytes. */
const ROOM_BYTES = 64 * 1024;
const KEY = 'room';

/** The browser may throw away what is not persistent when its disk is full. @returns whether it promises not to */
export async function askToPersist(): Promise<boolean> {
  const { storage } = navigator;
  if (!storage?.persist) return false;
  return (await storage.persisted()) || (await storage.persist());
}

export async function isPersistent(): Promise<boolean> {
  return (await navigator.storage?.persisted?.()) ?? false;
}

/**
 * Whether there is room for another payment. By writing as much: what `navigator.storage.estimate` says of the quota is made up in newer
 * browsers, so that no page can tell disks apart.
 */
export async function hasRoom(database: WalletDatabase): Promise<boolean> {
  try {
    await database.put('holder', new Uint8Array(ROOM_BYTES), KEY);
    return true;
  } catch {
    return false;
  }
}
