/** Bytes as upper-case hexadecimal digits, in JSON and in records. Tables, because a batch has a hundred of them. */

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());

/** By character code; of either case. */
const VALUES = new Uint8Array(128);
for (const digit of '0123456789ABCDEFabcdef') VALUES[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

export function hexDigits(bytes: Uint8Array): string {
  let digits = '';
  for (const byte of bytes) digits += DIGITS[byte];
  return digits;
}

/** @param digits pairs of hexadecimal digits, checked before */
export function fromHexDigits(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    const [high = 0, low = 0] = [VALUES[digits.charCodeAt(2 * at)], VALUES[digits.charCodeAt(2 * at + 1)]];
    bytes[at] = (high << 4) | low;
  }
  return bytes;
}
