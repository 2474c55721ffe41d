/** What the centre has acknowledged and the journal keeps: how long, at what cost, and as what it goes again. */
import { parseBatch } from '@retap/protocol';
import { describe, expect, test } from 'vitest';
import { type Journal, type JournalOptions, MemoryJournal, type SealedBatch, waitingBatches } from '../src/index.ts';
import { readSegment } from '../src/journal-state.ts';
import { deliveredBy, journalOn, observationOf, TERMINAL, tapOn } from './journal-scene.ts';
import { cents, mediumWith, scene, sha256 } from './scene.ts';

/** A tap each second, about three to a segment. */
const small = { segmentBytes: 600 };
const ALL = { ageMax: Number.POSITIVE_INFINITY, segmentsMax: Number.POSITIVE_INFINITY };
const keeping = (keep: Partial<JournalOptions['keep']>): Partial<JournalOptions> => ({
  ...small,
  keep: { ...ALL, ...keep },
});

async function tapped(journal: Journal, taps: number): Promise<void> {
  for (let tap = 0; tap < taps; tap += 1) await tapOn(journal, 'successful');
}
const serialsIn = (batch: SealedBatch | null): number[] =>
  batch === null ? [] : parseBatch(batch.bytes).records.map(({ record }) => record.serial);
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('what the centre has', () => {
  test('is kept for its age, counted from the newest record, and then goes a segment at a time', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({ ageMax: 10_000 }));
    await tapped(journal, 40);
    expect(await journal.kept()).toBeNull();
    await deliveredBy(journal, 7);
    const kept = await journal.kept();
    expect(kept?.to).toBe(40);
    // Record n is of second n: those of the last ten, and what shares a segment with the oldest of them.
    expect(kept?.from).toBeLessThanOrEqual(30);
    expect(kept?.from).toBeGreaterThan(26);
    expect(await (await journalOn(store, keeping({ ageMax: 10_000 }))).kept()).toEqual(kept);
  });

  test('is kept up to so many segments, whatever its age; what it has not stays, however many that takes', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({ segmentsMax: 4 }));
    await tapped(journal, 40);
    expect((await store.list()).length).toBeGreaterThan(10);
    await deliveredBy(journal, 7);
    expect(await store.list()).toHaveLength(4);
    await tapped(journal, 40);
    expect((await store.list()).length).toBeGreaterThan(10);
    expect((await journal.kept())?.to ?? 40).toBe(40);
    expect(journal.unsent.count).toBe(40);
  });

  test('counts as sent, for whoever limits what waits, also while it goes again', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const limits = { minimumBalance: cents(0), maximumBalance: cents(100_000), unsentRecordsMax: 3 };
    const terminal = await stage.at(7, { store, limits, ...keeping({}) });
    const medium = mediumWith(100_000);
    const debit = { type: 'debit', amount: cents(1) } as const;
    for (let tap = 0; tap < 30; tap += 1) {
      expect((await terminal.tap(medium, debit)).outcome).toBe('successful');
      const batch = await terminal.nextBatch();
      if (batch) await terminal.acknowledge(batch);
    }
    const before = store.segments;
    expect(serialsIn(await terminal.batchAgain({ from: 1, to: 30 }))).toEqual(upTo(1, 30));
    expect(terminal.unsent).toEqual({ count: 0, amount: 0, oldestTime: null });
    expect(store.segments).toEqual(before);
  });

  test('makes room on a full disk, the oldest first, before a tap is refused; what it has not never does', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({}));
    store.capacityBytes = 30_000;
    await tapped(journal, 20);
    await deliveredBy(journal);
    // Twice what fits, sent as it comes: no tap is refused.
    for (let round = 0; round < 20; round += 1) {
      await tapped(journal, 6);
      await deliveredBy(journal);
    }
    const kept = await journal.kept();
    expect(kept?.from).toBeGreaterThan(20);
    expect((await store.list()).length).toBeGreaterThan(8);
    // And now nothing goes up: the disk fills with what must not go, and only then somebody is refused.
    let taps = 0;
    const untilFull = async (): Promise<void> => {
      for (;;) {
        await tapOn(journal, 'successful');
        taps += 1;
      }
    };
    await expect(untilFull()).rejects.toMatchObject({ code: 'journal-full' });
    expect([taps > 20, journal.unsent.count]).toEqual([true, taps]);
    expect(await deliveredBy(journal)).toHaveLength(taps);
  });

  test('makes room for the outcome of a tap, where somebody else filled the disk after its intent', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({}));
    await tapped(journal, 9);
    await deliveredBy(journal);
    await journal.intend({ ...observationOf(journal), type: 'debit', amount: cents(-1), status: 'unverified' });
    store.capacityBytes = store.lengthBytes;
    expect(await journal.settle('successful')).toMatchObject({ status: 'successful' });
    expect(journal.failure).toBeNull();
  });

  test('and is damaged stops nobody: it is not read, or whoever asks for it is told, and taps go on', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({}));
    await tapped(journal, 20);
    await deliveredBy(journal);
    const spoilt = new Map(store.segments);
    for (const segment of [1, 2, 3]) spoilt.set(segment, new Uint8Array(700).fill(7));
    const anew = await journalOn(new MemoryJournal(spoilt), keeping({}));
    expect((await anew.kept())?.from).toBeGreaterThan(3);
    // What is damaged later, while it runs.
    const store4 = new MemoryJournal(new Map(store.segments).set(4, spoilt.get(3) as Uint8Array));
    const running = await journalOn(store4, keeping({}));
    await expect(running.batchAgain({ from: 1, to: 20 }, 1000)).rejects.toMatchObject({ code: 'journal-damaged' });
    expect(running.failure).toBeNull();
    expect((await tapOn(running, 'successful')).serial).toBe(21);
    expect((await tapOn(anew, 'successful')).serial).toBe(21);
    expect(serialsIn(await anew.batchAgain({ from: 19, to: 20 }, 1000))).toEqual([19, 20]);
  });

  test('and somebody removed from the middle takes along what was before it; the terminal goes on', async () => {
    const store = new MemoryJournal();
    await deliveredBy(
      await (async () => {
        const journal = await journalOn(store, keeping({}));
        await tapped(journal, 20);
        return journal;
      })(),
    );
    await store.remove(3);
    const journal = await journalOn(store, keeping({}));
    expect(Math.min(...(await store.list()))).toBe(4);
    expect((await journal.kept())?.to).toBe(20);
    expect(await journal.verify()).toMatchObject({ segments: (await store.list()).length });
  });
});

describe('to go again', () => {
  test('are the newest of what is asked for, as far as it is kept and was acknowledged', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({ segmentsMax: 6 }));
    await tapped(journal, 30);
    await deliveredBy(journal, 7);
    await tapped(journal, 3);
    const { from = 0 } = (await journal.kept()) ?? {};
    expect(from).toBeGreaterThan(5);
    const again = async (asked: { from: number; to: number }, max = 1000): Promise<number[]> =>
      serialsIn(await journal.batchAgain(asked, max));
    expect(await again({ from: 1, to: 2 ** 31 - 1 })).toEqual(upTo(from, 30));
    expect(await again({ from: 1, to: 2 ** 31 - 1 }, 4)).toEqual([27, 28, 29, 30]);
    expect(await again({ from: from + 1, to: from + 3 })).toEqual(upTo(from + 1, from + 3));
    expect(await again({ from: 1, to: from - 1 })).toEqual([]);
    expect(await again({ from: 31, to: 33 })).toEqual([]);
  });

  test('read again no more segments than they are in, and some to find them, however many are kept', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, keeping({}));
    await tapped(journal, 500);
    await deliveredBy(journal);
    const segments = (await store.list()).length;
    expect(segments).toBeGreaterThan(100);
    let reads = 0;
    const read = store.read.bind(store);
    store.read = (segment) => {
      reads += 1;
      return read(segment);
    };
    const anew = await journalOn(store, keeping({}));
    expect(reads).toBeLessThanOrEqual(3);
    expect(serialsIn(await anew.batchAgain({ from: 100, to: 104 }, 1000))).toEqual(upTo(100, 104));
    // 2 log₂(segments) to find them, and of each its records, and the link before.
    expect(reads).toBeLessThanOrEqual(2 * Math.log2(segments) + 10);
    reads = 0;
    for await (const _ of waitingBatches({
      store,
      terminal: TERMINAL,
      sha256,
      signer: { sign: () => new Uint8Array(64) },
    })) {
      // Nothing waits.
    }
    expect(reads).toBeLessThanOrEqual(2);
  });
});

test('a journal of before several batches could be on their way goes on with the one that is', async () => {
  const store = new MemoryJournal();
  const journal = await journalOn(store, { segmentBytes: 1 });
  await tapped(journal, 3);
  const batch = await journal.nextBatch(2);
  await tapped(journal, 1);
  // The last segment's checkpoint as it was written then.
  const last = Math.max(...(await store.list()));
  const bytes = store.segments.get(last) ?? expect.fail();
  const text = new TextDecoder().decode(bytes);
  expect(text).toContain('"sealedTo":2');
  const { frame, readFrames } = await import('@retap/protocol');
  const old = Buffer.concat(
    readFrames(bytes).frames.map((body) =>
      frame(Buffer.from(Buffer.from(body).toString().replace('"sealed":[2],', ''))),
    ),
  );
  expect(old.length).toBeLessThan(bytes.length);
  expect(readSegment(old, last, { terminal: TERMINAL, sha256 }).state.sealed).toEqual([2]);
  const anew = await journalOn(new MemoryJournal(new Map(store.segments).set(last, old)), { segmentBytes: 1 });
  expect(await anew.nextBatch(1000)).toEqual(batch);
});
