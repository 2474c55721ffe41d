import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKeptClock, writeKeptClock } from '../../src/clock/kept.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'retap-clock-'));
  file = path.join(directory, 'journal.clock');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('what was kept last comes back, and only its owner may read it', async () => {
  expect(await readKeptClock(file)).toBeNull();
  await writeKeptClock(file, { at: 1_780_000_000_000, offset: -3 });
  writeFileSync(`${file}.part`, 'of a write that a power cut ended');
  await writeKeptClock(file, { at: 1_780_000_000_001, offset: 86_400_000 });
  expect(await readKeptClock(file)).toEqual({ at: 1_780_000_000_001, offset: 86_400_000 });
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(readdirSync(directory)).toEqual(['journal.clock']);
});

test.each([
  ['nothing', ''],
  ['half of it', '{"version":1,"at":17800'],
  ['of another version', '{"version":2,"at":1,"offset":1}'],
  ['without a time', '{"version":1,"offset":1}'],
  ['with a time before all time', '{"version":1,"at":-1,"offset":1}'],
  ['with an offset that is no number', '{"version":1,"at":1,"offset":"1"}'],
  ['no object', 'null'],
])('a file with %s is as none: the terminal waits for its centre', async (_what, text) => {
  writeFileSync(file, text);
  expect(await readKeptClock(file)).toBeNull();
});

test('where it cannot be read or written, that is said', async () => {
  await expect(readKeptClock(directory)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(writeKeptClock(path.join(directory, 'none', 'x.clock'), { at: 1, offset: 1 })).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
