/**
 * The PIN that confirms a payment: who finds the phone open does not know it. It guards the screen, not the key: whoever reads the
 * browser's storage tries all PINs in minutes, so what limits a loss is the certificate.
 */
import type { WalletDatabase } from '../edges/database.ts';

const KEY = 'pin';
/** A cheap phone takes half a second: more would keep its owner waiting, and a thief of the storage an hour. */
const ITERATIONS = 200_000;
const FREE_TRIES = 5;
/** After the fifth wrong one; doubled by each more, up to a day. */
const FIRST_PAUSE_MS = 30_000;
const PAUSE_MAX_MS = 86_400_000;

export const PIN_FORM = /^\d{4,8}$/;

interface KeptPin {
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
  /** Wrong tries since the last right one. */
  readonly wrong: number;
  /** Before this time none is looked at. */
  readonly notBefore: number;
}

export type PinAnswer =
  | { readonly outcome: 'right' }
  | { readonly outcome: 'wrong'; readonly left: number }
  | { readonly outcome: 'paused'; readonly until: number };

export async function setPin(database: WalletDatabase, pin: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const kept: KeptPin = { salt, digest: await digestOf(pin, salt), wrong: 0, notBefore: 0 };
  await database.put('holder', kept, KEY);
}

export async function checkPin(database: WalletDatabase, pin: string, now: number): Promise<PinAnswer> {
  // Read and counted in one transaction, before it is looked at: neither two tabs nor a page that is killed gain a try.
  const transaction = database.transaction('holder', 'readwrite');
  const kept = (await transaction.store.get(KEY)) as KeptPin | undefined;
  if (!kept) return { outcome: 'wrong', left: 0 };
  // A clock that was turned back shortens no pause: it only begins anew.
  if (now < kept.notBefore) return { outcome: 'paused', until: Math.min(kept.notBefore, now + PAUSE_MAX_MS) };
  const wrong = kept.wrong + 1;
  const pause = wrong < FREE_TRIES ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (wrong - FREE_TRIES), PAUSE_MAX_MS);
  await transaction.store.put({ ...kept, wrong, notBefore: pause === 0 ? 0 : now + pause }, KEY);
  await transaction.done;
  const digest = await digestOf(pin, kept.salt);
  if (digest.every((byte, at) => byte === kept.digest[at])) {
    await database.put('holder', { ...kept, wrong: 0, notBefore: 0 }, KEY);
    return { outcome: 'right' };
  }
  return pause === 0 ? { outcome: 'wrong', left: FREE_TRIES - wrong } : { outcome: 'paused', until: now + pause };
}

async function digestOf(pin: string, salt: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: Uint8Array.from(salt), iterations: ITERATIONS };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}
