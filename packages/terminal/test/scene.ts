/** A terminal, a medium and a clock for tests, in words of the domain. */
import { createHash } from 'node:crypto';
import { amountOf, firstAccount, type JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { MemoryJournal, MemoryMedium, Terminal, type TerminalOptions } from '../src/index.ts';

export const START = 1_772_420_400_000;
export const cents = amountOf;
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export interface Scene {
  now: number;
  readonly at: (terminal: number, options?: Partial<TerminalOptions>) => Promise<Terminal>;
}

/** One clock for all terminals of a test; `skew` is a terminal's own. */
export function scene(): Scene {
  const stage = {
    now: START,
    at: (terminal: number, options: Partial<TerminalOptions> = {}) =>
      Terminal.open({
        terminal,
        store: new MemoryJournal(),
        sha256,
        clock: () => stage.now,
        clockSetAt: () => START - 7 * 86_400_000,
        clockSetMax: 30 * 86_400_000,
        limits: { minimumBalance: cents(0), maximumBalance: cents(100_000) },
        clockTolerance: 120_000,
        retapWindow: 30_000,
        ...options,
      }),
  };
  return stage;
}

export function mediumWith(balance: number, medium = 'M1'): MemoryMedium {
  return new MemoryMedium(firstAccount(medium, cents(balance), START - 86_400_000, 99));
}

/** All records a terminal has for the centre, acknowledged as they are read. */
export async function delivered(terminal: Terminal): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (let batch = await terminal.nextBatch(); batch !== null; batch = await terminal.nextBatch()) {
    records.push(...parseBatch(batch.bytes).records.map(({ record }) => record));
    await terminal.acknowledge(batch);
  }
  return records;
}

/** `17-1 debit -120 unverified`, one word group a record. */
export function told(records: readonly JournalRecord[]): string[] {
  return records.map((record) => {
    const { terminal, serial, type } = record;
    if (record.type === 'observation') return `${terminal}-${serial} ${type}`;
    return `${terminal}-${serial} ${type} ${record.amount} ${record.status}`;
  });
}
