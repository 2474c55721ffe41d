/**
 * COSE_Sign1 (RFC 9052, section 4.2) with EdDSA over Ed25519, tagged, its unprotected header empty: one form, written and read by
 * hand, so that whoever sends it chooses no key, no algorithm and no header.
 */
import { decodeCbor, encodeCbor, joined } from './cbor.ts';

/** Bytes of an Ed25519 signature (RFC 8032, section 5.1.6). */
export const SIGNATURE_BYTES = 64;
const KEY_NAME_BYTES = 4;
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
  const { front, toBeSigned: before, aadBytes } = frameOf(form);
  const payloadAt = front.length;
  const payloadEnd = bytes.length - SIGNATURE_HEAD.length - SIGNATURE_BYTES;
  if (bytes.length > form.bytesMax || payloadEnd <= payloadAt) return null;
  // The key's name ends the header, which the empty map follows.
  const nameEnd = payloadAt - 1;
  const nameAt = form.hasKeyName ? nameEnd - KEY_NAME_BYTES : nameEnd;
  for (let at = 0; at < payloadAt; at += 1) {
    if ((at < nameAt || at >= nameEnd) && bytes[at] !== front[at]) return null;
  }
  if (bytes[payloadEnd] !== SIGNATURE_HEAD[0] || bytes[payloadEnd + 1] !== SIGNATURE_HEAD[1]) return null;
  const encoded = bytes.subarray(payloadAt, payloadEnd);
  const payload = decodeCbor(encoded)?.value;
  if (!(payload instanceof Uint8Array)) return null;
  const toBeSigned = joined([before, encoded]);
  const name = bytes.subarray(nameAt, nameEnd);
  toBeSigned.set(name, before.length - aadBytes - name.length);
  const keyName = form.hasKeyName ? new DataView(bytes.buffer, bytes.byteOffset + nameAt).getUint32(0) : 0;
  const signature = bytes.slice(payloadEnd + SIGNATURE_HEAD.length);
  return { keyName, payload, toBeSigned, signature };
}

/** What all of a form have before the payload, under the key 0. */
interface Frame {
  readonly front: Uint8Array;
  readonly toBeSigned: Uint8Array;
  /** Of `toBeSigned`, after the header. */
  readonly aadBytes: number;
}

const FRAMES = new WeakMap<Sign1Form, Frame>();

function frameOf(form: Sign1Form): Frame {
  const known = FRAMES.get(form);
  if (known !== undefined) return known;
  const header = headerOf(form, 0);
  // An empty payload is one byte, in whose place another payload comes.
  const toBeSigned = toBeSignedOf(form, header, new Uint8Array()).slice(0, -1);
  const aadBytes = encodeCbor(new TextEncoder().encode(form.context)).length;
  const frame = { front: frontOf(header), toBeSigned, aadBytes };
  FRAMES.set(form, frame);
  return frame;
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
