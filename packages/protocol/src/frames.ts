/**
 * Frames of a terminal's own journal: length (u32, little endian) ‖ crc-32 of the body (u32, little endian) ‖ body.
 * A power cut leaves a torn tail; reading finds the end of what was written whole.
 */

const HEADER_BYTES = 8;
/** A record takes far less; a longer length can only be damage. */
export const FRAME_BYTES_MAX = 2 ** 20;

export interface ReadFrames {
  /** The bodies, in order; views of the bytes given, not copies. */
  readonly frames: readonly Uint8Array[];
  /** Offset after the last whole, good frame: where the next frame is to be written. */
  readonly end: number;
  /** Whether anything follows `end`: a frame that was cut off, damaged, or never written. */
  readonly torn: boolean;
}

/** @throws RangeError if `body` is empty or longer than {@link FRAME_BYTES_MAX}. */
export function frame(body: Uint8Array): Uint8Array {
  if (body.length === 0 || body.length > FRAME_BYTES_MAX) {
    throw new RangeError(`a frame holds 1 to ${FRAME_BYTES_MAX} bytes, not ${body.length}`);
  }
  const framed = new Uint8Array(HEADER_BYTES + body.length);
  const header = new DataView(framed.buffer);
  header.setUint32(0, body.length, true);
  header.setUint32(4, crc32(body), true);
  framed.set(body, HEADER_BYTES);
  return framed;
}

/** Reads the frames before the first that is not whole and good. */
export function readFrames(bytes: Uint8Array): ReadFrames {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  let end = 0;
  while (bytes.length - end >= HEADER_BYTES) {
    const length = view.getUint32(end, true);
    // Length 0 is never written: eight zero bytes, as a file system leaves them after a power cut, would else be a frame.
    if (length === 0 || length > FRAME_BYTES_MAX || length > bytes.length - end - HEADER_BYTES) break;
    const body = bytes.subarray(end + HEADER_BYTES, end + HEADER_BYTES + length);
    if (crc32(body) !== view.getUint32(end + 4, true)) break;
    frames.push(body);
    end += HEADER_BYTES + length;
  }
  return { frames, end, torn: end < bytes.length };
}

const REVERSED_POLYNOMIAL = 0xedb88320;

const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ REVERSED_POLYNOMIAL : remainder >>> 1;
  }
  return remainder;
});

/** CRC-32 of ISO/IEC 8802-3 (Ethernet, gzip): reflected, initial value and final inversion all ones. */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder = (remainder >>> 8) ^ (REMAINDERS[(remainder ^ byte) & 0xff] as number);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
