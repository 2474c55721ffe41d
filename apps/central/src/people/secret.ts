/** Secrets that the centre hands out once and keeps only the SHA-256 of: 256 random bits need no salt and no slow hash. */
import { createHash } from 'node:crypto';
import { ENROLMENT_CODE_BYTES, enrolmentCode, parseEnrolmentCode } from '@retap/protocol';

/** Random bytes that nobody can foresee. */
export type RandomBytes = (count: number) => Uint8Array;

const BYTES = 32;

export interface Secret {
  /** For its holder, and nowhere else. */
  readonly text: string;
  readonly digest: Uint8Array;
}

/** @param prefix by which a scanner of sources or logs knows what it has found */
export function newSecret(randomBytes: RandomBytes, prefix = ''): Secret {
  const text = prefix + Buffer.from(randomBytes(BYTES)).toString('base64url');
  return { text, digest: digestOf(text) };
}

export function digestOf(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

/** Access tokens begin so. */
export const TOKEN_PREFIX = 'retap_';

/** A code for recovery is read out and typed in: 90 random bits, written as a terminal's enrolment code is. */
export function newRecoveryCode(randomBytes: RandomBytes): Secret {
  const text = enrolmentCode(randomBytes(ENROLMENT_CODE_BYTES));
  return { text, digest: digestOf(RECOVERY + text) };
}

/** Null: a slip. */
export function recoveryDigest(typed: string): Uint8Array | null {
  const code = parseEnrolmentCode(typed);
  return code === null ? null : digestOf(RECOVERY + code);
}

const RECOVERY = 'retap recovery code ';
