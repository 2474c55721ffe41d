/** Runs of a journal and keys to sign them with, for tests of signed batches. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { amountOf, type JournalRecord } from '@retap/model';
import { encodeSignedPayload, openSignedBatch, readSignedBatch, signedBatch } from '@retap/protocol';
import { type Cbor, decodeCbor } from '../../src/signed/cbor.ts';

export const BEFORE = '0123456789ABCDEF'.repeat(4);

/** PKCS #8 head of an Ed25519 private key (RFC 8410, section 7): 32 bytes of the key follow. */
const PKCS8_HEAD = '302e020100300506032b657004220420';

export function privateKeyOf(seed: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(PKCS8_HEAD + seed, 'hex'), format: 'der', type: 'pkcs8' });
}

const PRIVATE = privateKeyOf('11'.repeat(32));
const PUBLIC = createPublicKey(PRIVATE);

export function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replace(/\s/g, ''), 'hex'));
}

export function digitsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Records as a run of one terminal's journal. */
export function runOf(records: readonly JournalRecord[], terminal: number, from: number): JournalRecord[] {
  return records.map((record, index) => ({ ...record, terminal, serial: from + index }));
}

/** Six taps of terminal 17, as they come: a debit each, of another card. */
export const TAPS: readonly JournalRecord[] = runOf(
  Array.from({ length: 6 }, (_, index) => ({
    type: 'debit' as const,
    terminal: 17,
    serial: 1,
    medium: `04A1B2C3D4E5${80 + index}`,
    time: 1_772_432_106_669 + 7_351 * index,
    lastTime: 1_772_416_435_694 + 911_333 * index,
    lastTerminal: 4 + index,
    amount: amountOf(-250),
    balance: amountOf(1_750 - 33 * index),
    status: 'successful' as const,
    mediumSerial: 3 + index,
  })),
  17,
  5,
);

export function payloadOf(records: readonly JournalRecord[], terminal = 17, from = 5): Uint8Array {
  return encodeSignedPayload({ terminal, from, before: BEFORE, records });
}

export function signedOf(payload: Uint8Array, terminal = 17): Promise<Uint8Array> {
  return signedBatch(payload, terminal, (bytes) => Uint8Array.from(sign(null, bytes, PRIVATE)));
}

/**
 * What a centre answers: 'accepted', or why not. Every terminal has the same key here, so that only the batch itself can say
 * whose it is.
 */
export function judged(bytes: Uint8Array): string {
  try {
    const { toBeSigned, signature } = openSignedBatch(bytes);
    if (!verify(null, toBeSigned, PUBLIC, signature)) return 'signature-invalid';
    const { rejected } = readSignedBatch(bytes);
    return rejected.length === 0 ? 'accepted' : `rejected ${rejected.map(({ position }) => position).join(' ')}`;
  } catch (error) {
    const { name, code } = error as { readonly name?: string; readonly code?: string };
    if (name !== 'ProtocolError' || code === undefined) throw error;
    return code;
  }
}

/** The values of a list, in bytes that a test knows to be one. */
export function listIn(bytes: Uint8Array): Cbor[] {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}
