/**
 * The envelope of a signed batch: COSE_Sign1 (RFC 9052, section 4.2), tagged, with EdDSA over Ed25519 (RFC 9053, section
 * 2.2). Written and read by hand: only this one form is accepted, and no key, no algorithm and no header is chosen by
 * whoever sends it.
 */
import type { TerminalNumber } from '@retap/model';
import { malformed } from '../error.ts';
import { decodeCbor, encodeCbor, joined, sameBytes } from './cbor.ts';

/** Content type of an uploaded signed batch (RFC 9052, section 11.3.1). */
export const SIGNED_BATCH_CONTENT_TYPE = 'application/cose; cose-type="cose-sign1"';

/** Most bytes of a signed batch: any 2,000 records are fewer, also where each has all it may have, at its longest. */
export const SIGNED_BATCH_BYTES_MAX = 4 * 2 ** 20;

/** Bytes of an Ed25519 signature (RFC 8032, section 5.1.6). */
const SIGNATURE_BYTES = 64;
/** Tag 18 (COSE_Sign1), an array of four, a byte string of nine: the protected header {1: −8 (EdDSA), 4: kid of four bytes}. */
const BEFORE_KID = Uint8Array.of(0xd2, 0x84, 0x49, 0xa2, 0x01, 0x27, 0x04, 0x44);
const KID_BYTES = 4;
const PROTECTED_AT = 3;
const KID_AT = BEFORE_KID.length;
const UNPROTECTED_AT = KID_AT + KID_BYTES;
/** The unprotected header is empty: what nobody signed shall say nothing. */
const UNPROTECTED = 0xa0;
const PAYLOAD_AT = UNPROTECTED_AT + 1;
const SIGNATURE_HEAD = Uint8Array.of(0x58, SIGNATURE_BYTES);

/** Signatures under this name are of batches; a signature that the same key makes of anything else is none of a batch. */
const EXTERNAL_AAD = new TextEncoder().encode('retap batch 1');

/** A signed batch taken apart. Whether the signature is good is for whoever has the terminal's public key. */
export interface SignedBatch {
  /** The terminal that the batch claims to be of, from the protected header. */
  readonly terminal: TerminalNumber;
  /** The bytes that the signature is over. */
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
  /** For `parseSignedPayload`. */
  readonly payload: Uint8Array;
}

/** Ed25519 over the bytes given: 64 bytes. */
export type Sign = (toBeSigned: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Signs a payload made by `encodeSignedPayload`. @throws RangeError where it is too long or `sign` gives no signature. */
export async function signedBatch(payload: Uint8Array, terminal: TerminalNumber, sign: Sign): Promise<Uint8Array> {
  const head = new Uint8Array(PAYLOAD_AT);
  head.set(BEFORE_KID);
  new DataView(head.buffer).setUint32(KID_AT, terminal);
  head[UNPROTECTED_AT] = UNPROTECTED;
  const signature = await sign(toBeSignedOf(head, payload));
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError(`a signature of ${signature.length} bytes`);
  const batch = joined([head, encodeCbor(payload), SIGNATURE_HEAD, signature]);
  if (batch.length > SIGNED_BATCH_BYTES_MAX) throw new RangeError(`a signed batch of ${batch.length} bytes`);
  return batch;
}

/**
 * Takes a signed batch apart. Only its shape is checked, neither the signature nor what is in the payload.
 * @throws ProtocolError `batch-malformed`
 */
export function openSignedBatch(bytes: Uint8Array): SignedBatch {
  if (bytes.length > SIGNED_BATCH_BYTES_MAX) {
    throw malformed(`it has ${bytes.length} bytes; send at most ${SIGNED_BATCH_BYTES_MAX} at a time`);
  }
  const payloadEnd = bytes.length - SIGNATURE_HEAD.length - SIGNATURE_BYTES;
  const payload = payloadEnd < PAYLOAD_AT ? null : byteStringIn(bytes.subarray(PAYLOAD_AT, payloadEnd));
  const isShaped =
    payload !== null &&
    sameBytes(bytes.subarray(0, KID_AT), BEFORE_KID) &&
    bytes[UNPROTECTED_AT] === UNPROTECTED &&
    sameBytes(bytes.subarray(payloadEnd, payloadEnd + SIGNATURE_HEAD.length), SIGNATURE_HEAD);
  if (!isShaped) {
    throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1, it was cut off or damaged on the way`);
  }
  const terminal = new DataView(bytes.buffer, bytes.byteOffset + KID_AT, KID_BYTES).getUint32(0);
  if (terminal < 1 || terminal > 2 ** 31 - 1) throw malformed(`its key is named ${terminal}, which is no terminal`);
  const signature = bytes.subarray(payloadEnd + SIGNATURE_HEAD.length);
  const toBeSigned = toBeSignedOf(bytes, payload);
  return { terminal, toBeSigned, signature, payload };
}

/** @param head at least the bytes before the payload */
function toBeSignedOf(head: Uint8Array, payload: Uint8Array): Uint8Array {
  return signatureStructure(head.subarray(PROTECTED_AT, UNPROTECTED_AT), EXTERNAL_AAD, payload);
}

/** What a COSE_Sign1's signature is over. @param externalAad what both sides know and nobody sends */
export function signatureStructure(
  protectedHeader: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  // Sig_structure = ["Signature1", protected header, external_aad, payload]  (RFC 9052, section 4.4)
  return encodeCbor(['Signature1', protectedHeader, externalAad, payload]);
}

function byteStringIn(bytes: Uint8Array): Uint8Array | null {
  const value = decodeCbor(bytes)?.value;
  return value instanceof Uint8Array ? value : null;
}
