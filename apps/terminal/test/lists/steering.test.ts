import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { amountOf, firstAccount } from '@retap/model';
import { encodeList, type List } from '@retap/protocol';
import { MemoryJournal, MemoryMedium, Terminal } from '@retap/terminal';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeldLists } from '../../src/lists/held-lists.ts';
import { type Steering, steeredBy, stricter } from '../../src/lists/steering.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const centre = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
const START = 1_780_000_000_000;
const END = START + 1_000;

const CONFIGURED: Steering = {
  denyList: new Set(['CONFIGURED']),
  actions: (medium, serial) => (serial === 1 ? { medium, serial, kind: 'block' } : null),
  limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(500), dayTapsMax: 10, dayStart: 7 },
};

let directory: string;
let now: number;
let lists: HeldLists;
let steering: Steering;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'retap-lists-'));
  now = START;
  lists = await HeldLists.open({ directory, centre, now: () => now, log: () => {} });
  steering = steeredBy(lists, CONFIGURED);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function take(kind: List['kind'], version: number, entries: List['entries']): Promise<void> {
  const list = { kind, version, issuedAt: START, expiresAt: END, entries } as List;
  expect(await lists.take(kind, await encodeList(list, (bytes) => sign(null, bytes, privateKey)))).toBe('taken');
}

test('without a list the configuration counts', () => {
  expect(['CONFIGURED', 'M1'].map((medium) => steering.denyList.has(medium))).toEqual([true, false]);
  expect(steering.actions('M1', 1)).toEqual({ medium: 'M1', serial: 1, kind: 'block' });
  expect(steering.limits).toEqual(CONFIGURED.limits);
});

describe('a list takes its place at once', () => {
  test('of denied media, and stays when it has expired', async () => {
    await take('deny', 1, ['M1']);
    const denied = () => ['CONFIGURED', 'M1', 'M2'].map((medium) => steering.denyList.has(medium));
    expect(denied()).toEqual([false, true, false]);
    await take('deny', 2, ['M2']);
    expect(denied()).toEqual([false, false, true]);
    now = END;
    expect(denied()).toEqual([false, false, true]);
  });

  test('of actions, of which none is left when it has expired', async () => {
    await take('actions', 1, [{ medium: 'M1', serial: 2, kind: 'refund', amount: amountOf(130) }]);
    expect(steering.actions('M1', 2)).toEqual({ medium: 'M1', serial: 2, kind: 'refund', amount: 130 });
    expect([steering.actions('M1', 1), steering.actions('M2', 2)]).toEqual([null, null]);
    now = END;
    expect([steering.actions('M1', 1), steering.actions('M1', 2)]).toEqual([null, null]);
  });

  test('of limits, and the stricter of each counts when it has expired', async () => {
    await take('limits', 1, { minimumBalance: -200, maximumBalance: 400, dayTapsMax: 20, unsentRecordsMax: 5 });
    const listed = { minimumBalance: -200, maximumBalance: 400, dayTapsMax: 20, unsentRecordsMax: 5, dayStart: 7 };
    expect(steering.limits).toEqual(listed);
    now = END;
    expect(steering.limits).toEqual({ ...listed, minimumBalance: 0, dayTapsMax: 10 });
  });
});

test('of two limits the stricter is the one that allows less', () => {
  const own = { minimumBalance: amountOf(0), maximumBalance: amountOf(500) };
  expect(stricter(own, { minimumBalance: 100, maximumBalance: 900 })).toEqual({
    minimumBalance: 100,
    maximumBalance: 500,
  });
  expect(stricter(own, { unsentAgeMax: 5 })).toEqual({ ...own, unsentAgeMax: 5 });
});

test('a terminal in service keeps to a list from the next tap on', async () => {
  const terminal = await Terminal.open({
    ...{ terminal: 17, store: new MemoryJournal(), clock: () => now, clockSetAt: () => now, clockSetMax: 0 },
    ...{ clockTolerance: 120_000, retapWindow: 0, denyList: steering.denyList, actions: steering.actions },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    get limits() {
      return steering.limits;
    },
  });
  const tap = (medium: string) => {
    const account = firstAccount(medium, amountOf(400), START - 86_400_000, 99);
    return terminal.tap(new MemoryMedium(account), { type: 'debit', amount: amountOf(100) });
  };
  expect(await tap('M0')).toMatchObject({ outcome: 'refused', reason: 'medium-blocked' });
  await take('actions', 1, []);
  expect(await tap('M1')).toMatchObject({ outcome: 'successful' });
  await take('limits', 1, { tapAmountMax: 99 });
  expect(await tap('M2')).toEqual({ outcome: 'refused', reason: 'tap-limit' });
  await take('limits', 2, {});
  await take('deny', 1, ['M2']);
  expect(await tap('M2')).toEqual({ outcome: 'refused', reason: 'medium-denied' });
  await take('actions', 2, [{ medium: 'M3', serial: 1, kind: 'refill', amount: amountOf(50) }]);
  expect(await tap('M3')).toMatchObject({ outcome: 'successful', record: { balance: 350 } });
});
