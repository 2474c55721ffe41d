/** Ed25519 (RFC 8032) by node:crypto, over raw keys as they travel: a private key is its seed of 32 bytes, a public one 32. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { toHex } from '@retap/card';

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const FINGERPRINT_BYTES = 16;

/** What stands before the 32 bytes of a key in PKCS #8 and in SubjectPublicKeyInfo (RFC 8410, clauses 7 and 4). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** y of the points whose order divides 8, little endian, as 0 … p + 1 and with the sign bit cleared. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  '26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC05',
  'C7176A703D4DD84FBA3C0B760D10670F2A2053FA2C39CCC64EC7FD7792AC037A',
  `EC${'FF'.repeat(30)}7F`,
  `ED${'FF'.repeat(30)}7F`,
  `EE${'FF'.repeat(30)}7F`,
]);

/** @param seed taken into OpenSSL's memory; the caller may overwrite it */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PRIVATE_PREFIX, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

/** @returns 32 bytes */
export function publicKeyOf(privateKey: KeyObject): Uint8Array {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(der.subarray(PUBLIC_PREFIX.length));
}

/**
 * Whether these are 32 bytes that can be somebody's key. Under a point of small order a signature that suits one message suits
 * others that nobody signed, so whoever enrols with one could deny everything; OpenSSL takes them.
 */
export function isPublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== PUBLIC_KEY_BYTES) return false;
  const last = PUBLIC_KEY_BYTES - 1;
  const y = Uint8Array.from(bytes, (byte, place) => (place === last ? byte & 0x7f : byte));
  return !SMALL_ORDER.has(toHex(y));
}

/** Whether the holder of the key has signed exactly these bytes. False for whatever is no key or no signature, too. */
export function verifySignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1');
  const known = KNOWN.get(name);
  const key = known ?? readKey(publicKey);
  const isGood = key !== null && verify(null, bytes, key, signature);
  if (isGood && known === undefined) know(name, key);
  return isGood;
}

/** Null where these bytes are nobody's key. */
function readKey(publicKey: Uint8Array): KeyObject | null {
  if (!isPublicKey(publicKey)) return null;
  try {
    const der = Buffer.concat([PUBLIC_PREFIX, publicKey]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    // 32 bytes that are no point of the curve.
    return null;
  }
}

/** Keys that signatures were good under, as OpenSSL has read them: to read one takes as long as to verify a signature. */
const KNOWN = new Map<string, KeyObject>();
/** Of the largest fleet, and some. */
const KNOWN_MAX = 20_000;

/** Where there is no room, the one known longest is forgotten. */
function know(name: string, key: KeyObject): void {
  const [longest] = KNOWN.size < KNOWN_MAX ? [] : KNOWN.keys();
  if (longest !== undefined) KNOWN.delete(longest);
  KNOWN.set(name, key);
}

/**
 * What two people compare by eye or over the telephone: the first 16 bytes of the SHA-256 of a public key, as eight groups of four
 * hexadecimal digits. To find another key with the same takes 2¹²⁸ trials.
 */
export function fingerprint(publicKey: Uint8Array): string {
  const digest = createHash('sha256').update(publicKey).digest();
  return (toHex(digest.subarray(0, FINGERPRINT_BYTES)).match(/.{4}/g) ?? []).join('-');
}

/** Whether a fingerprint that somebody typed or pasted, grouped anyhow, is this key's. */
export function hasFingerprint(publicKey: Uint8Array, typed: string): boolean {
  const plain = (text: string): string => text.replace(/[\s:-]/g, '').toUpperCase();
  return plain(typed) === plain(fingerprint(publicKey));
}
