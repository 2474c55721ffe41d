/** EV2 secure messaging, the card's end: commands are opened, answers sealed (MF2DLHX0 section 9.1). */
import { concat, isEqual } from '../bytes.ts';
import {
  type CommMode,
  commandIv,
  commandMac,
  padded,
  responseIv,
  responseMac,
  type Session,
  unpadded,
} from '../messaging.ts';
import { type Refusal, STATUS } from './status.ts';

const BLOCK = 16;
const MAC_BYTES = 8;
/** CmdCtr has 16 bits; a session ends before it would begin again. */
export const COUNTER_MAX = 0xffff;

/** Who is authenticated, from a successful authentication to the next select, refused command or reset. */
export interface SecureSession {
  readonly keyNumber: number;
  readonly keys: Session;
  /** CmdCtr: commands of this session that succeeded. */
  readonly counter: number;
}

/** A command in plain. */
export interface OpenedCommand {
  readonly header: Uint8Array;
  readonly data: Uint8Array;
}

/** Bytes of a whole command body. @param dataBytes of what is written, in plain */
export function sealedBytes(mode: CommMode, headerBytes: number, dataBytes: number): number {
  if (mode === 'plain') return headerBytes + dataBytes;
  if (mode === 'mac') return headerBytes + dataBytes + MAC_BYTES;
  return headerBytes + dataBytes + BLOCK - (dataBytes % BLOCK) + MAC_BYTES;
}

/** @param headerBytes first bytes of the body that are never encrypted */
export function openCommand(
  session: SecureSession,
  mode: CommMode,
  code: number,
  headerBytes: number,
  body: Uint8Array,
): OpenedCommand | Refusal {
  if (mode === 'plain') return { header: body.slice(0, headerBytes), data: body.slice(headerBytes) };
  const end = body.length - MAC_BYTES;
  if (end < headerBytes) return 'length-error';
  const signed = body.subarray(0, end);
  if (!isEqual(commandMac(session.keys, code, session.counter, signed), body.subarray(end))) return 'integrity-error';
  const header = body.slice(0, headerBytes);
  const sealed = body.slice(headerBytes, end);
  // A command without data (GetValue, ReadData) has nothing to encrypt: header and MAC alone.
  if (mode === 'mac' || sealed.length === 0) return { header, data: sealed };
  if (sealed.length % BLOCK !== 0) return 'length-error';
  const iv = commandIv(session.keys, session.counter);
  const data = unpadded(session.keys.encryption.decrypt(iv, sealed));
  return data === null ? 'integrity-error' : { header, data };
}

/** The answer of a command that succeeded. @param session with the counter after it */
export function sealAnswer(session: SecureSession, mode: CommMode, data: Uint8Array): Uint8Array {
  if (mode === 'plain') return data;
  const isEncrypted = mode === 'full' && data.length > 0;
  const iv = () => responseIv(session.keys, session.counter);
  const sent = isEncrypted ? session.keys.encryption.encrypt(iv(), padded(data)) : data;
  return concat(sent, responseMac(session.keys, STATUS.success, session.counter, sent));
}

/** A token has little room: session keys are given back when the session ends. */
export function discardSession(session: SecureSession | null): void {
  session?.keys.encryption.discard();
  session?.keys.mac.discard();
}
