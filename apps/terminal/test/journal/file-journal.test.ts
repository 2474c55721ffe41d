import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealing } from '@retap/keys';
import { amountOf, type TransactionRecord } from '@retap/model';
import { Journal, JournalError } from '@retap/terminal';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileJournal } from '../../src/journal/file-journal.ts';

let parent: string;
let directory: string;
let opened: FileJournal[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'retap-journal-'));
  directory = join(parent, 'journal');
});
afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
  await rm(parent, { recursive: true });
});

async function open(): Promise<FileJournal> {
  const store = await FileJournal.open(directory);
  opened.push(store);
  return store;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const segmentFiles = (): string[] => readdirSync(directory).filter((name) => !name.startsWith('lock-'));

describe('a journal in a directory', () => {
  test('is there when it is opened again, to the byte, segment by segment', async () => {
    const store = await open();
    expect(await store.list()).toEqual([]);
    await store.create(1, bytesOf('one '));
    await store.append(1, bytesOf('two '), 4096);
    await store.create(2, bytesOf('three '));
    await store.append(2, bytesOf('four'), 0);
    await store.close();
    const again = await open();
    expect(await again.list()).toEqual([1, 2]);
    expect(textOf(await again.read(1))).toBe('one two ');
    await again.append(2, bytesOf(' five'), 0);
    expect(await readFile(join(directory, '000002.journal'), 'utf8')).toBe('three four five');
    await again.remove(1);
    expect([await again.list(), segmentFiles()]).toEqual([[2], ['000002.journal']]);
  });

  test('counts on above 999999, in order of number', async () => {
    const store = await open();
    for (const segment of [1_000_000, 999_999]) await store.create(segment, bytesOf(`${segment}`));
    expect(await store.list()).toEqual([999_999, 1_000_000]);
  });

  test('is cut where it is told, and written on from there', async () => {
    const store = await open();
    await store.create(1, bytesOf('whole '));
    await store.append(1, bytesOf('torn'), 0);
    await store.truncate(1, 6);
    await store.append(1, bytesOf('again'), 0);
    expect(textOf(await store.read(1))).toBe('whole again');
  });

  test('of which a start was cut off while it began a segment has no such segment', async () => {
    await (await open()).close();
    await writeFile(join(directory, '000001.journal.new'), 'not who');
    const store = await open();
    expect([await store.list(), segmentFiles()]).toEqual([[], []]);
    await store.create(1, bytesOf('whole'));
    expect(textOf(await store.read(1))).toBe('whole');
  });

  test('without room for a record and what follows it is full, and nothing is written', async () => {
    const store = await open();
    await store.create(1, bytesOf('old'));
    const full = { code: 'journal-full', message: expect.stringContaining(directory) };
    await expect(store.append(1, bytesOf('new'), Number.MAX_SAFE_INTEGER)).rejects.toMatchObject(full);
    expect(textOf(await store.read(1))).toBe('old');
    await store.append(1, bytesOf('new'), 0);
    expect(textOf(await store.read(1))).toBe('oldnew');
  });

  test('that has no parent, or is a file, fails with a code and the path', async () => {
    await writeFile(directory, 'a file');
    for (const path of [join(parent, 'nowhere', 'journal'), directory]) {
      const opening = FileJournal.open(path);
      await expect(opening).rejects.toThrow(JournalError);
      await expect(opening).rejects.toMatchObject({ message: expect.stringContaining(path) });
    }
    await expect(FileJournal.open(join(parent, 'nowhere', 'journal'))).rejects.toMatchObject({
      code: 'journal-failed',
    });
  });

  test('that is closed fails, for it may be another process’s', async () => {
    const store = await open();
    await store.create(1, bytesOf('x'));
    await store.close();
    await expect(store.append(1, bytesOf('x'), 0)).rejects.toMatchObject({ code: 'journal-failed' });
    await expect(store.create(2, bytesOf('x'))).rejects.toMatchObject({ code: 'journal-failed' });
    await expect(store.truncate(1, 0)).rejects.toMatchObject({ code: 'journal-failed' });
    await expect(store.remove(1)).rejects.toMatchObject({ code: 'journal-failed' });
    expect(readdirSync(directory)).toEqual(['000001.journal']);
  });
});

describe('modes', () => {
  test('directory and segments are their owner’s alone', async () => {
    const store = await open();
    await store.create(1, bytesOf('x'));
    expect([modeOf(directory), modeOf(join(directory, '000001.journal'))]).toEqual([0o700, 0o600]);
  });

  test.each(['750', '701', '777'])(
    'a directory of mode %s is refused, with the command that mends it',
    async (mode) => {
      await mkdir(directory);
      chmodSync(directory, Number.parseInt(mode, 8));
      await expect(FileJournal.open(directory)).rejects.toMatchObject({
        code: 'journal-permissions',
        message: expect.stringContaining(`run: chmod 700 '${directory}'`),
      });
      chmodSync(directory, 0o700);
      expect(await (await open()).list()).toEqual([]);
    },
  );

  test('a file is no directory, and its mode is not the question', async () => {
    await writeFile(directory, 'x', { mode: 0o644 });
    const message = expect.stringContaining('is not a directory; name another journal');
    await expect(FileJournal.open(directory)).rejects.toMatchObject({ code: 'journal-failed', message });
  });

  test('a segment that others may read is refused, and leaves no lock', async () => {
    const path = join(directory, '000001.journal');
    const store = await open();
    await store.create(1, bytesOf('x'));
    await store.close();
    chmodSync(path, 0o640);
    await expect(FileJournal.open(directory)).rejects.toMatchObject({
      code: 'journal-permissions',
      message: expect.stringContaining(`run: chmod 600 '${path}'`),
    });
    chmodSync(path, 0o600);
    expect(await (await open()).list()).toEqual([1]);
  });
});

describe('a journal of records, sealed by the key store’s key', () => {
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const sealer = sealing(new Uint8Array(32).fill(7), randomBytes);
  const journalOn = (store: FileJournal) =>
    Journal.open({ store, terminal: 7, sha256, sealer, segmentBytes: 2000, snapshot: () => 'memory' });
  const tap = async (journal: Journal): Promise<TransactionRecord> => {
    const { nextSerial: serial, lastTime } = journal;
    const last = { lastTime, lastTerminal: 7, time: lastTime + 1000 };
    const value = { amount: amountOf(-120), balance: amountOf(880), status: 'unverified' } as const;
    await journal.intend({ terminal: 7, serial, type: 'debit', medium: 'M1', ...last, ...value });
    return journal.settle('successful');
  };

  test('goes on after a restart, also when the end of the last segment is torn, and tells nothing at rest', async () => {
    const store = await open();
    const journal = await journalOn(store);
    for (let taps = 0; taps < 30; taps += 1) await tap(journal);
    const batch = await journal.nextBatch(25);
    await store.close();
    const last = join(directory, segmentFiles().at(-1) ?? '');
    const bytes = await readFile(last);
    expect(bytes.toString('latin1')).not.toContain('debit');
    await writeFile(last, bytes.subarray(0, -5));
    const anew = await journalOn(await open());
    // The torn append was the note that a batch is sealed: nobody was sent it, and it is sealed again.
    expect(await anew.nextBatch(25)).toEqual(batch);
    expect(await anew.verify()).toEqual({ segments: segmentFiles().length, records: 30 });
    if (batch) await anew.acknowledge(batch);
    expect((await tap(anew)).serial).toBe(31);
    expect(segmentFiles().length).toBeLessThan(6);
  });
});
