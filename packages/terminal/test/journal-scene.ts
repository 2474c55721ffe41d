/** A journal without its terminal, for tests. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { CommitStatus, JournalRecord, ObservationRecord, TransactionRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { Journal, type JournalOptions, type MemoryJournal, type Sealer } from '../src/index.ts';
import { cents, sha256 } from './scene.ts';

export const TERMINAL = 7;
export const PROOF = { counter: 41, mac: '00112233AABBCCDD', previousReader: '0007' } as const;

/** AES-256-GCM under a key of a byte repeated. */
export function sealerOf(byte: number): Sealer {
  const key = new Uint8Array(32).fill(byte);
  return {
    seal(plain, associated) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, associated) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(associated).setAuthTag(sealed.subarray(-16));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      } catch {
        return null;
      }
    },
  };
}

export function journalOn(store: MemoryJournal, options: Partial<JournalOptions> = {}): Promise<Journal> {
  return Journal.open({ store, terminal: TERMINAL, sha256, snapshot: () => '', ...options });
}

const base = (journal: Journal) => ({
  terminal: TERMINAL,
  serial: journal.nextSerial,
  medium: 'M1',
  time: journal.lastTime + 1000,
  lastTime: journal.lastTime,
  lastTerminal: TERMINAL,
  balance: cents(880),
});

export function debitOf(journal: Journal, amount = 120): TransactionRecord {
  return { ...base(journal), type: 'debit', amount: cents(-amount), status: 'unverified' };
}

export function observationOf(journal: Journal): ObservationRecord {
  return { ...base(journal), type: 'observation' };
}

export async function tapOn(journal: Journal, status: CommitStatus, amount?: number): Promise<TransactionRecord> {
  await journal.intend(debitOf(journal, amount));
  return journal.settle(status, status === 'successful' ? PROOF : undefined);
}

/** What the centre gets, acknowledged as it is read. */
export async function deliveredBy(journal: Journal, recordsMax = 1000): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (;;) {
    const batch = await journal.nextBatch(recordsMax);
    if (batch === null) return records;
    records.push(...parseBatch(batch.bytes).records.map(({ record }) => record));
    await journal.acknowledge(batch);
  }
}
