/**
 * EV2 secure messaging, as both ends compute it (MF2DLHX0 section 9.1; AN12343): session keys, IVs, MACs, padding.
 * `encryption` is SesAuthENCKey, `mac` SesAuthMACKey, `transaction` (TI) names the session, `counter` (CmdCtr) counts commands.
 */
import { concat, toLittleEndian, xor } from './bytes.ts';
import type { AesKey } from './port.ts';

export interface Session {
  readonly encryption: AesKey;
  readonly mac: AesKey;
  /** TI, 4 bytes */
  readonly transaction: Uint8Array;
}

/** How a file is talked to (communication mode). */
export const COMM_MODES = ['plain', 'mac', 'full'] as const;
export type CommMode = (typeof COMM_MODES)[number];

const BLOCK = 16;
export const ZERO_IV: Uint8Array = new Uint8Array(BLOCK);

/** Session keys of an AuthenticateEV2 with key Kx. @param a RndA, of the reader @param b RndB, of the card: 16 bytes each */
export function sessionKeys(key: AesKey, a: Uint8Array, b: Uint8Array): { encryption: AesKey; mac: AesKey } {
  // context = RndA[15..14] ‖ (RndA[13..8] ⊕ RndB[15..10]) ‖ RndB[9..0] ‖ RndA[7..0], numbered from the right
  const context = concat(a.subarray(0, 2), xor(a.subarray(2, 8), b.subarray(0, 6)), b.subarray(6), a.subarray(8));
  // SesAuthENCKey = CMAC(Kx, A55A 0001 0080 ‖ context)
  const encryption = key.derive(concat([0xa5, 0x5a, 0x00, 0x01, 0x00, 0x80], context));
  // SesAuthMACKey = CMAC(Kx, 5AA5 0001 0080 ‖ context)
  const mac = key.derive(concat([0x5a, 0xa5, 0x00, 0x01, 0x00, 0x80], context));
  return { encryption, mac };
}

/** The eight bytes of a CMAC that go on the air: MACt = its bytes 1, 3, … 15. */
export function truncatedMac(mac: Uint8Array): Uint8Array {
  return mac.filter((_, index) => index % 2 === 1);
}

/** @param counter CmdCtr before the command @param data header and data as sent, the data encrypted in FULL */
export function commandMac(session: Session, code: number, counter: number, data: Uint8Array): Uint8Array {
  // MACt(SesAuthMACKey, Cmd ‖ CmdCtr ‖ TI ‖ CmdHeader ‖ CmdData)
  return truncatedMac(session.mac.cmac(concat([code], toLittleEndian(counter, 2), session.transaction, data)));
}

/** @param counter CmdCtr after the command @param data as sent, encrypted in FULL */
export function responseMac(session: Session, status: number, counter: number, data: Uint8Array): Uint8Array {
  // MACt(SesAuthMACKey, RC ‖ CmdCtr ‖ TI ‖ RespData)
  return truncatedMac(session.mac.cmac(concat([status], toLittleEndian(counter, 2), session.transaction, data)));
}

/** @param counter CmdCtr before the command */
export function commandIv(session: Session, counter: number): Uint8Array {
  // IV = E(SesAuthENCKey, A55A ‖ TI ‖ CmdCtr ‖ 0⁸)
  return ivOf(session, [0xa5, 0x5a], counter);
}

/** @param counter CmdCtr after the command */
export function responseIv(session: Session, counter: number): Uint8Array {
  // IV = E(SesAuthENCKey, 5AA5 ‖ TI ‖ CmdCtr ‖ 0⁸)
  return ivOf(session, [0x5a, 0xa5], counter);
}

function ivOf(session: Session, label: readonly number[], counter: number): Uint8Array {
  const block = concat(label, session.transaction, toLittleEndian(counter, 2), new Uint8Array(8));
  return session.encryption.encrypt(ZERO_IV, block);
}

/** ISO/IEC 9797-1 padding method 2: 80 and zeros, always at least one byte. */
export function padded(data: Uint8Array): Uint8Array {
  return concat(data, [0x80], new Uint8Array(BLOCK - 1 - (data.length % BLOCK)));
}

/** The data before their padding; null where there is none. */
export function unpadded(data: Uint8Array): Uint8Array | null {
  const end = data.findLastIndex((byte) => byte !== 0);
  return data[end] === 0x80 ? data.subarray(0, end) : null;
}
