/** `POST /phones`: a phone asks for a number and an account. Bytes are hexadecimal digits in the JSON. */
import type { TerminalNumber } from '@retap/model';
import { fromHexDigits, hexDigits } from '../enrolment/hex.ts';
import { ProtocolError } from '../error.ts';
import { isObject, oneOf, optional, refusal, required, type Shape, text } from '../shape.ts';
import { PHONE_KINDS, type PhoneKind } from './certificate.ts';
import { isShowable, NAME_LENGTH_MAX } from './name.ts';

export interface PhoneRegistration {
  readonly kind: PhoneKind;
  readonly name: string;
  /** Ed25519, 32 bytes. The same key asked for again gets the same number. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the recovery code: who knows the code may say that the phone is lost, and have its balance moved. */
  readonly recoveryDigest: Uint8Array;
  /** Of an operator's invitation, where this centre wants one; null: none. */
  readonly code: string | null;
  /** By the key's private part over {@link registrationToBeSigned}: 64 bytes. */
  readonly signature: Uint8Array;
}

/** The answer. */
export interface PhoneRegistered {
  readonly terminal: TerminalNumber;
  /** See `openCertificate`. */
  readonly certificate: Uint8Array;
  /** The centre's public key, Ed25519, 32 bytes. The phone believes it from now on, and no other. */
  readonly centre: Uint8Array;
}

export const REGISTRATION_BYTES_MAX = 4_096;
const CONTEXT = new TextEncoder().encode('retap phone 1');

export function registrationToBeSigned(registration: Omit<PhoneRegistration, 'signature'>): Uint8Array<ArrayBuffer> {
  const { publicKey, recoveryDigest, kind, name, code } = registration;
  // "retap phone 1" ‖ public key ‖ recovery digest ‖ JSON of [kind, name, code]
  const words = new TextEncoder().encode(JSON.stringify([kind, name, code]));
  return Uint8Array.from([...CONTEXT, ...publicKey, ...recoveryDigest, ...words]);
}

export function encodeRegistration(registration: PhoneRegistration): Uint8Array<ArrayBuffer> {
  const { kind, name, publicKey, recoveryDigest, code, signature } = registration;
  const bytes = {
    publicKey: hexDigits(publicKey),
    recoveryDigest: hexDigits(recoveryDigest),
    signature: hexDigits(signature),
  };
  return json({ kind, name, ...bytes, ...(code !== null && { code }) });
}

const DIGEST = text(/^[0-9A-F]{64}$/, '64 upper-case hexadecimal digits');
const REGISTRATION: Shape = [
  required('kind', oneOf(PHONE_KINDS)),
  required('name', text(/^[\s\S]{1,160}$/, 'a name')),
  required('publicKey', DIGEST),
  required('recoveryDigest', DIGEST),
  required('signature', text(/^[0-9A-F]{128}$/, '128 upper-case hexadecimal digits')),
  optional('code', text(/^[\s\S]{1,64}$/, 'an enrolment code')),
];

/** @throws ProtocolError `registration-malformed` */
export function parseRegistration(bytes: Uint8Array): PhoneRegistration {
  const value = parsed(bytes, REGISTRATION) as Record<string, string>;
  const { kind, name, publicKey, recoveryDigest, signature, code } = value;
  if (!isShowable(name, NAME_LENGTH_MAX)) {
    throw malformed(`"name" must be at most ${NAME_LENGTH_MAX} letters, without controls and without spaces around it`);
  }
  return {
    ...{ kind: kind as PhoneKind, name, code: code ?? null, publicKey: fromHexDigits(publicKey as string) },
    recoveryDigest: fromHexDigits(recoveryDigest as string),
    signature: fromHexDigits(signature as string),
  };
}

export function encodeRegistered({ terminal, certificate, centre }: PhoneRegistered): Uint8Array<ArrayBuffer> {
  return json({ terminal, certificate: hexDigits(certificate), centre: hexDigits(centre) });
}

const REGISTERED: Shape = [
  required('terminal', (holder, key) => (Number.isInteger(holder[key]) ? null : '"terminal" must be a number')),
  required('certificate', text(/^([0-9A-F]{2}){1,512}$/, 'upper-case hexadecimal digits')),
  required('centre', DIGEST),
];

/** @throws ProtocolError `registration-malformed` */
export function parseRegistered(bytes: Uint8Array): PhoneRegistered {
  const { terminal, certificate, centre } = parsed(bytes, REGISTERED) as {
    terminal: number;
    certificate: string;
    centre: string;
  };
  return { terminal, certificate: fromHexDigits(certificate), centre: fromHexDigits(centre) };
}

function json(value: Readonly<Record<string, string | number>>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify(value)));
}

function parsed(bytes: Uint8Array, shape: Shape): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed(`its ${bytes.length} bytes are not one whole JSON object`);
  }
  if (!isObject(value)) throw malformed('it must be an object');
  const reason = refusal(shape, value, '');
  if (reason !== null) throw malformed(reason);
  return value;
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('registration-malformed', `not about a phone's registration: ${what}`);
}
