/**
 * A checkpoint of the centre's audit log (docs/audit.md, "The checkpoint"): COSE_Sign1 (RFC 9052, section 4.2) by the centre's key.
 * Only written here: whoever verifies one does so by code of its own (apps/cli/src/audit/verify).
 */
import type { Time } from '@retap/model';
import { encodeCbor } from '../signed/cbor.ts';
import { encodeSign1, type Sign, type Sign1Form } from '../signed/sign1.ts';

export interface AuditCheckpoint {
  /** The log's name: 16 bytes. */
  readonly log: Uint8Array;
  /** How many entries it had. */
  readonly size: number;
  /** Hash of the last of them: 32 bytes. */
  readonly head: Uint8Array;
  /** By the centre's clock. */
  readonly at: Time;
}

const VERSION = 1;
const FORM: Sign1Form = { context: 'retap audit checkpoint 1', hasKeyName: false, bytesMax: 256 };

/** @param sign Ed25519 by the centre's key. Payload [1, log, size, head, at] as deterministic CBOR */
export function encodeAuditCheckpoint(
  { log, size, head, at }: AuditCheckpoint,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSign1(FORM, 0, encodeCbor([VERSION, log, size, head, at]), sign);
}
