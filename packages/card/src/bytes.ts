/** Bytes as cards have them: least significant first in native fields. */

export function concat(...pieces: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((value, index) => value ^ (b[index] ?? 0));
}

/** Equal in value and length. Looks at every byte, so that the time taken says nothing of where they differ. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [index, value] of a.entries()) difference |= value ^ (b[index] ?? 0);
  return difference === 0;
}

/** Unsigned integer, least significant byte first. @param length 1 … 6 bytes */
export function toLittleEndian(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = 0; at < length; at += 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** @param bytes 1 … 6, least significant first */
export function fromLittleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** Two's complement, 32 bit, as value files hold amounts. */
export function toSigned32(value: number): Uint8Array {
  return toLittleEndian(value >>> 0, 4);
}

export function fromSigned32(bytes: Uint8Array): number {
  return fromLittleEndian(bytes) | 0;
}

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());

export function toHex(bytes: Uint8Array): string {
  let digits = '';
  for (let at = 0; at < bytes.length; at += 1) digits += HEX_PAIRS[bytes[at] as number];
  return digits;
}

/** @throws RangeError where the text is not pairs of hexadecimal digits */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^([0-9a-f]{2})*$/i.test(text)) throw new RangeError(`not hexadecimal: ${text.slice(0, 80)}`);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Whether value files and amounts on a card can hold it. */
export function isSigned32(value: number): boolean {
  return value === (value | 0);
}
