/** The envelope of a signed batch: a COSE_Sign1 under the number of its terminal (docs/protocol.md, "Envelope"). */
import type { TerminalNumber } from '@retap/model';
import { malformed } from '../error.ts';
import { encodeSign1, openSign1, type Sign, type Sign1Form } from './sign1.ts';
import { NUMBER_MAX } from './whole.ts';

export type { Sign } from './sign1.ts';

/** Content type of an uploaded signed batch (RFC 9052, section 11.3.1). */
export const SIGNED_BATCH_CONTENT_TYPE = 'application/cose; cose-type="cose-sign1"';

/** Most bytes of a signed batch: any 2,000 records are fewer, also where each has all it may have, at its longest. */
export const SIGNED_BATCH_BYTES_MAX = 4 * 2 ** 20;

const FORM: Sign1Form = { context: 'retap batch 1', hasKeyName: true, bytesMax: SIGNED_BATCH_BYTES_MAX };

/** A signed batch taken apart. Whether the signature is good is for whoever has the terminal's public key. */
export interface SignedBatch {
  /** The terminal that the batch claims to be of, from the protected header. */
  readonly terminal: TerminalNumber;
  /** The bytes that the signature is over. */
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
  /** For `parseSignedPayload`. */
  readonly payload: Uint8Array;
}

/**
 * Signs a payload made by `encodeSignedPayload`. @param sign Ed25519 by the terminal's key: 64 bytes
 * @throws RangeError where the payload is too long or `sign` gives no signature
 */
export function signedBatch(payload: Uint8Array, terminal: TerminalNumber, sign: Sign): Promise<Uint8Array> {
  return encodeSign1(FORM, terminal, payload, sign);
}

/**
 * Takes a signed batch apart. Only its shape is checked, neither the signature nor what is in the payload.
 * @throws ProtocolError `batch-malformed`
 */
export function openSignedBatch(bytes: Uint8Array): SignedBatch {
  if (bytes.length > SIGNED_BATCH_BYTES_MAX) {
    throw malformed(`it has ${bytes.length} bytes; send at most ${SIGNED_BATCH_BYTES_MAX} at a time`);
  }
  const opened = openSign1(FORM, bytes);
  if (opened === null) {
    throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1, it was cut off or damaged on the way`);
  }
  const { keyName: terminal, toBeSigned, signature, payload } = opened;
  if (terminal < 1 || terminal > NUMBER_MAX) throw malformed(`its key is named ${terminal}, which is no terminal`);
  return { terminal, toBeSigned, signature, payload };
}
