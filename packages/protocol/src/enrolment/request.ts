/** What a terminal asks of the centre about itself: to be enrolled, and its licence renewed. Bytes are hexadecimal digits in the JSON. */

import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError, type ProtocolErrorCode } from '../error.ts';
import { integer, isObject, refusal, required, type Shape, text } from '../shape.ts';
import { parseEnrolmentCode } from './code.ts';
import { fromHexDigits, hexDigits } from './hex.ts';

/** `POST /enrolments`, as application/json. */
export interface EnrolmentRequest {
  /** As {@link enrolmentCode} made it. */
  readonly code: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** By its private part over {@link enrolmentToBeSigned}: 64 bytes. */
  readonly signature: Uint8Array;
}

/** `POST /licences/renewal`, as application/json. */
export interface RenewalRequest {
  readonly terminal: TerminalNumber;
  /** End of the licence held, which is to be renewed. Another than the centre knows of gets the one it knows of. */
  readonly expiresAt: Time;
  /** By the terminal's key over {@link renewalToBeSigned}: 64 bytes. */
  readonly signature: Uint8Array;
}

/** Answer to an enrolment, and to a renewal. */
export interface LicenceAnswer {
  /** COSE_Sign1 by the centre, see `openLicence`. */
  readonly licence: Uint8Array;
  /** The centre's public key, Ed25519, 32 bytes. Whoever was told its fingerprint compares. */
  readonly centre: Uint8Array;
}

/** Far above a request; whatever is longer is none. */
export const ENROLMENT_BYTES_MAX = 4_096;

const ENROLMENT_CONTEXT = new TextEncoder().encode('retap enrolment 1');
const RENEWAL_CONTEXT = new TextEncoder().encode('retap renewal 1');

/** @param codeDigest SHA-256 of `enrolmentCodeBytes(code)` */
export function enrolmentToBeSigned(codeDigest: Uint8Array, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  // "retap enrolment 1" ‖ SHA-256 of the code ‖ public key
  return Uint8Array.from([...ENROLMENT_CONTEXT, ...codeDigest, ...publicKey]);
}

export function encodeEnrolment({ code, publicKey, signature }: EnrolmentRequest): Uint8Array<ArrayBuffer> {
  return encodeJson({ code, publicKey: hexDigits(publicKey), signature: hexDigits(signature) });
}

const REQUEST: Shape = [
  required('code', text(/^[\s\S]{1,64}$/, 'an enrolment code')),
  required('publicKey', text(/^[0-9A-F]{64}$/, '64 upper-case hexadecimal digits')),
  required('signature', text(/^[0-9A-F]{128}$/, '128 upper-case hexadecimal digits')),
];

/** @throws ProtocolError `enrolment-malformed`, `enrolment-code-slip` */
export function parseEnrolment(bytes: Uint8Array): EnrolmentRequest {
  const { code, publicKey, signature } = parseJson(bytes, REQUEST, 'enrolment-malformed') as Record<string, string>;
  const parsed = parseEnrolmentCode(code as string);
  if (parsed === null) {
    const message = 'this is no enrolment code: a letter was misread, left out or put in another place; read it again';
    throw new ProtocolError('enrolment-code-slip', message);
  }
  return { code: parsed, publicKey: fromHexDigits(publicKey as string), signature: fromHexDigits(signature as string) };
}

export function renewalToBeSigned(terminal: TerminalNumber, expiresAt: Time): Uint8Array<ArrayBuffer> {
  // "retap renewal 1" ‖ terminal (4 bytes) ‖ end of the licence held (8 bytes), big endian
  const numbers = new DataView(new ArrayBuffer(12));
  numbers.setUint32(0, terminal);
  numbers.setBigUint64(4, BigInt(expiresAt));
  return Uint8Array.from([...RENEWAL_CONTEXT, ...new Uint8Array(numbers.buffer)]);
}

export function encodeRenewal({ terminal, expiresAt, signature }: RenewalRequest): Uint8Array<ArrayBuffer> {
  return encodeJson({ terminal, expiresAt, signature: hexDigits(signature) });
}

const RENEWAL: Shape = [
  required('terminal', integer(1, 2 ** 31 - 1, 'from 1 to 2^31-1')),
  required('expiresAt', integer(0, 2 ** 48 - 1, 'from 0 to 2^48-1 (milliseconds since 1970)')),
  required('signature', text(/^[0-9A-F]{128}$/, '128 upper-case hexadecimal digits')),
];

/** @throws ProtocolError `licence-malformed` */
export function parseRenewal(bytes: Uint8Array): RenewalRequest {
  const value = parseJson(bytes, RENEWAL, 'licence-malformed');
  const { terminal, expiresAt, signature } = value as { terminal: number; expiresAt: number; signature: string };
  return { terminal, expiresAt, signature: fromHexDigits(signature) };
}

export function encodeLicenceAnswer({ licence, centre }: LicenceAnswer): Uint8Array<ArrayBuffer> {
  return encodeJson({ licence: hexDigits(licence), centre: hexDigits(centre) });
}

const ANSWER: Shape = [
  required('licence', text(/^([0-9A-F]{2}){1,1024}$/, 'upper-case hexadecimal digits')),
  required('centre', text(/^[0-9A-F]{64}$/, '64 upper-case hexadecimal digits')),
];

/** @throws ProtocolError `enrolment-malformed` */
export function parseLicenceAnswer(bytes: Uint8Array): LicenceAnswer {
  const { licence, centre } = parseJson(bytes, ANSWER, 'enrolment-malformed') as Record<string, string>;
  return { licence: fromHexDigits(licence as string), centre: fromHexDigits(centre as string) };
}

function encodeJson(value: Readonly<Record<string, string | number>>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify(value)));
}

function parseJson(bytes: Uint8Array, shape: Shape, code: ProtocolErrorCode): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed(code, `its ${bytes.length} bytes are not one whole JSON object`);
  }
  if (!isObject(value)) throw malformed(code, 'it must be an object');
  const reason = refusal(shape, value, '');
  if (reason !== null) throw malformed(code, reason);
  return value;
}

function malformed(code: ProtocolErrorCode, what: string): ProtocolError {
  const about = code === 'licence-malformed' ? 'a renewal' : 'an enrolment';
  return new ProtocolError(code, `not about ${about}: ${what}`);
}
