/** What a journal keeps: over restarts, over its segments, on a disk that is full or fails. */
import { parseBatch } from '@retap/protocol';
import { describe, expect, test } from 'vitest';
import { JournalError, MemoryJournal } from '../src/index.ts';
import { debitOf, deliveredBy, journalOn, observationOf, PROOF, sealerOf, tapOn } from './journal-scene.ts';
import { cents, delivered, mediumWith, scene, sha256, told } from './scene.ts';

const debit = { type: 'debit', amount: cents(120) } as const;
const serials = (records: readonly { readonly serial: number }[]): number[] => records.map(({ serial }) => serial);

describe('a journal opened anew', () => {
  test.each([undefined, sealerOf(1)])(
    'has every record as it was settled, with the proof of its medium',
    async (sealer) => {
      const store = new MemoryJournal();
      const options = sealer ? { sealer } : {};
      const journal = await journalOn(store, options);
      const records = [await tapOn(journal, 'successful'), await tapOn(journal, 'unsuccessful')];
      const anew = await journalOn(store, options);
      expect(anew.recordsSince).toEqual(records);
      expect(records[0]).toMatchObject({ status: 'successful', proof: PROOF });
      expect(await deliveredBy(anew)).toEqual(records);
      expect(anew.chain).toBe(journal.chain);
    },
  );

  test('makes an intent without outcome unverified, under its serial, whoever opens it again', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store);
    await journal.intend(debitOf(journal));
    const anew = await journalOn(store);
    expect(anew.recordsSince).toMatchObject([{ serial: 1, status: 'unverified' }]);
    expect([anew.nextSerial, (await journalOn(store)).chain]).toEqual([2, anew.chain]);
  });

  test('gives the chain that anybody gets from the records: h(n) = SHA-256(h(n−1) ‖ record n)', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, { segmentBytes: 300 });
    for (let tap = 0; tap < 4; tap += 1) await tapOn(journal, 'successful');
    await journal.write(observationOf(journal));
    const batch = await journal.nextBatch(1000);
    const lines = new TextDecoder().decode(batch?.bytes).match(/\{"terminal":7,"serial".*?\}(?=,\{"terminal"|\]\}$)/g);
    expect(lines).toHaveLength(5);
    const hash = (text: string): string =>
      Buffer.from(sha256(Buffer.from(text)))
        .toString('hex')
        .toUpperCase();
    expect(journal.chain).toBe((lines ?? []).reduce((link, line) => hash(link + line), hash('retap journal7')));
  });

  test('of another terminal is foreign', async () => {
    const store = new MemoryJournal();
    await journalOn(store);
    const opening = journalOn(store, { terminal: 8 });
    await expect(opening).rejects.toMatchObject({
      code: 'journal-foreign',
      message: expect.stringContaining('terminal 7'),
    });
  });
});

describe('segments', () => {
  const small = { segmentBytes: 600 };

  test('follow each other, and go once the centre has them', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, small);
    for (let tap = 0; tap < 20; tap += 1) await tapOn(journal, 'successful');
    expect(await store.list()).toEqual(Array.from({ length: (await store.list()).length }, (_, at) => at + 1));
    expect((await store.list()).length).toBeGreaterThan(5);
    expect(await journal.verify()).toMatchObject({ records: 20 });
    const last = (await store.list()).at(-1);
    expect(serials(await deliveredBy(journal, 3))).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(await store.list()).toEqual([last]);
    expect(await journal.verify()).toMatchObject({ segments: 1 });
  });

  test('a sealed batch is the same bytes until it is acknowledged, over restarts, taps and segments', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, small);
    for (let tap = 0; tap < 7; tap += 1) await tapOn(journal, 'successful');
    const batch = await journal.nextBatch(5);
    expect(parseBatch(batch?.bytes ?? new Uint8Array()).records).toHaveLength(5);
    for (let tap = 0; tap < 7; tap += 1) await tapOn(journal, 'unverified');
    expect(await journal.nextBatch(1000)).toEqual(batch);
    const anew = await journalOn(store, small);
    expect(await anew.nextBatch(1000)).toEqual(batch);
    if (batch) await anew.acknowledge(batch);
    if (batch) await anew.acknowledge(batch);
    expect(await anew.nextBatch(1000)).toMatchObject({ from: 6, to: 14 });
  });

  test('hold what the terminal remembers; what came after is among the records', async () => {
    const store = new MemoryJournal();
    const remembered: number[] = [];
    const options = { segmentBytes: 900, snapshot: () => remembered.join(' ') };
    const journal = await journalOn(store, options);
    for (let tap = 0; tap < 11; tap += 1) remembered.push((await tapOn(journal, 'successful')).serial);
    await deliveredBy(journal);
    const anew = await journalOn(store, options);
    expect(`${anew.memory} ${serials(anew.recordsSince).join(' ')}`).toBe(remembered.join(' '));
    expect(anew.recordsSince.length).toBeGreaterThan(0);
  });

  test('a memory larger than a frame comes back whole, and does not make every tap a segment', async () => {
    const store = new MemoryJournal();
    const memory = 'M1 '.repeat(1_000_000);
    const options = { ...small, snapshot: () => memory, sealer: sealerOf(2) };
    const journal = await journalOn(store, options);
    for (let tap = 0; tap < 3; tap += 1) await tapOn(journal, 'successful');
    expect((await store.list()).length).toBeLessThanOrEqual(3);
    expect((await journalOn(store, options)).memory).toBe(memory);
  });

  test('that the centre has, and that a cut left behind, go at the next start', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, small);
    for (let tap = 0; tap < 9; tap += 1) await tapOn(journal, 'successful');
    const batch = await journal.nextBatch(1000);
    const before = await store.list();
    // The acknowledgement is written, no segment is removed.
    store.cutAfterWrites = 1;
    await expect(journal.acknowledge(batch ?? expect.fail())).rejects.toMatchObject({ code: 'journal-failed' });
    store.isCut = false;
    expect(await store.list()).toEqual(before);
    const anew = await journalOn(store, small);
    expect([await store.list(), anew.unsent.count]).toEqual([before.slice(-1), 0]);
  });
});

describe('what is unsent', () => {
  test('counts records, the value of those that may have changed a medium, and the oldest; also after a restart', async () => {
    const store = new MemoryJournal();
    const small = { segmentBytes: 500 };
    const journal = await journalOn(store, small);
    const unsent = async () => {
      expect((await journalOn(new MemoryJournal(store.segments), small)).unsent).toEqual(journal.unsent);
      return journal.unsent;
    };
    expect(await unsent()).toEqual({ count: 0, amount: 0, oldestTime: null });
    await tapOn(journal, 'successful', 100);
    await tapOn(journal, 'unsuccessful', 20);
    await tapOn(journal, 'unverified', 3);
    await journal.write(observationOf(journal));
    expect(await unsent()).toEqual({ count: 4, amount: 103, oldestTime: 1000 });
    const batch = await journal.nextBatch(2);
    await tapOn(journal, 'successful', 50);
    if (batch) await journal.acknowledge(batch);
    expect(await unsent()).toEqual({ count: 3, amount: 53, oldestTime: 3000 });
    await deliveredBy(journal);
    expect(await unsent()).toEqual({ count: 0, amount: 0, oldestTime: null });
    await tapOn(journal, 'successful', 9);
    expect(await unsent()).toEqual({ count: 1, amount: 9, oldestTime: 6000 });
  });
});

describe('a full disk', () => {
  test('refuses taps before the medium is written, lets the outcome of the last one through, and uploads make room', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store, segmentBytes: 2000 });
    store.capacityBytes = 30_000;
    const medium = mediumWith(100_000);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'refused') outcomes.push((await terminal.tap(medium, debit)).outcome);
    expect(medium.account?.mediumSerial).toBe(outcomes.length - 1);
    expect(outcomes.length).toBeGreaterThan(20);
    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(['successful']));
    expect(await delivered(terminal)).toHaveLength(outcomes.length - 1);
    const again = await terminal.tap(medium, debit);
    expect(again).toMatchObject({ outcome: 'successful', record: { serial: outcomes.length } });
  });

  test.each([1, 2, 1000])(
    'within one segment gives back what is sent in batches of %i, by beginning another',
    async (max) => {
      const store = new MemoryJournal();
      const journal = await journalOn(store, { segmentBytes: 4000 });
      store.capacityBytes = 16_000;
      let taps = 0;
      const untilFull = async (): Promise<void> => {
        for (;;) {
          await tapOn(journal, 'successful');
          taps += 1;
        }
      };
      for (let round = 0; round < 5; round += 1) {
        const before = taps;
        await expect(untilFull()).rejects.toMatchObject({ code: 'journal-full' });
        expect(journal.failure).toBeNull();
        expect(taps).toBeGreaterThan(before);
        expect(await deliveredBy(journal, max)).toHaveLength(taps - before);
      }
    },
  );

  test('filled by somebody else after the intent: the record is unverified, and nothing more is written', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store);
    await journal.intend(debitOf(journal));
    store.capacityBytes = store.lengthBytes;
    await expect(journal.settle('successful')).rejects.toMatchObject({ code: 'journal-full' });
    store.capacityBytes = Number.POSITIVE_INFINITY;
    await expect(journal.write(observationOf(journal))).rejects.toMatchObject({ code: 'journal-full' });
    expect((await journalOn(store)).recordsSince).toMatchObject([{ serial: 1, status: 'unverified' }]);
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
    const store = new MemoryJournal();
    const journal = await journalOn(store);
    await tapOn(journal, 'successful');
    store.isCut = true;
    await expect(journal.nextBatch(10)).rejects.toThrow(JournalError);
  });
});

describe('a caller that is wrong', () => {
  test('is told, and nothing is written', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store);
    const before = store.segments;
    const next = debitOf(journal);
    await expect(journal.settle('successful')).rejects.toThrow('no intent to settle');
    await expect(journal.settle('unverified', PROOF)).rejects.toThrow('a proof of a commit that was unverified');
    await expect(journal.intend({ ...next, serial: 2 })).rejects.toThrow('not the next of this journal');
    await expect(journal.intend({ ...next, terminal: 8 })).rejects.toThrow('not the next of this journal');
    await expect(journal.intend({ ...next, time: 0 })).rejects.toThrow('not the next of this journal');
    const never = { from: 1, to: 1, form: 'batch', bytes: new Uint8Array() } as const;
    await expect(journal.acknowledge(never)).rejects.toThrow('was never sealed');
    expect(store.segments).toEqual(before);
    await journal.intend(next);
    await expect(journal.write(observationOf(journal))).rejects.toThrow('record 1 is not settled');
  });
});
