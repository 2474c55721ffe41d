/**
 * A redo journal in the card's memory: a change of many pages happens at one write.
 *
 *     0     identity page: whose image this is
 *     32    journal head: magic, length and CRC of the body; zeros where nothing is to be redone
 *     64    journal body: for each page that changes, its number and its bytes
 *     4160  state: {@link STATE_BYTES}
 *
 * store: body → head (from here on the change has happened) → pages → head cleared.
 * power-on: a head that fits its body → pages once more → head cleared. Pages may be redone any number of times.
 */
import { crc32 } from '@retap/protocol';
import { concat, fromLittleEndian, isEqual, toLittleEndian } from '../bytes.ts';
import { type CardMemory, PAGE_BYTES } from './memory.ts';

const HEAD = 32;
const BODY = 64;
const STATE = 4160;
/** Room for the card's state. All of it can change at once: 124 pages of 1 + 32 bytes fit the body. */
export const STATE_BYTES: number = 124 * PAGE_BYTES;

const ENTRY_BYTES = 1 + PAGE_BYTES;
const HEAD_MAGIC = Uint8Array.of(0x52, 0x45, 0x44, 0x4f);
const HEAD_BYTES = HEAD_MAGIC.length + 8;

/** The state as it is in memory. Call {@link recover} first. */
export function readState(memory: CardMemory): Uint8Array {
  return memory.read().slice(STATE, STATE + STATE_BYTES);
}

/** Replaces the state: whenever the power goes, all of it or none of it has changed after {@link recover}. */
export function storeState(memory: CardMemory, before: Uint8Array, after: Uint8Array): void {
  const pages = changedPages(before, after);
  if (pages.length === 0) return;
  const page = (number: number) => after.subarray(number * PAGE_BYTES, (number + 1) * PAGE_BYTES);
  const body = concat(...pages.flatMap((number) => [[number], page(number)]));
  for (let at = 0; at < body.length; at += PAGE_BYTES) memory.write(BODY + at, body.subarray(at, at + PAGE_BYTES));
  memory.write(HEAD, concat(HEAD_MAGIC, toLittleEndian(body.length, 4), toLittleEndian(crc32(body), 4)));
  redo(memory, body);
}

/** Page by page and byte by byte: this is most of what a commit costs. */
function changedPages(before: Uint8Array, after: Uint8Array): number[] {
  const pages: number[] = [];
  for (let at = 0; at < STATE_BYTES; at += 1) {
    if (before[at] === after[at]) continue;
    const page = Math.floor(at / PAGE_BYTES);
    pages.push(page);
    at = (page + 1) * PAGE_BYTES - 1;
  }
  return pages;
}

/** Completes a change that the power left half done. */
export function recover(memory: CardMemory): void {
  const image = memory.read();
  const head = image.subarray(HEAD, HEAD + HEAD_BYTES);
  if (!isEqual(head.subarray(0, 4), HEAD_MAGIC)) return;
  const length = fromLittleEndian(head.subarray(4, 8));
  const body = image.subarray(BODY, Math.min(BODY + length, STATE));
  if (crc32(body) === fromLittleEndian(head.subarray(8, 12))) redo(memory, body);
}

function redo(memory: CardMemory, body: Uint8Array): void {
  for (let at = 0; at < body.length; at += ENTRY_BYTES) {
    const entry = body.subarray(at, at + ENTRY_BYTES);
    memory.write(STATE + (entry[0] ?? 0) * PAGE_BYTES, entry.subarray(1));
  }
  memory.write(HEAD, new Uint8Array(HEAD_BYTES));
}
