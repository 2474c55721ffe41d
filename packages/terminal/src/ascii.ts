/** All text of a journal is ASCII, and TextEncoder is no part of the language: browsers and Node each type their own. */
import { writeAscii } from '@retap/protocol';

/** @throws RangeError where a character is not ASCII */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeAscii(text, bytes, 0);
  return bytes;
}

export function decodeAscii(bytes: Uint8Array): string {
  // In pieces: an argument list has a limit.
  let text = '';
  for (let from = 0; from < bytes.length; from += 4096) {
    // A typed array is as good a list of arguments as an array; spread, it is copied into one first.
    text += String.fromCharCode.apply(null, bytes.subarray(from, from + 4096) as unknown as number[]);
  }
  return text;
}
