/**
 * A terminal's licence: the centre's word that the holder of a key speaks for a terminal, until a time. COSE_Sign1 (RFC
 * 9052, section 4.2) with EdDSA over Ed25519 by the centre's own key; payload [1, terminal, public key, role, issued, expires] as
 * deterministic CBOR. Written and read by hand, in this one form.
 */
import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { type Cbor, decodeCbor, encodeCbor, sameBytes } from '../signed/cbor.ts';

/** What a terminal is used for: the key roles of terminals (docs/keys.md). */
export const TERMINAL_ROLES = ['gate', 'refill', 'inspector'] as const;
export type TerminalRole = (typeof TERMINAL_ROLES)[number];

export interface Licence {
  readonly terminal: TerminalNumber;
  /** Of the terminal: Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly role: TerminalRole;
  readonly issuedAt: Time;
  /** From this time on it is expired. */
  readonly expiresAt: Time;
}

/** A licence taken apart. Whether the signature is good is for whoever has the centre's public key. */
export interface OpenedLicence {
  readonly licence: Licence;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
/** Tag 18 (COSE_Sign1), an array of four, the protected header {1: −8 (EdDSA)} as a byte string, an empty unprotected one. */
const FRONT = Uint8Array.of(0xd2, 0x84, 0x43, 0xa1, 0x01, 0x27, 0xa0);
const PROTECTED = FRONT.slice(3, 6);
const SIGNATURE_BYTES = 64;
const SIGNATURE_HEAD = Uint8Array.of(0x58, SIGNATURE_BYTES);
const KEY_BYTES = 32;
const BYTES_MAX = 512;
const NUMBER_MAX = 2 ** 31 - 1;
const TIME_MAX = 2 ** 48 - 1;

/** A signature by the centre under this name is of a licence and of nothing else. */
const EXTERNAL_AAD = new TextEncoder().encode('retap licence 1');

/** @param sign Ed25519 by the centre's key: 64 bytes. Equal licences give equal bytes */
export async function encodeLicence(
  { terminal, publicKey, role, issuedAt, expiresAt }: Licence,
  sign: (toBeSigned: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const payload = encodeCbor([VERSION, terminal, publicKey, role, issuedAt, expiresAt]);
  const signature = await sign(toBeSignedOf(payload));
  return Uint8Array.from([...FRONT, ...encodeCbor(payload), ...SIGNATURE_HEAD, ...signature]);
}

/** @throws ProtocolError `licence-malformed` */
export function openLicence(bytes: Uint8Array): OpenedLicence {
  const payloadEnd = bytes.length - SIGNATURE_HEAD.length - SIGNATURE_BYTES;
  const head = bytes.subarray(payloadEnd, payloadEnd + SIGNATURE_HEAD.length);
  const isShaped =
    bytes.length <= BYTES_MAX &&
    payloadEnd > FRONT.length &&
    sameBytes(bytes.subarray(0, FRONT.length), FRONT) &&
    sameBytes(head, SIGNATURE_HEAD);
  const payload = isShaped ? decodeCbor(bytes.subarray(FRONT.length, payloadEnd))?.value : null;
  if (!(payload instanceof Uint8Array)) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1`);
  return {
    licence: licenceIn(decodeCbor(payload)?.value ?? null),
    toBeSigned: toBeSignedOf(payload),
    signature: bytes.slice(payloadEnd + SIGNATURE_HEAD.length),
  };
}

function licenceIn(value: Cbor): Licence {
  const fields: readonly Cbor[] = Array.isArray(value) ? value : [];
  const [version, terminal, publicKey, word, issuedAt, expiresAt, ...more] = fields;
  const role = TERMINAL_ROLES.find((each) => each === word);
  const isLicence =
    version === VERSION &&
    isNumber(terminal, 1, NUMBER_MAX) &&
    publicKey instanceof Uint8Array &&
    publicKey.length === KEY_BYTES &&
    role !== undefined &&
    isNumber(issuedAt, 0, TIME_MAX) &&
    isNumber(expiresAt, 0, TIME_MAX) &&
    more.length === 0;
  if (!isLicence) throw malformed('it does not say terminal, key, role and times as this version of Retap knows them');
  return { terminal, publicKey: Uint8Array.from(publicKey), role, issuedAt, expiresAt };
}

function isNumber(value: Cbor | undefined, low: number, high: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}

function toBeSignedOf(payload: Uint8Array): Uint8Array {
  // Sig_structure = ["Signature1", protected header, external_aad, payload]  (RFC 9052, section 4.4)
  return encodeCbor(['Signature1', PROTECTED, EXTERNAL_AAD, payload]);
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('licence-malformed', `not a licence: ${what}`);
}
