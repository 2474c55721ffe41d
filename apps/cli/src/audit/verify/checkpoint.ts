/** Checkpoints as the centre signs them: COSE_Sign1 (RFC 9052) by Ed25519, read here by hand from the document alone. */
import { createHash, createPublicKey, verify } from 'node:crypto';

export interface Checkpoint {
  readonly log: Buffer;
  readonly size: number;
  readonly head: Buffer;
  readonly at: number;
}

// Tag 18, an array of four: the protected header {1: -8}, an empty map, the payload, the signature.
const FRONT = Buffer.from('d28443a10127a058', 'hex');
const SIGNATURE = Buffer.from('5840', 'hex');
const SIGNATURE_BYTES = 64;
/** ["Signature1", h'A10127', 'retap audit checkpoint 1', …: what stands before the payload in the bytes signed. */
const SIGNED = Buffer.concat([
  Buffer.from('846a', 'hex'),
  Buffer.from('Signature1'),
  Buffer.from('43a101275818', 'hex'),
  Buffer.from('retap audit checkpoint 1'),
]);
/** [1, log of 16 bytes, …] */
const LOG = Buffer.from('850150', 'hex');
const HEAD = Buffer.from('5820', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Null where the bytes are no checkpoint, or the holder of the key has not signed them. */
export function checkpointIn(document: Buffer, centre: Buffer): Checkpoint | null {
  const length = document[FRONT.length] ?? 0;
  const payloadAt = FRONT.length + 1;
  const signatureAt = payloadAt + length + SIGNATURE.length;
  const isWhole =
    document.subarray(0, FRONT.length).equals(FRONT) &&
    document.subarray(payloadAt + length, signatureAt).equals(SIGNATURE) &&
    document.length === signatureAt + SIGNATURE_BYTES;
  if (!isWhole) return null;
  const payload = document.subarray(payloadAt, payloadAt + length);
  const signed = Buffer.concat([SIGNED, Buffer.from([0x58, length]), payload]);
  return isSigned(centre, signed, document.subarray(signatureAt)) ? payloadOf(payload) : null;
}

function payloadOf(payload: Buffer): Checkpoint | null {
  if (!payload.subarray(0, LOG.length).equals(LOG)) return null;
  const logEnd = LOG.length + 16;
  const size = unsignedAt(payload, logEnd);
  if (size === null || !payload.subarray(size.end, size.end + HEAD.length).equals(HEAD)) return null;
  const headAt = size.end + HEAD.length;
  const at = unsignedAt(payload, headAt + 32);
  if (at === null || at.end !== payload.length) return null;
  const [log, head] = [payload.subarray(LOG.length, logEnd), payload.subarray(headAt, headAt + 32)];
  return { log, head, size: size.value, at: at.value };
}

/** An unsigned integer of CBOR (RFC 8949, section 3.1), in its shortest form. */
function unsignedAt(bytes: Buffer, place: number): { readonly value: number; readonly end: number } | null {
  const first = bytes[place] ?? 0xff;
  if (first < 24) return { value: first, end: place + 1 };
  const length = [1, 2, 4, 8][first - 24];
  if (length === undefined || bytes.length < place + 1 + length) return null;
  const value = Number(BigInt(`0x${bytes.toString('hex', place + 1, place + 1 + length)}`));
  const least = [24, 2 ** 8, 2 ** 16, 2 ** 32][first - 24] ?? 0;
  return value >= least && Number.isSafeInteger(value) ? { value, end: place + 1 + length } : null;
}

function isSigned(centre: Buffer, bytes: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI, centre]), format: 'der', type: 'spki' });
    return verify(null, bytes, key, signature);
  } catch {
    return false; // 32 bytes that are no key
  }
}

/** The first 16 bytes of the SHA-256 of a public key, as a person typed them: grouped anyhow. */
export function hasFingerprint(centre: Buffer, typed: string): boolean {
  const wanted = typed.replace(/[\s:-]/g, '').toLowerCase();
  return centre.length === 32 && createHash('sha256').update(centre).digest('hex').slice(0, 32) === wanted;
}
