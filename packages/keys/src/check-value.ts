import type { AesKey } from '@retap/card';
import { BLOCK } from './cmac.ts';

const CHECK_VALUE_BYTES = 3;
/** What the check value is the CMAC of. */
export const CHECKED: Uint8Array = new Uint8Array(BLOCK);

/**
 * What tells a key from another without giving it away: the first three bytes of the CMAC of sixteen zeros (KCV, as ANSI X9.24-1
 * has it for AES).
 */
export function checkValue(key: AesKey): Uint8Array {
  return truncatedCheckValue(key.cmac(CHECKED));
}

export function truncatedCheckValue(mac: Uint8Array): Uint8Array {
  return mac.slice(0, CHECK_VALUE_BYTES);
}
