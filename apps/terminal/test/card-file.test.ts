import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { IMAGE_BYTES } from '@retap/card';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CardFile, CardFileError } from '../src/card-file.ts';

let directory: string;
let card: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'retap-card-'));
  card = path.join(directory, 'anna.card');
});
afterEach(() => rmSync(directory, { recursive: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CardFileError) return error.code;
    throw error;
  }
  return 'none';
}

test('what was written is there when it is opened again', () => {
  const made = CardFile.create(card);
  made.write(100, Uint8Array.of(1, 2, 3));
  made.close();
  const opened = CardFile.open(card);
  expect([...opened.read().subarray(99, 104)]).toEqual([0, 1, 2, 3, 0]);
  opened.close();
  expect(readdirSync(directory)).toEqual(['anna.card']);
});

test('a write is in the file before the card goes on, for whoever else reads it', () => {
  const made = CardFile.create(card);
  made.write(8, Uint8Array.of(7));
  expect(readFileSync(card)[8]).toBe(7);
  made.close();
});

test('nobody else may read it: it holds the keys of the card', () => {
  CardFile.create(card).close();
  expect(statSync(card).mode & 0o777).toBe(0o600);
});

test('a write beyond a page or the end is our own mistake', () => {
  const made = CardFile.create(card);
  expect(() => made.write(0, new Uint8Array(33))).toThrow('at most 32 bytes');
  expect(() => made.write(IMAGE_BYTES - 1, new Uint8Array(2))).toThrow('no memory');
  made.close();
});

test('a card is made once', () => {
  CardFile.create(card).close();
  expect(codeOf(() => CardFile.create(card))).toBe('card-file-exists');
  expect(readdirSync(directory)).toEqual(['anna.card']);
});

test('a file of another length is no card, and one that is not there neither', () => {
  writeFileSync(card, 'hello');
  expect(codeOf(() => CardFile.open(card))).toBe('card-file-malformed');
  expect(codeOf(() => CardFile.open(path.join(directory, 'bert.card')))).toBe('card-file-missing');
  expect(codeOf(() => CardFile.open(path.join(directory, 'none', 'bert.card')))).toBe('card-file-missing');
  expect(readdirSync(directory)).toEqual(['anna.card']);
});

test('two cannot hold one card', () => {
  const made = CardFile.create(card);
  expect(codeOf(() => CardFile.open(card))).toBe('card-in-use');
  made.close();
  CardFile.open(card).close();
});

test('the lock of a process that was killed is taken over, also while nobody has waited for it', async () => {
  CardFile.create(card).close();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => other.once('exit', resolve));
  writeFileSync(`${card}.lock`, nameOf(other.pid ?? 0));
  expect(codeOf(() => CardFile.open(card))).toBe('card-in-use');
  other.kill('SIGKILL');
  await ended;
  CardFile.open(card).close();
  expect(readdirSync(directory)).toEqual(['anna.card']);
});

test('another process that got the number of a dead holder holds nothing', () => {
  CardFile.create(card).close();
  writeFileSync(`${card}.lock`, nameOf(process.ppid).replace(/ \d+ /, ' 1 '));
  CardFile.open(card).close();
});

/** As the lock names a process: its number, its start in ticks since boot, the boot (proc(5)). */
function nameOf(pid: number): string {
  const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19];
  return `${pid} ${start} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
}
