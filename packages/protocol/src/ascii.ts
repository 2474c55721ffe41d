/** Text that is ASCII, as bytes in room that is there: TextEncoder is a call out of the language, which costs as much as a line. */

/** @param at where it is to begin @returns where it ends; what does not fit is not written @throws RangeError where a character is not ASCII */
export function writeAscii(text: string, room: Uint8Array, at: number): number {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    seen |= code;
    room[at + index] = code;
  }
  if (seen > 0x7f) throw new RangeError(`not ASCII: ${text.slice(0, 80)}`);
  return at + text.length;
}
