/** A passkey of this device confirms a payment: finger, face or the device's own code. Works without a network. */
import type { WalletDatabase } from '../edges/database.ts';

const KEY = 'passkey';
const TIMEOUT_MS = 60_000;

export async function canPasskey(): Promise<boolean> {
  const offered = globalThis.PublicKeyCredential;
  return (await offered?.isUserVerifyingPlatformAuthenticatorAvailable?.()) ?? false;
}

export async function hasPasskey(database: WalletDatabase): Promise<boolean> {
  return (await database.count('holder', KEY)) > 0;
}

/** False where whoever holds the phone did not want it. */
export async function makePasskey(database: WalletDatabase, name: string): Promise<boolean> {
  try {
    const made = (await navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { name: 'Retap wallet' },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        pubKeyCredParams: [
          { type: 'public-key', alg: -7 },
          { type: 'public-key', alg: -257 },
        ],
        authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required' },
        timeout: TIMEOUT_MS,
      },
    })) as PublicKeyCredential | null;
    if (!made) return false;
    await database.put('holder', new Uint8Array(made.rawId), KEY);
    return true;
  } catch {
    return false;
  }
}

/** Whether the holder was verified just now. */
export async function checkPasskey(database: WalletDatabase): Promise<boolean> {
  const id = (await database.get('holder', KEY)) as Uint8Array<ArrayBuffer> | undefined;
  if (!id) return false;
  try {
    const got = (await navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: [{ type: 'public-key', id, transports: ['internal'] }],
        userVerification: 'required',
        timeout: TIMEOUT_MS,
      },
    })) as PublicKeyCredential | null;
    const data = got && new Uint8Array((got.response as AuthenticatorAssertionResponse).authenticatorData);
    // Web Authentication, section 6.1: bit 2 of the flags says that the user was verified.
    return data !== null && ((data[32] ?? 0) & 4) !== 0;
  } catch {
    return false;
  }
}
