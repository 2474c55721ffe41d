/**
 * A terminal's licence: the centre's word that the holder of a key speaks for a terminal, until a time. COSE_Sign1 (RFC
 * 9052, section 4.2) with EdDSA over Ed25519 by the centre's own key; payload [1, terminal, public key, role, issued, expires] as
 * deterministic CBOR. Written and read by hand, in this one form.
 */
import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { PHONE_KINDS } from '../phone/certificate.ts';
import { type Cbor, decodeCbor, encodeCbor } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';

/** What a terminal is used for: the key roles of terminals (docs/keys.md). */
export const TERMINAL_ROLES = ['gate', 'refill', 'inspector'] as const;
export type TerminalRole = (typeof TERMINAL_ROLES)[number];
/** What the registry knows: terminals with a licence, and phones, which have a certificate. */
export const REGISTERED_ROLES = [...TERMINAL_ROLES, ...PHONE_KINDS] as const;
export type RegisteredRole = (typeof REGISTERED_ROLES)[number];

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
const KEY_BYTES = 32;

const FORM: Sign1Form = { context: 'retap licence 1', hasKeyName: false, bytesMax: 512 };

/** @param sign Ed25519 by the centre's key: 64 bytes. Equal licences give equal bytes */
export function encodeLicence(
  { terminal, publicKey, role, issuedAt, expiresAt }: Licence,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSign1(FORM, 0, encodeCbor([VERSION, terminal, publicKey, role, issuedAt, expiresAt]), sign);
}

/** @throws ProtocolError `licence-malformed` */
export function openLicence(bytes: Uint8Array): OpenedLicence {
  const opened = openSign1(FORM, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1`);
  const { payload, toBeSigned, signature } = opened;
  return { licence: licenceIn(decodeCbor(payload)?.value ?? null), toBeSigned, signature };
}

function licenceIn(value: Cbor): Licence {
  const fields: readonly Cbor[] = Array.isArray(value) ? value : [];
  const [version, terminal, publicKey, word, issuedAt, expiresAt, ...more] = fields;
  const role = TERMINAL_ROLES.find((each) => each === word);
  const isLicence =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    publicKey instanceof Uint8Array &&
    publicKey.length === KEY_BYTES &&
    role !== undefined &&
    isWhole(issuedAt, 0, TIME_MAX) &&
    isWhole(expiresAt, 0, TIME_MAX) &&
    more.length === 0;
  if (!isLicence) throw malformed('it does not say terminal, key, role and times as this version of Retap knows them');
  return { terminal, publicKey: Uint8Array.from(publicKey), role, issuedAt, expiresAt };
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('licence-malformed', `not a licence: ${what}`);
}
