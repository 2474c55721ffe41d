/** How many entries a list has, by its first bytes: a page of versions would else be megabytes that nobody reads. */

/** So many bytes of a document are enough. */
export const LIST_HEAD_BYTES = 80;

/** D2 84 43 A10127 A0, and a byte string follows, that is the payload. */
const FRONT_BYTES = 7;
/** Version of the form, kind, version, issued, expires. */
const NUMBERS_BEFORE = 5;

/**
 * @param head of a list as the centre has signed it and keeps it: {@link LIST_HEAD_BYTES} of it or more
 * @throws RangeError where it is the head of none
 */
export function listLength(head: Uint8Array): number {
  let at = FRONT_BYTES;
  const argument = (major: number): number => {
    const first = head[at] ?? 0xff;
    const low = first & 0x1f;
    const length = low < 24 ? 0 : 1 << (low - 24);
    if (first >> 5 !== major || low > 27 || at + length >= head.length) throw new RangeError('not the head of a list');
    const bytes = head.subarray(at + 1, at + 1 + length);
    at += 1 + length;
    return length === 0 ? low : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  };
  argument(2);
  if (argument(4) !== NUMBERS_BEFORE + 1) throw new RangeError('not the head of a list');
  for (let each = 0; each < NUMBERS_BEFORE; each += 1) argument(0);
  return argument(4);
}
