/**
 * Frames: a DESFire command comes native (code, data) or wrapped in ISO/IEC 7816-4 (90 code 00 00 Lc data 00). What else has the
 * form of an APDU is ISO SELECT, or PC/SC's question for the UID, which a reader answers where there is one.
 */
import { concat } from '../bytes.ts';
import { STATUS, type Status } from './status.ts';

export type Frame =
  | { readonly form: 'native' | 'wrapped'; readonly code: number; readonly data: Uint8Array }
  | { readonly form: 'iso'; readonly parameters: readonly [number, number]; readonly data: Uint8Array }
  | { readonly form: 'uid' }
  | { readonly form: 'refused'; readonly word: number };

/** Status words of ISO/IEC 7816-4 section 5.6. */
export const ISO = {
  success: 0x9000,
  wrongLength: 0x6700,
  notFound: 0x6a82,
  wrongParameters: 0x6a86,
  unknownInstruction: 0x6d00,
  unknownClass: 0x6e00,
} as const;

const CLASS_ISO = 0x00;
const CLASS_WRAPPED = 0x90;
const CLASS_READER = 0xff;
const INSTRUCTION_SELECT = 0xa4;
const INSTRUCTION_GET_DATA = 0xca;

/** Largest native frame: a code or status and 59 bytes. */
const NATIVE_DATA_BYTES = 59;
/** Of an FSC: block header 1, CRC 2 and the status word. */
const WRAPPED_OVERHEAD = 5;

/** What one frame of an answer holds at most. @param frameBytes FSC: what the card says it sends and takes */
export function frameDataBytes(form: 'native' | 'wrapped', frameBytes: number): number {
  return form === 'native' ? Math.min(NATIVE_DATA_BYTES, frameBytes - 4) : frameBytes - WRAPPED_OVERHEAD;
}

/** @param isNative whether the first byte is a command that the card knows */
export function parseFrame(bytes: Uint8Array, isNative: (code: number) => boolean): Frame {
  const [first] = bytes;
  if (first === undefined) return { form: 'refused', word: ISO.wrongLength };
  if (first === CLASS_ISO || first === CLASS_WRAPPED || first === CLASS_READER) return parseApdu(bytes);
  if (isNative(first) || bytes.length < 4) return { form: 'native', code: first, data: bytes.slice(1) };
  return { form: 'refused', word: ISO.unknownClass };
}

function parseApdu(bytes: Uint8Array): Frame {
  const [first, instruction = 0, p1 = 0, p2 = 0] = bytes;
  const data = apduData(bytes);
  if (data === null) return { form: 'refused', word: ISO.wrongLength };
  if (first === CLASS_WRAPPED) {
    if (p1 !== 0 || p2 !== 0) return { form: 'refused', word: ISO.wrongParameters };
    return { form: 'wrapped', code: instruction, data };
  }
  if (first === CLASS_ISO && instruction === INSTRUCTION_SELECT) return { form: 'iso', parameters: [p1, p2], data };
  if (first === CLASS_READER && instruction === INSTRUCTION_GET_DATA && p1 === 0 && p2 === 0) return { form: 'uid' };
  return { form: 'refused', word: ISO.unknownInstruction };
}

/** Data of a short APDU, with or without Le; null where Lc does not fit. */
function apduData(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < 4) return null;
  if (bytes.length <= 5) return new Uint8Array(0);
  const length = bytes[4] ?? 0;
  const hasLe = bytes.length === 6 + length;
  return length > 0 && (hasLe || bytes.length === 5 + length) ? bytes.slice(5, 5 + length) : null;
}

/** Native: status, data. Wrapped: data, 91 and the status. */
export function formatAnswer(form: 'native' | 'wrapped', status: Status, data: Uint8Array): Uint8Array {
  return form === 'native' ? concat([STATUS[status]], data) : concat(data, [0x91, STATUS[status]]);
}

export function formatWord(word: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(data, [word >> 8, word & 0xff]);
}
