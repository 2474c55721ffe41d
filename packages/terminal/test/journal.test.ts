/** The journal, cut at every byte and damaged at any. */
import { isTransaction, type JournalRecord } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { JournalError, MemoryJournal, type SealedBatch } from '../src/index.ts';
import { cents, delivered, mediumWith, type Scene, scene, told } from './scene.ts';

const debit = { type: 'debit', amount: cents(120) } as const;

interface Run {
  readonly bytes: Uint8Array;
  /** What the centre got before the end. */
  readonly acknowledged: readonly JournalRecord[];
  readonly sealed: SealedBatch | null;
  /** Journal length when the second batch was sealed. */
  readonly sealedAt: number;
  /** Journal length when each medium committed: its intent must lie below. */
  readonly commits: readonly { readonly serial: number; readonly at: number }[];
}

/** Three taps, uploaded; then a torn one, a declined one, an observation, sealed; then one more. */
async function dayOf(stage: Scene): Promise<Run> {
  const store = new MemoryJournal();
  const terminal = await stage.at(7, { store });
  const medium = mediumWith(10_000);
  const commits: { serial: number; at: number }[] = [];
  const length = async (): Promise<number> => (await store.read()).length;
  const tap = async (fault: typeof medium.fault): Promise<void> => {
    medium.fault = fault;
    let at = Promise.resolve(0);
    medium.onCommit = () => {
      at = length();
    };
    const outcome = await terminal.tap(medium, debit);
    if (outcome.outcome !== 'refused' && (await at) > 0) commits.push({ serial: outcome.record.serial, at: await at });
    stage.now += 60_000 * 60;
  };
  for (const fault of [null, 'torn-after', null] as const) await tap(fault);
  const acknowledged = await delivered(terminal);
  for (const fault of ['torn-before', 'declines'] as const) await tap(fault);
  await terminal.observe(medium);
  const sealed = await terminal.nextBatch();
  const sealedAt = await length();
  await tap(null);
  return { bytes: await store.read(), acknowledged, sealed, sealedAt, commits };
}

test('a journal cut at any byte opens, and no serial, record or batch that went out is ever another', async () => {
  const stage = scene();
  const day = await dayOf(stage);
  const whole = await delivered(await stage.at(7, { store: new MemoryJournal(day.bytes) }));
  const final = new Map([...day.acknowledged, ...whole].map((record) => [record.serial, record]));
  expect(told([...final.values()])).toHaveLength(7);
  expect(day.commits).toHaveLength(4);
  for (let cut = 0; cut <= day.bytes.length; cut += 1) {
    const store = new MemoryJournal(day.bytes.slice(0, cut));
    const terminal = await stage.at(7, { store });
    if (cut >= day.sealedAt) expect((await terminal.nextBatch())?.bytes).toEqual(day.sealed?.bytes);
    const next = await terminal.tap(mediumWith(1000, 'M2'), debit);
    const records = await delivered(terminal);
    for (const record of records.slice(0, -1)) {
      const known = final.get(record.serial);
      // As it went out; or an outcome that the power cut took: then nobody was told another.
      const lost = known && isTransaction(known) && { ...known, status: 'unverified' };
      expect([known, lost]).toContainEqual(record);
    }
    const serial = next.outcome === 'refused' ? 0 : next.record.serial;
    for (const commit of day.commits) if (cut >= commit.at) expect(serial).toBeGreaterThan(commit.serial);
    expect(records.map((record) => record.serial)).toEqual(records.map((_, at) => serial - records.length + 1 + at));
  }
});

describe('a journal that is not what this terminal wrote', () => {
  test('changed at any byte in the middle is damaged: to go on could give a serial twice', async () => {
    const stage = scene();
    const { bytes } = await dayOf(stage);
    const middle = bytes.length - 1000;
    for (let at = 0; at < middle; at += 7) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      const opening = stage.at(7, { store: new MemoryJournal(changed) });
      await expect(opening).rejects.toMatchObject({ name: 'JournalError', code: 'journal-damaged' });
    }
  });

  test('of another terminal is foreign', async () => {
    const stage = scene();
    const { bytes } = await dayOf(stage);
    const opening = stage.at(8, { store: new MemoryJournal(bytes) });
    await expect(opening).rejects.toMatchObject({
      code: 'journal-foreign',
      message: expect.stringContaining('terminal 7'),
    });
  });
});

describe('a full disk', () => {
  test('refuses taps before the medium is written, lets the outcome of the last one through, and uploads make room', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store });
    store.capacityBytes = 10_000;
    const medium = mediumWith(100_000);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'refused') outcomes.push((await terminal.tap(medium, debit)).outcome);
    expect(medium.account?.mediumSerial).toBe(outcomes.length - 1);
    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(['successful']));
    expect(await delivered(terminal)).toHaveLength(outcomes.length - 1);
    expect(await terminal.tap(medium, debit)).toMatchObject({
      outcome: 'successful',
      record: { serial: outcomes.length },
    });
  });

  test('a journal written anew recovers to the same terminal', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store, compactAboveBytes: 0, batchRecordsMax: 2 });
    const medium = mediumWith(10_000);
    for (let taps = 0; taps < 5; taps += 1) await terminal.tap(medium, debit);
    const first = await terminal.nextBatch();
    if (first) await terminal.acknowledge(first);
    const second = await terminal.nextBatch();
    const anew = await stage.at(7, { store, batchRecordsMax: 2 });
    expect(await anew.nextBatch()).toEqual(second);
    expect((await delivered(anew)).map(({ serial }) => serial)).toEqual([3, 4, 5]);
    expect(await anew.tap(medium, debit)).toMatchObject({ record: { serial: 6 } });
  });
});

describe('a disk that fails', () => {
  test('puts the terminal out of service until it is opened anew', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store });
    const medium = mediumWith(1000);
    store.isCut = true;
    expect(await terminal.tap(medium, debit)).toEqual({ outcome: 'refused', reason: 'out-of-service' });
    store.isCut = false;
    expect(await terminal.tap(medium, debit)).toEqual({ outcome: 'refused', reason: 'out-of-service' });
    expect(medium.account?.mediumSerial).toBe(0);
    expect(await (await stage.at(7, { store })).tap(medium, debit)).toMatchObject({ outcome: 'successful' });
  });

  test('after the commit leaves a record unverified, and says no more than that', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store });
    const medium = mediumWith(1000);
    medium.onCommit = () => {
      store.isCut = true;
    };
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'unverified', record: { serial: 1 } });
    await expect(terminal.nextBatch()).resolves.toBeNull();
    store.isCut = false;
    expect(told(await delivered(await stage.at(7, { store })))).toEqual(['7-1 debit -120 unverified']);
  });

  test('a batch that cannot be sealed is an I/O fault with a code', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store });
    await terminal.tap(mediumWith(1000), debit);
    store.isCut = true;
    await expect(terminal.nextBatch()).rejects.toThrow(JournalError);
  });
});
