/** Room in the browser's storage: asked for once, and looked at before a payment. */

/** A payment takes a few kilobytes; below this no new one is begun. */
const ROOM_MIN = 256 * 1024;

/** The browser may throw away what is not persistent when its disk is full. @returns whether it promises not to */
export async function askToPersist(): Promise<boolean> {
  const { storage } = navigator;
  if (!storage?.persist) return false;
  return (await storage.persisted()) || (await storage.persist());
}

export async function isPersistent(): Promise<boolean> {
  return (await navigator.storage?.persisted?.()) ?? false;
}

/** Whether there is room for another payment, as far as the browser says. Its own refusal comes too, but later. */
export async function hasRoom(): Promise<boolean> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined || quota - usage >= ROOM_MIN;
}
