/**
 * A text that is too long for one QR code, as frames that are shown one after the other for as long as somebody looks: any that are seen, in
 * any order, a few more than there are pieces, are enough (docs/wallet.md). What is read is held to two checksums, and signed besides.
 */
import { base45, crc32, fromBase45, messageBytesIn, messageText } from '@retap/protocol';
import { PIECES_MAX, PieceSums, piecesOf, subsetOf, sumOf } from './pieces.ts';

const FRAME_HEAD = 'RETAPF:';
/** In bytes; with the frame's own 14 a QR code of version 9 (53 modules) at level M. */
export const PIECE_LENGTH = 120;

/** What the bytes are: a wallet's message as itself, whose letters would take half as much again, or any text in UTF-8. */
const MESSAGE = 1;
const TEXT = 2;
/** kind (1) ‖ pieces (1) ‖ length (2) ‖ crc-32 of the whole (4) ‖ index (2), big endian; then the piece; then crc-32 of all before it (4). */
const HEAD_BYTES = 10;
const TAIL_BYTES = 4;
const LENGTH_MAX = 65_535;
/** Frames have numbers modulo this: with sixteen a second it takes more than an hour until they come again. */
const INDEX_COUNT = 65_536;
/** Texts that are put together at a time. Who turns from one screen to another and back has lost nothing. */
const TEXTS_MAX = 4;

/**
 * @param pieceLength at most, in bytes
 * @returns the text of each frame, for QR codes in alphanumeric mode; index from 0
 * @throws RangeError if the text is empty, or too long for so short pieces
 */
export function framesOf(text: string, pieceLength = PIECE_LENGTH): (index: number) => string {
  const { kind, bytes } = bytesOf(text);
  const count = Math.ceil(bytes.length / pieceLength);
  if (count < 1 || count > PIECES_MAX || bytes.length > LENGTH_MAX) {
    throw new RangeError(`${bytes.length} bytes are not 1 to ${PIECES_MAX} pieces of ${pieceLength}`);
  }
  const pieces = piecesOf(bytes, count);
  const check = crc32(bytes);
  return (index) => {
    const number = index % INDEX_COUNT;
    const sum = sumOf(pieces, subsetOf(check, count, number));
    const frame = new Uint8Array(HEAD_BYTES + sum.length + TAIL_BYTES);
    const view = new DataView(frame.buffer);
    frame[0] = kind;
    frame[1] = count;
    view.setUint16(2, bytes.length);
    view.setUint32(4, check);
    view.setUint16(8, number);
    frame.set(sum, HEAD_BYTES);
    view.setUint32(frame.length - TAIL_BYTES, crc32(frame, 0, frame.length - TAIL_BYTES));
    return FRAME_HEAD + base45(frame);
  };
}

/** Whether a text that was scanned is one of several. */
export function isFrame(text: string): boolean {
  return text.startsWith(FRAME_HEAD);
}

interface Frame {
  readonly kind: number;
  readonly count: number;
  readonly length: number;
  readonly check: number;
  readonly index: number;
  readonly sum: Uint8Array;
}

interface Gathering {
  readonly count: number;
  sums: PieceSums;
}

/** Puts frames together as a camera sees them. */
export class FrameReader {
  /** By head; the last is the one whose frame was seen last. */
  readonly #gatherings = new Map<string, Gathering>();
  #front: string | null = null;
  #text: string | null = null;

  /**
   * `new`: it told something. `known`: nothing that the others had not. `other`: it is of another text than the frame before it; it is kept
   * all the same. `none`: it is no frame, or was damaged.
   */
  add(text: string): 'new' | 'known' | 'other' | 'none' {
    const frame = frameIn(text);
    if (!frame) return 'none';
    if (this.#text !== null) return 'known';
    const { kind, count, length, check, index, sum } = frame;
    const name = `${kind}-${count}-${length}-${check}`;
    const isOther = this.#front !== null && this.#front !== name;
    const gathering = this.#gathering(name, count);
    const isNew = gathering.sums.add(subsetOf(check, count, index), sum);
    const bytes = gathering.sums.solved(length);
    if (bytes) {
      this.#text = textOf(kind, bytes, check);
      // Only frames that were made to mislead come to this: whatever they said is forgotten.
      if (this.#text === null) gathering.sums = new PieceSums(count);
    }
    if (isOther) return 'other';
    return isNew ? 'new' : 'known';
  }

  /** Of the text whose frame was seen last: 0 … 1. */
  get progress(): number {
    if (this.#text !== null) return 1;
    const gathering = this.#front === null ? undefined : this.#gatherings.get(this.#front);
    return gathering ? gathering.sums.known / gathering.count : 0;
  }

  /** The first that is whole; null: none is. */
  get text(): string | null {
    return this.#text;
  }

  #gathering(name: string, count: number): Gathering {
    const gathering = this.#gatherings.get(name) ?? { count, sums: new PieceSums(count) };
    this.#gatherings.delete(name);
    this.#gatherings.set(name, gathering);
    this.#front = name;
    const [oldest] = this.#gatherings.keys();
    if (oldest !== undefined && this.#gatherings.size > TEXTS_MAX) this.#gatherings.delete(oldest);
    return gathering;
  }
}

function bytesOf(text: string): { readonly kind: number; readonly bytes: Uint8Array } {
  const message = messageBytesIn(text);
  if (message && messageText(message) === text) return { kind: MESSAGE, bytes: message };
  return { kind: TEXT, bytes: new TextEncoder().encode(text) };
}

/** Null where the bytes are not those that were shown. */
function textOf(kind: number, bytes: Uint8Array, check: number): string | null {
  if (crc32(bytes) !== check) return null;
  return kind === MESSAGE ? messageText(bytes) : new TextDecoder().decode(bytes);
}

function frameIn(text: string): Frame | null {
  const bytes = isFrame(text) ? fromBase45(text.slice(FRAME_HEAD.length)) : null;
  if (!bytes || bytes.length <= HEAD_BYTES + TAIL_BYTES) return null;
  const end = bytes.length - TAIL_BYTES;
  const view = new DataView(bytes.buffer);
  if (crc32(bytes, 0, end) !== view.getUint32(end)) return null;
  const [kind = 0, count = 0] = bytes;
  const length = view.getUint16(2);
  const sum = bytes.subarray(HEAD_BYTES, end);
  const isFrameOfOurs =
    (kind === MESSAGE || kind === TEXT) &&
    count >= 1 &&
    count <= PIECES_MAX &&
    length >= 1 &&
    sum.length === Math.ceil(length / count);
  return isFrameOfOurs ? { kind, count, length, check: view.getUint32(4), index: view.getUint16(8), sum } : null;
}
