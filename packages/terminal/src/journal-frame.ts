/** Entries as the bytes of a segment: sealed where the journal is, and framed. */
import { FRAME_HEADER_BYTES, frame, RECORD_BYTES_MAX, readFrames, writeFrameHeader } from '@retap/protocol';
import { decodeAscii, encodeAscii } from './ascii.ts';
import { type JournalEntry, writeEntry } from './journal-entry.ts';
import { damaged, otherKey, type Sealer } from './journal-port.ts';

/** @param at offset in the segment at which the first frame will stand */
export function framed(texts: readonly string[], segment: number, at: number, sealer?: Sealer): Uint8Array {
  const frames: Uint8Array[] = [];
  let end = at;
  for (const text of texts) {
    const plain = encodeAscii(text);
    const bytes = frame(sealer ? sealer.seal(plain, placeOf(segment, end)) : plain);
    frames.push(bytes);
    end += bytes.length;
  }
  const joined = new Uint8Array(end - at);
  let from = 0;
  for (const bytes of frames) {
    joined.set(bytes, from);
    from += bytes.length;
  }
  return joined;
}

/** For the frame of any entry: a record and a link of the chain at most. */
export const ENTRY_BYTES_MAX = RECORD_BYTES_MAX + 256;

/**
 * @param room for {@link ENTRY_BYTES_MAX}, where the frame is written: to be used again only when it is on the store
 * @param at offset in the segment at which the frame will stand
 */
export function framedEntry(
  entry: JournalEntry,
  room: Uint8Array,
  segment: number,
  at: number,
  sealer?: Sealer,
): Uint8Array {
  const end = writeEntry(entry, room, FRAME_HEADER_BYTES);
  if (end > room.length) throw new RangeError(`an entry of ${end} bytes: ${entry.kind}`);
  if (sealer) return frame(sealer.seal(room.subarray(FRAME_HEADER_BYTES, end), placeOf(segment, at)));
  writeFrameHeader(room, 0, end);
  return room.subarray(0, end);
}

export interface SegmentFrames {
  /** What the frames say, opened as they are asked for. @throws JournalError `journal-damaged` where one does not open */
  readonly texts: Iterator<string>;
  /** Bytes that stand; what follows them is the append that a power cut tore. */
  readonly end: number;
  readonly torn: boolean;
}

/** @throws JournalError `journal-damaged` where the end is more than torn */
export function framesOf(bytes: Uint8Array, segment: number, sealer?: Sealer): SegmentFrames {
  const { frames, end, torn } = readFrames(bytes);
  // A new segment is there as a whole: nothing can tear its first frame.
  if (frames.length === 0) throw damaged(`segment ${segment} has no whole checkpoint`);
  if (torn) assertTorn(bytes.subarray(end), segment, end);
  return { texts: textsOf(bytes, frames, segment, sealer), end, torn };
}

function* textsOf(
  bytes: Uint8Array,
  frames: readonly Uint8Array[],
  segment: number,
  sealer?: Sealer,
): Generator<string, undefined> {
  let at = 0;
  for (const body of frames) {
    const plain = sealer ? sealer.open(body, placeOf(segment, at)) : body;
    if (plain === null) {
      // The first frame of all is more likely to meet a wrong key than a disk that altered just that.
      if (at === 0) throw otherKey(segment);
      throw damaged(`segment ${segment} does not open at byte ${at}: its bytes were altered`);
    }
    yield decodeAscii(plain);
    at = body.byteOffset - bytes.byteOffset + body.length;
  }
}

/** Bound to its place, no frame can be moved, left out or put in twice. */
function placeOf(segment: number, at: number): Uint8Array {
  return encodeAscii(`retap journal ${segment} ${at}`);
}

/** No single append is longer: a record with sixteen log entries takes a quarter of it. */
const APPEND_BYTES_MAX = 16_384;

/**
 * A power cut tears the last append and nothing else. Anything more is damage, and serials after it may be in use at the
 * centre: to go on would give them to other records.
 */
function assertTorn(tail: Uint8Array, segment: number, end: number): void {
  let whole = tail.length > APPEND_BYTES_MAX;
  for (let at = 1; at < tail.length && !whole; at += 1) whole = readFrames(tail.subarray(at)).frames.length > 0;
  if (whole) throw damaged(`segment ${segment} is not torn at byte ${end}, more follows`);
}
