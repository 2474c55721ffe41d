/** A terminal over its journal's directory: sealed or not, and whether it can tell that a medium was opened. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { amountOf } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type JournaledTerminal, openJournaledTerminal } from '../src/journaled-terminal.ts';

const START = 1_800_000_000_000;
const KEY = new Uint8Array(32).fill(7);
let journal = '';
let now = START;

beforeEach(() => {
  journal = path.join(mkdtempSync(path.join(tmpdir(), 'retap-journaled-')), 'journal');
  now = START;
});
afterEach(() => rmSync(path.dirname(journal), { recursive: true, force: true }));

async function at<Value>(
  work: (desk: JournaledTerminal) => Value | Promise<Value>,
  journalKey: Uint8Array | null = null,
  segmentBytes?: number,
): Promise<Value> {
  const desk = await openJournaledTerminal({
    ...{ journal, journalKey, terminal: 900, clock: () => now, clockSetAt: () => now, clockTolerance: 0 },
    ...{ clockSetMax: Number.POSITIVE_INFINITY, retapWindow: 60_000, ...(segmentBytes && { segmentBytes }) },
    limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(50_000) },
  });
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
}

async function open(desk: JournaledTerminal, medium: string): Promise<number> {
  now += 1_000;
  const opened = await desk.terminal.open(new MemoryMedium(), medium, amountOf(100));
  if (opened.outcome !== 'opened') throw new Error(`the medium is ${opened.outcome}`);
  return opened.record.time;
}

test('an opening that is in the journal is found after a restart; one that is not, is not', async () => {
  const time = await at((desk) => open(desk, 'M1'));
  const found = await at((desk) => [
    desk.isOpeningRecorded('M1', time),
    desk.isOpeningRecorded('M2', time),
    desk.isOpeningRecorded('M2', time + 500),
  ]);
  expect(found).toEqual(['recorded', 'not-recorded', 'not-recorded']);
});

test('nothing is recorded in a journal that is not there yet', async () => {
  expect(await at((desk) => desk.isOpeningRecorded('M1', START))).toBe('not-recorded');
});

test('what is older than the segment that is read cannot be told; what is later can', async () => {
  const times = await at(
    async (desk) => {
      const all: number[] = [];
      for (let medium = 0; medium < 40; medium += 1) all.push(await open(desk, `M${medium}`));
      return all;
    },
    null,
    1_500,
  );
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const found = await at(
    (desk) => [
      desk.isOpeningRecorded('M0', first),
      desk.isOpeningRecorded('M39', last),
      desk.isOpeningRecorded('M40', last + 1),
    ],
    null,
    1_500,
  );
  expect(found).toEqual(['unknown', 'recorded', 'not-recorded']);
});

test('with a key nobody reads the journal, and another key does not open it', async () => {
  await at((desk) => open(desk, 'SECRET-NAME'), KEY);
  const bytes = readdirSync(journal).map((name) => readFileSync(path.join(journal, name), 'latin1'));
  expect(bytes.join('')).not.toContain('SECRET-NAME');
  const time = now;
  expect(await at((desk) => desk.isOpeningRecorded('SECRET-NAME', time), KEY)).toBe('recorded');
  await expect(
    at(
      () => null,
      KEY.map((byte) => byte + 1),
    ),
  ).rejects.toMatchObject({ code: 'journal-damaged' });
  // The directory was given free by those who failed.
  expect(await at((desk) => desk.terminal.unsent.count, KEY)).toBe(1);
});
