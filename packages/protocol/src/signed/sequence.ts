/** Signed batches one after the other in a file that is carried by hand: a CBOR sequence (RFC 8742). */
import { ProtocolError } from '../error.ts';

/** A COSE_Sign1 is a tag, an array and what is in it; more can only be an attempt to exhaust the stack. */
const DEPTH_MAX = 4;

/** @property at where it begins in the sequence */
export interface SequenceItem {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Takes a sequence apart, without looking at what its items are.
 * @throws ProtocolError `sequence-damaged` after the items that are whole: the file was cut off there, or is none
 */
export function* itemsOfSequence(bytes: Uint8Array): Generator<SequenceItem, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const end = itemEnd(bytes, at, DEPTH_MAX);
    if (end === null) {
      const message = `from byte ${at} on it is no whole batch: it was cut off or damaged on the way; carry it again`;
      throw new ProtocolError('sequence-damaged', message);
    }
    yield { at, bytes: bytes.subarray(at, end) };
    at = end;
  }
}

/** Where the item that begins at `at` ends; null where it is not whole (RFC 8949, section 3). */
function itemEnd(bytes: Uint8Array, at: number, depth: number): number | null {
  const head = headAt(bytes, at);
  if (head === null || depth === 0) return null;
  const { major, argument, end } = head;
  if (major === 2 || major === 3) return end + argument <= bytes.length ? end + argument : null;
  // Array, map, tag: as many items follow.
  const items = { 4: argument, 5: 2 * argument, 6: 1 }[major as number] ?? 0;
  let next: number | null = end;
  for (let item = 0; item < items && next !== null; item += 1) next = itemEnd(bytes, next, depth - 1);
  return next;
}

interface Head {
  readonly major: number;
  readonly argument: number;
  readonly end: number;
}

function headAt(bytes: Uint8Array, at: number): Head | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const [major, low] = [first >> 5, first & 0x1f];
  if (low < 24) return { major, argument: low, end: at + 1 };
  // 24 … 27: the argument is in the next 1, 2, 4 or 8 bytes. 31, of no definite length, is never written.
  if (low > 27) return null;
  const end = at + 1 + 2 ** (low - 24);
  if (end > bytes.length) return null;
  const argument = bytes.subarray(at + 1, end).reduce((value, byte) => value * 256 + byte, 0);
  return { major, argument, end };
}
