/**
 * What the centre has signed of its log, read by hand (docs/audit.md, "The checkpoint"). This folder shares no code with what writes
 * the log: whoever verifies must not repeat the writer's mistakes.
 */

export interface Checkpoint {
  readonly log: string;
  /** How many entries it is of. */
  readonly size: number;
  /** Hash of the last of them. */
  readonly head: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const FRONT = 'D28443A10127A058';
const SIGNATURE = '5840';
const SIGNATURE_BYTES = 64;
/** `84 6A "Signature1" 43 A10127 58 18 "retap audit checkpoint 1" 58` */
const SIGNED = `846A5369676E61747572653143A101275818${hexOf(new TextEncoder().encode('retap audit checkpoint 1'))}58`;
const PAYLOAD = '850150';

/** Null where the text is no checkpoint, or the holder of the key has not signed it. @param document upper-case hexadecimal digits */
export async function checkpointIn(document: string, centre: CryptoKey): Promise<Checkpoint | null> {
  if (!document.startsWith(FRONT)) return null;
  const lengthHex = document.slice(FRONT.length, FRONT.length + 2);
  const payloadAt = FRONT.length + 2;
  const payloadEnd = payloadAt + 2 * Number.parseInt(lengthHex, 16);
  const payload = document.slice(payloadAt, payloadEnd);
  const signature = document.slice(payloadEnd + SIGNATURE.length);
  const isWhole =
    document.slice(payloadEnd, payloadEnd + SIGNATURE.length) === SIGNATURE && signature.length === 2 * SIGNATURE_BYTES;
  if (!isWhole) return null;
  const signed = bytesOf(SIGNED + lengthHex + payload);
  if (!(await crypto.subtle.verify('Ed25519', centre, bytesOf(signature), signed))) return null;
  return payloadOf(payload);
}

function payloadOf(payload: string): Checkpoint | null {
  if (!payload.startsWith(PAYLOAD)) return null;
  const logEnd = PAYLOAD.length + 32;
  const size = unsignedAt(payload, logEnd);
  if (size === null || payload.slice(size.end, size.end + 4) !== '5820') return null;
  const headAt = size.end + 4;
  const at = unsignedAt(payload, headAt + 64);
  if (at === null || at.end !== payload.length) return null;
  const [log, head] = [payload.slice(PAYLOAD.length, logEnd), payload.slice(headAt, headAt + 64)];
  return { log, size: size.value, head, at: at.value };
}

/** An unsigned integer of CBOR (RFC 8949, section 3.1), in its shortest form. */
function unsignedAt(hex: string, place: number): { readonly value: number; readonly end: number } | null {
  const first = Number.parseInt(hex.slice(place, place + 2), 16);
  if (first < 24) return { value: first, end: place + 2 };
  const length = [1, 2, 4, 8][first - 24];
  if (length === undefined || hex.length < place + 2 + 2 * length) return null;
  const value = Number(BigInt(`0x${hex.slice(place + 2, place + 2 + 2 * length)}`));
  const least = [24, 2 ** 8, 2 ** 16, 2 ** 32][first - 24] ?? 0;
  return value >= least && Number.isSafeInteger(value) ? { value, end: place + 2 + 2 * length } : null;
}

/** Null where the digits are no key. @throws where this browser knows no Ed25519: nothing is wrong with the log then */
export async function keyIn(centre: string): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('raw', bytesOf(centre), 'Ed25519', false, ['verify']);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'DataError') return null;
    throw error;
  }
}

export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}
