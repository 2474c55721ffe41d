/** A city whose terminals are enrolled: its deliveries, signed, and a centre that knows who signs. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import path from 'node:path';
import { openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import type { JournalRecord } from '@retap/model';
import { encodeSignedPayload, formatRecord, parseBatch, signedBatch } from '@retap/protocol';
import type { Delivery } from '@retap/simulator';
import { expect } from 'vitest';
import { retap, type Surroundings } from '../retap.ts';

const PASSPHRASE = { RETAP_IDENTITY_PASSPHRASE: 'one for the centre alone' };
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const REASON = { who: 'ana', why: 'kill test' };

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function keyOf(terminal: number): KeyObject {
  const der = Buffer.concat([PKCS8, sha256(`terminal ${terminal}`)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** The same deliveries in the same order, each batch signed over its terminal's hash chain; those cut off are cut again. */
export async function signedDeliveries(deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const links = linksOf(journalsOf(deliveries));
  const signed: Delivery[] = [];
  for (const delivery of deliveries) {
    if (delivery.isCut) {
      const whole = signed.at(-1)?.bytes ?? new Uint8Array([0xd2]);
      signed.push({ ...delivery, bytes: whole.slice(0, whole.length >> 1) });
      continue;
    }
    const { terminal, from, records } = parseBatch(delivery.bytes);
    const before = links.get(`${terminal}-${from}`) as string;
    const payload = encodeSignedPayload({ terminal, from, before, records: records.map(({ record }) => record) });
    const key = keyOf(terminal);
    const bytes = await signedBatch(payload, terminal, (given) => Uint8Array.from(sign(null, given, key)));
    signed.push({ ...delivery, bytes });
  }
  return signed;
}

function journalsOf(deliveries: readonly Delivery[]): Map<number, Map<number, JournalRecord>> {
  const journals = new Map<number, Map<number, JournalRecord>>();
  for (const { bytes, isCut } of deliveries) {
    if (isCut) continue;
    for (const { record } of parseBatch(bytes).records) {
      const journal = journals.get(record.terminal) ?? new Map<number, JournalRecord>();
      journals.set(record.terminal, journal.set(record.serial, record));
    }
  }
  return journals;
}

/** h(serial − 1), by terminal and serial: h(0) = SHA-256("retap journal" ‖ terminal), h(n) = SHA-256(h(n−1) ‖ line n) */
function linksOf(journals: Map<number, Map<number, JournalRecord>>): Map<string, string> {
  const links = new Map<string, string>();
  const hex = (text: string): string => sha256(text).toString('hex').toUpperCase();
  for (const [terminal, journal] of journals) {
    let link = hex(`retap journal${terminal}`);
    for (let serial = 1; journal.has(serial); serial += 1) {
      links.set(`${terminal}-${serial}`, link);
      link = hex(link + formatRecord(journal.get(serial) as JournalRecord));
    }
  }
  return links;
}

export interface EnrolledCentre {
  /** Of `retap serve`. */
  readonly options: readonly string[];
  readonly surroundings: Surroundings;
}

/** Settles the database as an enrolled centre, as `retap init` does, and enrols the terminals. */
export async function enrolAll(database: string, terminals: Iterable<number>, cwd: string): Promise<EnrolledCentre> {
  const surroundings = { cwd, env: { ...PASSPHRASE, DATABASE_URL: database } };
  const { status, stderr } = await retap(['init', '--identity', 'centre.identity'], surroundings);
  expect([status, stderr]).toEqual([0, '']);
  const central = await openCentral({ database, now: Date.now, verifySignature });
  for (const terminal of new Set(terminals)) {
    const codeDigest = sha256(`code ${terminal}`);
    const as = { role: 'gate', name: `gate ${terminal}` } as const;
    await central.registry.invite({ terminal, codeDigest, validMs: 60_000, as }, REASON);
    const key = keyOf(terminal);
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    const toBeSigned = Uint8Array.of(1);
    const signature = Uint8Array.from(sign(null, toBeSigned, key));
    const enrolled = await central.registry.enrol({
      ...{ codeDigest, toBeSigned, signature },
      publicKey: Uint8Array.from(spki.subarray(12)),
    });
    expect(enrolled).not.toHaveProperty('refusal');
  }
  await central.close();
  return { options: ['--identity', path.join(cwd, 'centre.identity')], surroundings };
}
