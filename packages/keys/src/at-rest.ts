/** What lies on a terminal's disk, so that a stolen disk tells nothing and takes no change unnoticed. */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { RandomBytes } from '@retap/card';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes by which what is sealed is longer than what was. */
export const SEAL_BYTES: number = NONCE_BYTES + TAG_BYTES;

/** Seals one frame at a time, each for its own place: the journal's `Sealer`. */
export interface Sealing {
  /** @param associated where the frame belongs, or what else it must stand with */
  seal(plain: Uint8Array, associated: Uint8Array): Uint8Array;
  /** What was sealed; null where it was changed, cut, put in another place, or sealed by another key. */
  open(sealed: Uint8Array, associated: Uint8Array): Uint8Array | null;
}

/**
 * AES-256-GCM (NIST SP 800-38D): `nonce (12) ‖ ciphertext ‖ tag (16)`. With the frame's place as associated data frames cannot be
 * exchanged for each other.
 *
 * The nonce is random and stored, not a count: after a torn tail is cut off, the same place is written again with other
 * content, and two frames under one nonce would give both away. Random nonces of 96 bits may meet by chance: with n frames
 * under one key with probability n² / 2⁹⁷, which is 2⁻³³ at the 2³² frames that SP 800-38D (8.3) allows; a
 * terminal of 1,000,000 records stays at 2⁻⁵⁷.
 *
 * @param key 32 bytes, of the key store's `journalKey` @param random fit for nonces
 */
export function sealing(key: Uint8Array, random: RandomBytes): Sealing {
  if (key.length !== KEY_BYTES) throw new Error(`an AES-256 key has ${KEY_BYTES} bytes, not ${key.length}`);
  const own = Uint8Array.from(key);
  return {
    seal(plain, associated) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', own, nonce).setAAD(associated);
      const encrypted = cipher.update(plain);
      cipher.final();
      const sealed = new Uint8Array(plain.length + SEAL_BYTES);
      sealed.set(nonce);
      sealed.set(encrypted, NONCE_BYTES);
      sealed.set(cipher.getAuthTag(), NONCE_BYTES + plain.length);
      return sealed;
    },
    open(sealed, associated) {
      if (sealed.length < SEAL_BYTES) return null;
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', own, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associated).setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      try {
        decipher.final();
      } catch {
        return null;
      }
      return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
    },
  };
}

/** HKDF (RFC 5869) with SHA-256: no other use of the secret would give the same key. @returns 32 bytes */
export function journalKeyOf(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), 'retap journal at rest 1', KEY_BYTES));
}
