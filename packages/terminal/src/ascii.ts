/** All text of a journal is ASCII, and TextEncoder is no part of the language: browsers and Node each type their own. */

/** @throws RangeError where a character is not ASCII */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) throw new RangeError(`not ASCII, so not of a journal: ${text.slice(0, 80)}`);
    bytes[index] = code;
  }
  return bytes;
}

export function decodeAscii(bytes: Uint8Array): string {
  // In pieces: an argument list has a limit.
  let text = '';
  for (let from = 0; from < bytes.length; from += 4096) {
    text += String.fromCharCode(...bytes.subarray(from, from + 4096));
  }
  return text;
}
