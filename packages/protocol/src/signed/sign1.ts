/**
 * COSE_Sign1 (RFC 9052, section 4.2) with EdDSA over Ed25519, tagged, its unprotected header empty: one form, written and read by
 * hand, so that whoever sends it chooses no key, no algorithm and no header.
 */
import { decodeCbor, encodeCbor, joined, sameBytes } from './cbor.ts';

/** Bytes of an Ed25519 signature (RFC 8032, section 5.1.6). */
export const SIGNATURE_BYTES = 64;
const SIGNATURE_HEAD = Uint8Array.of(0x58, SIGNATURE_BYTES);
/** {1: −8 (EdDSA)} */
const ALGORITHM = Uint8Array.of(0xa1, 0x01, 0x27);
/** {1: −8 (EdDSA), 4: a key's name of four bytes} */
const ALGORITHM_AND_KEY = Uint8Array.of(0xa2, 0x01, 0x27, 0x04, 0x44);

/** Ed25519 over the bytes given: 64 bytes. */
export type Sign = (toBeSigned: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What is signed, and as what. */
export interface Sign1Form {
  /** A signature made under this name is of nothing else. */
  readonly context: string;
  /** Of the signing key, four bytes; none where only one key can have signed. */
  readonly hasKeyName: boolean;
  readonly bytesMax: number;
}

export interface OpenedSign1 {
  /** 0 where the form names none. */
  readonly keyName: number;
  readonly payload: Uint8Array;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** @param keyName 0 where the form names none. @throws RangeError where it is too long, or `sign` gives no signature */
export async function encodeSign1(
  form: Sign1Form,
  keyName: number,
  payload: Uint8Array,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  const signature = await sign(toBeSignedOf(form, headerOf(form, keyName), payload));
  const bytes = writeSign1(form, keyName, payload, signature);
  if (bytes.length > form.bytesMax) throw new RangeError(`${form.context}: ${bytes.length} bytes to be sent at once`);
  return bytes;
}

/** With a signature that was made before. @throws RangeError where it is none */
export function writeSign1(
  form: Sign1Form,
  keyName: number,
  payload: Uint8Array,
  signature: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError(`a signature of ${signature.length} bytes`);
  return Uint8Array.from(joined([frontOf(headerOf(form, keyName)), encodeCbor(payload), SIGNATURE_HEAD, signature]));
}

/** Null where the bytes are not of that form. Whether the signature is good is for whoever has the key. */
export function openSign1(form: Sign1Form, bytes: Uint8Array): OpenedSign1 | null {
  const payloadAt = frontOf(headerOf(form, 0)).length;
  const payloadEnd = bytes.length - SIGNATURE_HEAD.length - SIGNATURE_BYTES;
  if (bytes.length > form.bytesMax || payloadEnd <= payloadAt) return null;
  const keyName = form.hasKeyName ? new DataView(bytes.buffer, bytes.byteOffset + payloadAt - 5, 4).getUint32(0) : 0;
  const header = headerOf(form, keyName);
  const head = bytes.subarray(payloadEnd, payloadEnd + SIGNATURE_HEAD.length);
  if (!sameBytes(bytes.subarray(0, payloadAt), frontOf(header)) || !sameBytes(head, SIGNATURE_HEAD)) return null;
  const payload = decodeCbor(bytes.subarray(payloadAt, payloadEnd))?.value;
  if (!(payload instanceof Uint8Array)) return null;
  const signature = bytes.slice(payloadEnd + SIGNATURE_HEAD.length);
  return { keyName, payload, toBeSigned: toBeSignedOf(form, header, payload), signature };
}

function headerOf({ hasKeyName }: Sign1Form, keyName: number): Uint8Array {
  if (!hasKeyName) return ALGORITHM;
  const name = new DataView(new ArrayBuffer(4));
  name.setUint32(0, keyName);
  return joined([ALGORITHM_AND_KEY, new Uint8Array(name.buffer)]);
}

/** Tag 18 (COSE_Sign1), an array of four, the protected header as a byte string, an empty map. */
function frontOf(header: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(0xd2, 0x84), encodeCbor(header), Uint8Array.of(0xa0)]);
}

function toBeSignedOf({ context }: Sign1Form, header: Uint8Array, payload: Uint8Array): Uint8Array {
  return signatureStructure(header, new TextEncoder().encode(context), payload);
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
