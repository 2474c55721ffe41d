/** Recovery codes: of each only the SHA-256 is kept. */
import { createHash } from 'node:crypto';

/**
 * Of a code as it was typed, and as the phone may have shown it: with other spaces, dashes or letters it is the same code. Guessing is no
 * easier by that.
 */
export function recoveryDigests(code: string): Buffer[] {
  const letters = code.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  const inFours = (letters.match(/.{1,4}/g) ?? []).join('-');
  return [...new Set([code, code.trim(), code.trim().toUpperCase(), letters, inFours])]
    .filter((text) => text !== '')
    .map((text) => createHash('sha256').update(text).digest());
}
