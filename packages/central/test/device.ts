/** A device as the centre sees one: a key, a journal, signed batches. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  ENROLMENT_CODE_BYTES,
  encodeSignedPayload,
  enrolmentCode,
  enrolmentCodeBytes,
  enrolmentToBeSigned,
  formatRecord,
  type Licence,
  renewalToBeSigned,
  signedBatch,
} from '@retap/protocol';
import type { Central, ReceivedBatch, RegistryRefusal, Settlement } from '../src/index.ts';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export function verifySignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
  return verify(null, bytes, key, signature);
}

export const LICENCE_MS = 1_000_000;
export const ENROLLED: Settlement = {
  admission: 'enrolled',
  centre: Uint8Array.from({ length: 32 }, (_, i) => i),
  licenceMs: LICENCE_MS,
};
export const REASON = { who: 'ana', why: 'because' };

let codes = 0;

/** A code that no other has. */
export function newCode(): { readonly code: string; readonly codeDigest: Uint8Array } {
  codes += 1;
  const random = createHash('sha256').update(`code ${codes}`).digest().subarray(0, ENROLMENT_CODE_BYTES);
  const code = enrolmentCode(random);
  return { code, codeDigest: createHash('sha256').update(enrolmentCodeBytes(code)).digest() };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase();

export class Device {
  readonly terminal: number;
  readonly publicKey: Uint8Array;
  readonly journal: JournalRecord[] = [];
  readonly #privateKey: KeyObject;
  readonly #medium: string;

  constructor(terminal: number, medium = `M${terminal}`) {
    this.terminal = terminal;
    this.#medium = medium;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#privateKey = privateKey;
    this.publicKey = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI.length));
  }

  readonly sign = (bytes: Uint8Array): Uint8Array => sign(null, bytes, this.#privateKey);

  /** So many more records, each an opening of a medium of its own. */
  work(count: number, amount = 500): this {
    for (let tap = 0; tap < count; tap += 1) {
      const serial = this.journal.length + 1;
      const balance = amountOf(amount);
      const place = { terminal: this.terminal, serial, medium: `${this.#medium}-${serial}`, time: 1_000 * serial };
      this.journal.push({ ...place, type: 'open', amount: balance, balance, status: 'successful' });
    }
    return this;
  }

  /** h(serial − 1) of its journal as it is. */
  linkBefore(serial: number): string {
    // h(0) = SHA-256("retap journal" ‖ terminal), h(n) = SHA-256(h(n−1) ‖ line n)
    const lines = this.journal.slice(0, serial - 1).map(formatRecord);
    return lines.reduce((link, line) => sha256(link + line), sha256(`retap journal${this.terminal}`));
  }

  async batch(from: number, to: number): Promise<ReceivedBatch> {
    const records = this.journal.slice(from - 1, to);
    const payload = encodeSignedPayload({ terminal: this.terminal, from, before: this.linkBefore(from), records });
    return { form: 'signed', body: await signedBatch(payload, this.terminal, this.sign) };
  }

  /** Its journal, in the name of another. */
  async batchAs(terminal: number, from: number, to: number): Promise<ReceivedBatch> {
    const records = this.journal.slice(from - 1, to);
    const payload = encodeSignedPayload({ terminal: this.terminal, from, before: this.linkBefore(from), records });
    return { form: 'signed', body: await signedBatch(payload, terminal, this.sign) };
  }

  enrol(central: Central, codeDigest: Uint8Array): Promise<Licence | RegistryRefusal> {
    const toBeSigned = enrolmentToBeSigned(codeDigest, this.publicKey);
    const signature = this.sign(toBeSigned);
    return central.registry.enrol({ codeDigest, publicKey: this.publicKey, signature, toBeSigned });
  }

  renew(central: Central, expiresAt: number): Promise<Licence | RegistryRefusal> {
    const toBeSigned = renewalToBeSigned(this.terminal, expiresAt);
    const signature = this.sign(toBeSigned);
    return central.registry.renewSigned({ terminal: this.terminal, expiresAt, signature, toBeSigned });
  }

  /** Invited and enrolled. */
  async join(central: Central): Promise<this> {
    const { codeDigest } = newCode();
    await invite(central, this.terminal, codeDigest);
    const licence = await this.enrol(central, codeDigest);
    if ('refusal' in licence) throw new Error(licence.refusal);
    return this;
  }
}

export function invite(central: Central, terminal: number, codeDigest: Uint8Array, validMs = 10_000) {
  return central.registry.invite({ terminal, codeDigest, validMs, as: { role: 'gate', name: 'north' } }, REASON);
}
