/** Bytes as people read them: sixteen a line, with what can be read beside. */

/** @param hex hexadecimal digits @returns `00000010  7B 22 …  {"…` line by line */
export function hexDump(hex: string): string {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g) ?? [];
    const text = bytes.map((byte) => {
      const code = Number.parseInt(byte, 16);
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
    });
    const place = (at / 2).toString(16).padStart(8, '0');
    lines.push(`${place}  ${bytes.join(' ').padEnd(47)}  ${text.join('')}`);
  }
  return lines.join('\n');
}

/** The bytes as text; null where they are none. */
export function textOfHex(hex: string): string | null {
  try {
    const bytes = new Uint8Array((hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
