/**
 * Form of a file that a passphrase opens: one line of JSON. The passphrase becomes a key by scrypt (RFC 7914), with the
 * parameters and the salt that stand in the file; that key seals the contents by AES-256-GCM (NIST SP 800-38D), with all that
 * stands outside as associated data. Salt and nonce are drawn at each writing, so that no key seals twice.
 *
 * The checksum is no protection: it tells a bad disk from a wrong passphrase.
 */
import { createCipheriv, createDecipheriv, createHash, scrypt } from 'node:crypto';
import { fromHex, type RandomBytes, toHex } from '@retap/card';

const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Of scrypt: 128 · n · r bytes, p times. */
export interface Cost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB three times, a quarter of a second: a guess costs as much as one of OWASP's 128 MiB once, on small terminals too. */
const COST: Cost = { n: 2 ** 15, r: 8, p: 3 };
/**
 * Above 128 MiB and some seconds, to open a file that someone else wrote could take all memory of a small terminal, or all its
 * time. Below, it would give a passphrase away.
 */
export const COST_MIN: Cost = { n: 2 ** 15, r: 8, p: 1 };
const COST_MAX: Cost = { n: 2 ** 17, r: 8, p: 8 };

interface Envelope extends Cost {
  readonly salt: string;
  readonly nonce: string;
  /** Ciphertext and tag. */
  readonly sealed: string;
}

/**
 * The text of a file.
 * @param format what the file is, and in which version: one of another format does not open
 * @param plain overwritten
 */
export async function sealedText(
  format: string,
  plain: Uint8Array,
  passphrase: string,
  random: RandomBytes,
  cost: Cost = COST,
): Promise<string> {
  const [salt, nonce] = [random(SALT_BYTES), random(NONCE_BYTES)];
  const outside = { ...cost, salt: toHex(salt), nonce: toHex(nonce) };
  const cipher = createCipheriv('aes-256-gcm', await fileKey(passphrase, salt, cost), nonce);
  cipher.setAAD(Buffer.from(associated(format, outside)));
  const sealed = toHex(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
  plain.fill(0);
  const envelope = { ...outside, sealed };
  return `${JSON.stringify({ format, ...envelope, checksum: checksum(format, envelope) })}\n`;
}

/** What was sealed, or why it cannot be opened: `damaged` it is not what was written; `passphrase` it is not this one's. */
export async function openedText(
  format: string,
  text: string,
  passphrase: string,
): Promise<Uint8Array | 'damaged' | 'passphrase'> {
  const envelope = envelopeOf(format, text);
  if (envelope === null) return 'damaged';
  const sealed = fromHex(envelope.sealed);
  const key = await fileKey(passphrase, fromHex(envelope.salt), envelope);
  const decipher = createDecipheriv('aes-256-gcm', key, fromHex(envelope.nonce));
  decipher.setAAD(Buffer.from(associated(format, envelope)));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return 'passphrase';
  }
  return plain;
}

/** A passphrase typed on another system may come in other code points for the same letters. */
function fileKey(passphrase: string, salt: Uint8Array, { n, r, p }: Cost): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function associated(format: string, { n, r, p, salt, nonce }: Omit<Envelope, 'sealed'>): string {
  return JSON.stringify([format, n, r, p, salt, nonce]);
}

function checksum(format: string, envelope: Envelope): string {
  return createHash('sha256')
    .update(associated(format, envelope) + envelope.sealed)
    .digest('hex');
}

function envelopeOf(format: string, text: string): Envelope | null {
  const found = parsedObject(text);
  if (found?.format !== format) return null;
  const { n, r, p, salt, nonce, sealed } = found;
  if (!isHex(salt, SALT_BYTES) || !isHex(nonce, NONCE_BYTES) || !isHex(sealed) || !isCost(n, r, p)) return null;
  const envelope: Envelope = { n: n as number, r: r as number, p: p as number, salt, nonce, sealed };
  return sealed.length > 2 * TAG_BYTES && found.checksum === checksum(format, envelope) ? envelope : null;
}

function isCost(n: unknown, r: unknown, p: unknown): boolean {
  const within = (value: unknown, low: number, high: number): boolean =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
  return (
    within(n, COST_MIN.n, COST_MAX.n) &&
    Number.isInteger(Math.log2(n as number)) &&
    within(r, COST_MIN.r, COST_MAX.r) &&
    within(p, COST_MIN.p, COST_MAX.p)
  );
}

export function parsedObject(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function isHex(value: unknown, bytes?: number): value is string {
  if (typeof value !== 'string' || !/^([0-9A-F]{2})*$/.test(value)) return false;
  return bytes === undefined || value.length === 2 * bytes;
}
