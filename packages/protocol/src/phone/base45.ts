/** Base45 (RFC 9285): bytes in the letters of a QR code's alphanumeric mode, two bytes in three letters. */
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));

export function base45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    // RFC 9285, section 4: (a · 256) + b = c + (d · 45) + (e · 45 · 45)
    let value = isPair ? (bytes[at] as number) * 256 + (bytes[at + 1] as number) : (bytes[at] as number);
    for (let left = isPair ? 3 : 2; left > 0; left -= 1) {
      text += LETTERS.charAt(value % 45);
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Null where the text is none that {@link base45} writes. */
export function fromBase45(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((letter) => VALUES.get(letter) ?? Number.NaN);
    const value = values.reduceRight((sum, each) => sum * 45 + each, 0);
    const isPair = values.length === 3;
    if (!(value < (isPair ? 65_536 : 256))) return null;
    if (isPair) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}
