/**
 * Secrets of webhooks at rest. They must be usable, so they are encrypted and not hashed: by a key that is derived from the
 * centre's identity, which is not in the database. Whoever has the database alone, or a backup of it, has no secret.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { LicenceSigner } from '../enrolment.ts';

export interface Seal {
  seal(secret: Uint8Array): Uint8Array;
  /** @throws Error where it was sealed by another */
  open(sealed: Uint8Array): Uint8Array;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LABEL = 'retap webhook secrets 1';

/**
 * Ed25519 signatures are deterministic (RFC 8032, 5.1.6): one over a label that nothing else is signed as is a secret of the
 * identity. key = HKDF-SHA-256(signature, info = label); AES-256-GCM, nonce ‖ ciphertext ‖ tag.
 */
export async function sealBy(signer: LicenceSigner, randomBytes: (count: number) => Uint8Array): Promise<Seal> {
  const signature = await signer.sign(new TextEncoder().encode(LABEL));
  const key = Buffer.from(hkdfSync('sha256', signature, new Uint8Array(), LABEL, 32));
  return {
    seal(secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

/** An open centre has no identity, and believes whoever reaches it: its secrets are kept as they are. */
export const UNSEALED: Seal = { seal: (secret) => secret, open: (sealed) => sealed };
