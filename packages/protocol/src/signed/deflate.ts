/** Raw deflate (RFC 1951) on any engine: a phone has no node:zlib. What reads it is in inflate.ts. */
import { deflateSync } from 'fflate';

export function deflated(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}
