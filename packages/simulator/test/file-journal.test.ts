import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amountOf, firstAccount } from '@retap/model';
import { JournalError, MemoryMedium, Terminal } from '@retap/terminal';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileJournal } from '../src/index.ts';

let directory: string;
let path: string;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'retap-journal-'));
  path = join(directory, 'journal');
});
afterEach(() => rm(directory, { recursive: true }));

const START = 1_772_420_400_000;
const terminalOn = (store: FileJournal): Promise<Terminal> =>
  Terminal.open({
    terminal: 7,
    store,
    clock: () => START,
    random: () => 0.5,
    limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(100_000) },
    clockTolerance: 120_000,
    retapWindow: 30_000,
  });

describe('a journal in a file', () => {
  test('is there when it is opened again, to the byte', async () => {
    const store = await FileJournal.open(path);
    await store.append(bytesOf('one '), 0);
    await store.append(bytesOf('two '), 4096);
    await store.close();
    const again = await FileJournal.open(path);
    expect(textOf(await again.read())).toBe('one two ');
    await again.append(bytesOf('three'), 0);
    expect(await readFile(path, 'utf8')).toBe('one two three');
    await again.close();
  });

  test('is cut where it is told, and written on from there', async () => {
    const store = await FileJournal.open(path);
    await store.append(bytesOf('whole torn'), 0);
    await store.truncate(6);
    await store.append(bytesOf('again'), 0);
    expect(textOf(await store.read())).toBe('whole again');
    await store.close();
  });

  test('is replaced as a whole, and written on', async () => {
    const store = await FileJournal.open(path);
    await store.append(bytesOf('much that is not needed any more'), 0);
    await store.replace(bytesOf('short'));
    await store.append(bytesOf(' and on'), 0);
    expect(textOf(await store.read())).toBe('short and on');
    expect(await readFile(path, 'utf8')).toBe('short and on');
    await store.close();
  });

  test('on a disk without room for a record and what follows it is full, and nothing is written', async () => {
    const store = await FileJournal.open(path);
    await store.append(bytesOf('old'), 0);
    await expect(store.append(bytesOf('new'), Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'journal-full' });
    expect(await readFile(path, 'utf8')).toBe('old');
    await store.append(bytesOf('new'), 0);
    expect(await readFile(path, 'utf8')).toBe('oldnew');
    await store.close();
  });

  test('that cannot be opened, or is closed, fails with a code and the path', async () => {
    const opening = FileJournal.open(join(directory, 'nowhere', 'journal'));
    await expect(opening).rejects.toThrow(JournalError);
    await expect(opening).rejects.toMatchObject({
      code: 'journal-failed',
      message: expect.stringContaining('nowhere'),
    });
    const store = await FileJournal.open(path);
    await store.close();
    await expect(store.append(bytesOf('x'), 0)).rejects.toMatchObject({ code: 'journal-failed' });
  });
});

test('a terminal on a file goes on after a restart, also when the end of the file is torn', async () => {
  const medium = new MemoryMedium(firstAccount('M1', amountOf(1000), START - 1000, 99));
  const store = await FileJournal.open(path);
  const terminal = await terminalOn(store);
  for (let taps = 0; taps < 3; taps += 1) await terminal.tap(medium, { type: 'debit', amount: amountOf(100) });
  await store.close();
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.length - 5));
  const again = await terminalOn(await FileJournal.open(path));
  expect(await again.tap(medium, { type: 'debit', amount: amountOf(200) })).toMatchObject({ record: { serial: 4 } });
  const batch = await again.nextBatch();
  expect(textOf(batch?.bytes ?? new Uint8Array())).toContain('"serial":3,"type":"debit"');
  expect(textOf(batch?.bytes ?? new Uint8Array()).match(/unverified/g)).toHaveLength(1);
});
