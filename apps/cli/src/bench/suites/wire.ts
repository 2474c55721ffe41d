/** How many bytes of a signed batch a tap takes, with and without the proofs of cards. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isTransaction, type JournalRecord } from '@retap/model';
import { encodeSignedPayload, encodeSocketBatch, signedBatch } from '@retap/protocol';
import type { BenchContext, Measured, Suite } from '../suite.ts';
import { TERMINALS, Traffic } from '../traffic.ts';

const SIZES = [6, 50] as const;
/** So many terminals are looked at, at most. */
const SAMPLE_MAX = 200;
/** As in docs/protocol.md: MAC 8 bytes, the reader before, which the card enciphers, 16. */
const MAC_BYTES = 8;
const PREVIOUS_BYTES = 16;
const COUNTER_MAX = 10_000;

const { privateKey } = generateKeyPairSync('ed25519');
const signer = (bytes: Uint8Array): Uint8Array => Uint8Array.from(sign(null, bytes, privateKey));
const hex = (bytes: number): string => randomBytes(bytes).toString('hex').toUpperCase();

export const wire: Suite = {
  name: 'wire',
  ids: ['wire-6', 'wire-50', 'wire-6-proofs', 'wire-50-proofs'],
  once: true,
  async pass({ seed, sizes, doing, note }: BenchContext): Promise<Measured> {
    doing('signing batches');
    const journals = journalsOf(seed, Math.max(...SIZES), Math.min(SAMPLE_MAX, Math.ceil(sizes.records / 100)));
    const [few, many] = SIZES;
    const measured = {
      'wire-6': await bytesATap(journals, few),
      'wire-50': await bytesATap(journals, many),
      'wire-6-proofs': await bytesATap(journals.map(proved), few),
      'wire-50-proofs': await bytesATap(journals.map(proved), many),
    };
    note(await framing(journals));
    return measured;
  },
};

/** The last records of some terminals, so that media have been used before; each tap at another terminal than the last. */
function journalsOf(seed: string, length: number, sample: number): JournalRecord[][] {
  const records = 2 * length * TERMINALS;
  const journals = new Map<number, JournalRecord[]>();
  for (const [record] of new Traffic({ seed, records, run: 1, exceptional: 0.01 }).uploads()) {
    if (!record || record.terminal > sample) continue;
    journals.set(record.terminal, [...(journals.get(record.terminal) ?? []).slice(1 - length), record]);
  }
  return [...journals.values()];
}

function proved(journal: readonly JournalRecord[]): JournalRecord[] {
  return journal.map((record) => {
    if (!isTransaction(record)) return record;
    const counter = 1 + (randomBytes(4).readUInt32BE() % COUNTER_MAX);
    return { ...record, proof: { counter, mac: hex(MAC_BYTES), previousReader: hex(PREVIOUS_BYTES) } };
  });
}

async function bytesATap(journals: readonly (readonly JournalRecord[])[], count: number): Promise<number> {
  let [bytes, taps] = [0, 0];
  for (const journal of journals) {
    for (let from = 0; from + count <= journal.length; from += count) {
      bytes += (await signed(journal.slice(from, from + count))).length;
      taps += count;
    }
  }
  return bytes / taps;
}

function signed(records: readonly JournalRecord[]): Promise<Uint8Array> {
  const { terminal, serial: from } = records[0] as JournalRecord;
  const before = createHash('sha256').update(`${terminal}-${from}`).digest('hex').toUpperCase();
  return signedBatch(encodeSignedPayload({ terminal, from, before, records }), terminal, signer);
}

/** What is sent around a batch of six, beside TLS and TCP. */
async function framing(journals: readonly (readonly JournalRecord[])[]): Promise<string[]> {
  const batch = await signed((journals[0] as readonly JournalRecord[]).slice(0, SIZES[0]));
  const message = encodeSocketBatch({ number: 1_000, sentAt: Date.UTC(2026, 0, 5), batch });
  const frame = 2 + (message.length > 125 ? 2 : 0) + 4; // RFC 6455, section 5.2, masked as a client's is
  const request =
    'POST /batches HTTP/1.1\r\nhost: centre.example\r\nconnection: keep-alive\r\n' +
    `content-type: application/cose; cose-type="cose-sign1"\r\nretap-sent-at: 1767571200000\r\ncontent-length: ${batch.length}\r\n\r\n`;
  return [
    'around a signed batch, whatever its size, less TLS and TCP',
    `  ${message.length - batch.length + frame} bytes on the web socket, ${request.length} bytes by HTTP`,
  ];
}
