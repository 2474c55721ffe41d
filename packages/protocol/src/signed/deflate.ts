/** Raw deflate (RFC 1951) on any engine: a phone has no node:zlib. */
import { deflateSync, Inflate, inflateSync } from 'fflate';
import { joined } from './cbor.ts';

export function deflated(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}

/** A byte of deflate can stand for a thousand; after each slice it is seen whether that was too many. */
const SLICE_BYTES = 4096;

/** The bytes, or null where they are not exactly one whole deflate stream, or more than `lengthMax`. */
export function inflated(bytes: Uint8Array, lengthMax: number): Uint8Array | null {
  const whole = streamed(bytes, lengthMax);
  // fflate takes what follows the end of a stream for nothing; but then the stream is whole without its last byte too.
  const isExact = whole !== null && streamed(bytes.subarray(0, -1), lengthMax) === null;
  return isExact ? whole : null;
}

function streamed(bytes: Uint8Array, lengthMax: number): Uint8Array | null {
  if (bytes.length <= SLICE_BYTES) return atOnce(bytes, lengthMax);
  const parts: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  const stream = new Inflate((part, final) => {
    parts.push(part);
    length += part.length;
    whole = final;
  });
  try {
    for (let start = 0; start < bytes.length && length <= lengthMax; start += SLICE_BYTES) {
      stream.push(bytes.subarray(start, start + SLICE_BYTES), start + SLICE_BYTES >= bytes.length);
    }
  } catch {
    return null;
  }
  return whole && length <= lengthMax ? joined(parts) : null;
}

/** What a batch of ordinary size is: the memory that a stream sets up would take longer than to inflate it. */
function atOnce(bytes: Uint8Array, lengthMax: number): Uint8Array | null {
  try {
    const whole = inflateSync(bytes);
    return whole.length <= lengthMax ? whole : null;
  } catch {
    return null;
  }
}
