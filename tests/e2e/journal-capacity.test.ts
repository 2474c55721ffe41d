/** The journal's capacity on a real disk: a million records that the centre has not, and a start in less than a second. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { amountOf } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { Journal, type JournalStore } from '@retap/terminal';
import { FileJournal } from '@retap/terminal-service';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from './journal/reading.ts';
import { folderOf } from './retap.ts';

const RECORDS = 1_000_000;
const START_MS = 1000;
const directory = path.join(folderOf(), 'journal');
const journalOn = (store: JournalStore): Promise<Journal> =>
  Journal.open({ store, terminal: 7, sha256, snapshot: () => 'memory '.repeat(1000) });

/** The files of a `FileJournal`, written without a sync for each record: that alone would take ten minutes. */
function unsynced(): JournalStore & { end(): void } {
  let file: number | null = null;
  let pieces: Uint8Array[] = [];
  const flush = (): void => {
    if (file !== null) for (const piece of pieces) writeSync(file, piece);
    pieces = [];
  };
  const end = (): void => {
    flush();
    if (file !== null) closeSync(file);
  };
  return {
    end,
    list: async () => [],
    read: () => Promise.reject(new Error('not read while it is built')),
    truncate: () => Promise.reject(new Error('not cut while it is built')),
    remove: () => Promise.reject(new Error('not removed while it is built')),
    create: async (segment, bytes) => {
      end();
      file = openSync(path.join(directory, `${String(segment).padStart(6, '0')}.journal`), 'wx', 0o600);
      pieces.push(bytes);
    },
    append: async (_, bytes) => {
      pieces.push(bytes.slice());
      if (pieces.length === 500) {
        if (file !== null) writeSync(file, Buffer.concat(pieces));
        pieces = [];
      }
    },
  };
}

async function build(): Promise<Journal> {
  mkdirSync(directory, { mode: 0o700 });
  const store = unsynced();
  const journal = await journalOn(store);
  const base = { terminal: 7, type: 'debit', medium: '04A1B2C3D4E5F6', lastTime: 0, lastTerminal: 7 } as const;
  const value = { amount: amountOf(-120), balance: amountOf(880), status: 'successful', mediumSerial: 41 } as const;
  const proof = { counter: 41, mac: '0011223344556677' };
  for (let serial = 1; serial <= RECORDS; serial += 1) {
    await journal.write({ ...base, serial, time: 1_772_420_400_000 + serial * 1000, ...value, proof });
  }
  store.end();
  return journal;
}

describe(`a journal of ${RECORDS} records, none acknowledged`, () => {
  let built: Journal;

  beforeAll(async () => {
    const begin = performance.now();
    built = await build();
    console.log(`built in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }, 300_000);

  /** @returns the journal, opened within the time; what it took is printed */
  async function started(store: FileJournal): Promise<Journal> {
    const heapBefore = process.memoryUsage().heapUsed;
    const begin = performance.now();
    const journal = await journalOn(store);
    const tookMs = performance.now() - begin;
    const heapMiB = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
    const inLast = `${journal.recordsSince.length} records in the last segment`;
    console.log(`opened in ${tookMs.toFixed(0)} ms: ${inLast}, heap +${heapMiB.toFixed(0)} MiB`);
    expect(tookMs).toBeLessThan(START_MS);
    return journal;
  }

  test(`opens in less than ${START_MS} ms with a last segment that is full`, async () => {
    // Without the last file the journal is as it was just before that one was begun.
    const last = path.join(directory, (await readdir(directory)).sort().at(-1) ?? '');
    await rename(last, `${last}.aside`);
    const store = await FileJournal.open(directory);
    expect((await started(store)).recordsSince.length).toBeGreaterThan(2000);
    await store.close();
    await rename(`${last}.aside`, last);
  });

  test(`opens in less than ${START_MS} ms, with little in memory, and uploads from there`, async () => {
    const store = await FileJournal.open(directory);
    const journal = await started(store);
    const sizes = await Promise.all((await readdir(directory)).map((name) => stat(path.join(directory, name))));
    const sizeMiB = sizes.reduce((sum, { size }) => sum + size, 0) / 2 ** 20;
    console.log(`${(await store.list()).length} segments, ${sizeMiB.toFixed(0)} MiB`);
    expect(journal.unsent).toEqual({ count: RECORDS, amount: 120 * RECORDS, oldestTime: 1_772_420_401_000 });
    expect([journal.nextSerial, journal.chain]).toEqual([RECORDS + 1, built.chain]);
    expect(journal.recordsSince.length).toBeLessThan(10_000);

    const first = await journal.nextBatch(1000);
    expect(parseBatch(first?.bytes ?? new Uint8Array()).records).toHaveLength(1000);
    for (let batch = first; batch && batch.to < 20_000; batch = await journal.nextBatch(1000)) {
      await journal.acknowledge(batch);
    }
    expect(journal.unsent).toMatchObject({ count: RECORDS - 19_000, amount: 120 * (RECORDS - 19_000) });
    expect(Math.min(...(await store.list()))).toBeGreaterThan(4);
    await store.close();
  });
});
