/**
 * How many bytes of a signed batch a tap takes, signature included, in a city whose media have names as cards have and
 * whose terminals have numbers of four digits. Card proofs apart; with them: apps/central/test/signed-size.test.ts.
 */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import type { JournalRecord } from '@retap/model';
import {
  encodeBatch,
  encodeSignedPayload,
  formatRecord,
  parseJournalLine,
  readBody,
  signedBatch,
} from '@retap/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { lived } from './lived.ts';

const PKCS8 = Buffer.from(`302e020100300506032b657004220420${'42'.repeat(32)}`, 'hex');
const key = createPrivateKey({ key: PKCS8, format: 'der', type: 'pkcs8' });

/** The same record in a larger city: terminal 7 is 1007, also where a product has its name from it. */
function inLargeCity(record: JournalRecord): JournalRecord {
  const line = formatRecord(record)
    .replace(/erminal":(\d+)/g, (_, digits) => `erminal":${1000 + Number(digits)}`)
    .replace(/"(id|productId)":"(\d+)-/g, (_, name, digits) => `"${name}":"${1000 + Number(digits)}-`)
    .replace(/"medium":"([^"]+)"/, (_, medium) => `"medium":"${uidOf(medium)}"`);
  const parsed = parseJournalLine(line);
  if ('reason' in parsed) throw new Error(parsed.reason);
  return parsed.record;
}

/** A UID of seven bytes; the first is the chip's maker. */
function uidOf(medium: string): string {
  return `04${createHash('sha256').update(medium).digest('hex').slice(0, 12)}`.toUpperCase();
}

/** Runs of so many records as a gate has them: taps and what goes wrong with them, but no new cards. */
function runsOf(count: number, received: readonly JournalRecord[]): JournalRecord[][] {
  const journals = new Map<number, JournalRecord[]>();
  for (const record of received) {
    const journal = journals.get(record.terminal) ?? [];
    journal[record.serial - 1] = record;
    journals.set(record.terminal, journal);
  }
  return [...journals.values()].flatMap((journal) => {
    const afterOpens = journal.slice(journal.findLastIndex((record) => record?.type === 'open') + 1);
    const runs = Array.from({ length: Math.floor(afterOpens.length / count) }, (_, run) =>
      Array.from(afterOpens.slice(run * count, (run + 1) * count)),
    );
    return runs.filter((run) => run.every((record) => record !== undefined));
  });
}

async function signedOf(records: readonly JournalRecord[]): Promise<Uint8Array> {
  const { terminal, serial: from } = records[0] as JournalRecord;
  const before = createHash('sha256').update(`${terminal}-${from}`).digest('hex').toUpperCase();
  const payload = encodeSignedPayload({ terminal, from, before, records });
  return signedBatch(payload, terminal, (bytes) => sign(null, bytes, key));
}

describe('a tap of a city', () => {
  let received: readonly JournalRecord[] = [];

  beforeAll(async () => {
    const city = await lived({ seed: 'bytes of a tap', days: 2, media: 800, terminals: 20 });
    received = city.received.map(inLargeCity);
  });

  it.each([
    [50, 40],
    [6, 60],
  ])('takes, with %i in a signed batch, at most %i bytes on average', async (count, bytesMax) => {
    const runs = runsOf(count, received);
    const taps = runs.flat();
    const types = new Set(taps.map(({ type }) => type));
    expect(types).toEqual(new Set(['refill', 'debit', 'purchase', 'validation', 'observation']));
    expect(new Set(taps.map(({ medium }) => medium)).size).toBeGreaterThan(300);
    let bytes = 0;
    let most = 0;
    let bytesOfJson = 0;
    for (const run of runs) {
      const signed = await signedOf(run);
      expect(readBody('signed', signed).records.map(({ record }) => record)).toEqual(run);
      bytes += signed.length;
      most = Math.max(most, signed.length / count);
      const { terminal, serial: from } = run[0] as JournalRecord;
      bytesOfJson += encodeBatch({ terminal, from, to: from + count - 1, records: run }).length;
    }
    const perTap = (sum: number) => (sum / taps.length).toFixed(1);
    const worst = most.toFixed(1);
    console.info(`${count} a batch: ${perTap(bytes)} bytes a tap, at worst ${worst}; as JSON ${perTap(bytesOfJson)}`);
    expect(bytes / taps.length).toBeLessThanOrEqual(bytesMax);
  });
});
