/**
 * Frames of a terminal's own journal: length (u32, little endian) ‖ crc-32 of the body (u32, little endian) ‖ body.
 * A power cut leaves a torn tail; reading finds the end of what was written whole.
 */

/** Before the body. */
export const FRAME_HEADER_BYTES = 8;
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
  assertLength(body.length);
  const framed = new Uint8Array(FRAME_HEADER_BYTES + body.length);
  framed.set(body, FRAME_HEADER_BYTES);
  writeFrameHeader(framed, 0, framed.length);
  return framed;
}

/**
 * Makes a frame of a body that is already in its place, {@link FRAME_HEADER_BYTES} after `start`.
 * @param end of the body @throws RangeError as {@link frame}
 */
export function writeFrameHeader(room: Uint8Array, start: number, end: number): void {
  const body = start + FRAME_HEADER_BYTES;
  assertLength(end - body);
  writeUint32(end - body, room, start);
  writeUint32(crc32(room, body, end), room, start + 4);
}

function assertLength(length: number): void {
  if (length < 1 || length > FRAME_BYTES_MAX) {
    throw new RangeError(`a frame holds 1 to ${FRAME_BYTES_MAX} bytes, not ${length}`);
  }
}

/** Little endian; a DataView for each frame would cost more than the frame. */
function writeUint32(value: number, room: Uint8Array, at: number): void {
  room[at] = value;
  room[at + 1] = value >>> 8;
  room[at + 2] = value >>> 16;
  room[at + 3] = value >>> 24;
}

/** Reads the frames before the first that is not whole and good. */
export function readFrames(bytes: Uint8Array): ReadFrames {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  let end = 0;
  while (bytes.length - end >= FRAME_HEADER_BYTES) {
    const length = view.getUint32(end, true);
    // Length 0 is never written: eight zero bytes, as a file system leaves them after a power cut, would else be a frame.
    if (length === 0 || length > FRAME_BYTES_MAX || length > bytes.length - end - FRAME_HEADER_BYTES) break;
    const body = bytes.subarray(end + FRAME_HEADER_BYTES, end + FRAME_HEADER_BYTES + length);
    if (crc32(body) !== view.getUint32(end + 4, true)) break;
    frames.push(body);
    end += FRAME_HEADER_BYTES + length;
  }
  return { frames, end, torn: end < bytes.length };
}

const REVERSED_POLYNOMIAL = 0xedb88320;

/** Remainders of a byte that 0, 1, 2 or 3 bytes follow, one table of 256 after the other. */
const REMAINDERS = remainders();

function remainders(): Int32Array {
  const table = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = remainder & 1 ? (remainder >>> 1) ^ REVERSED_POLYNOMIAL : remainder >>> 1;
    }
    table[byte] = remainder;
  }
  for (let at = 256; at < table.length; at += 1) {
    const before = table[at - 256] as number;
    table[at] = (before >>> 8) ^ (table[before & 0xff] as number);
  }
  return table;
}

/**
 * CRC-32 of ISO/IEC 8802-3 (Ethernet, gzip): reflected, initial value and final inversion all ones. Of `bytes` from `start`
 * to `end`, four at a time: each byte by itself must wait for the one before.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let remainder = -1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    remainder ^= word(bytes, at);
    remainder =
      (REMAINDERS[768 + (remainder & 0xff)] as number) ^
      (REMAINDERS[512 + ((remainder >>> 8) & 0xff)] as number) ^
      (REMAINDERS[256 + ((remainder >>> 16) & 0xff)] as number) ^
      (REMAINDERS[remainder >>> 24] as number);
  }
  for (; at < end; at += 1) {
    remainder = (remainder >>> 8) ^ (REMAINDERS[(remainder ^ (bytes[at] as number)) & 0xff] as number);
  }
  return ~remainder >>> 0;
}

/** Four bytes, little endian. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
