/** The phone's Ed25519 key in WebCrypto: made here, used here, and never read, not by this program either. */
import type { PhoneKey } from '@retap/phone';
import type { WalletDatabase } from './database.ts';

const ALGORITHM = { name: 'Ed25519' } as const;
const KEY = 'phone';

/** Whether this browser can keep such a key. Where a page is not served safely there is no WebCrypto at all. */
export async function hasEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}

/** The one key of this phone; made where there is none yet, and kept before it is used. */
export async function phoneKey(database: WalletDatabase): Promise<PhoneKey> {
  const pair = (await database.get('keys', KEY)) ?? (await makeKey(database));
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    publicKey,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(ALGORITHM, pair.privateKey, Uint8Array.from(bytes))),
  };
}

async function makeKey(database: WalletDatabase): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' });
  // Two tabs may have made one each: the first that is kept is the phone's.
  const kept = await transaction.store.get(KEY);
  if (!kept) await transaction.store.put(made, KEY);
  await transaction.done;
  return kept ?? made;
}

/** False also where the key is none. */
export async function verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', Uint8Array.from(publicKey), ALGORITHM, false, ['verify']);
    return await crypto.subtle.verify(ALGORITHM, key, Uint8Array.from(signature), Uint8Array.from(bytes));
  } catch {
    return false;
  }
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
}

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
