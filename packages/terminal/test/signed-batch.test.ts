/** Batches that a terminal signs: whose they are, what they follow, and that they stay the same bytes. */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import type { JournalRecord } from '@retap/model';
import { openSignedBatch, parseSignedPayload } from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchSigner, type Journal, MemoryJournal, type SealedBatch, waitingBatches } from '../src/index.ts';
import { firstLink, nextLink } from '../src/journal-chain.ts';
import { debitOf, journalOn, observationOf, sealerOf, TERMINAL, tapOn } from './journal-scene.ts';
import { cents, mediumWith, scene, sha256 } from './scene.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer: BatchSigner = { sign: (toBeSigned) => sign(null, toBeSigned, privateKey) };

/** What a centre would read, after it has held the signature to the terminal's key. */
function opened({ form, bytes }: SealedBatch) {
  expect(form).toBe('signed');
  const { terminal, toBeSigned, signature, payload } = openSignedBatch(bytes);
  expect(terminal).toBe(TERMINAL);
  expect(verify(null, toBeSigned, publicKey, signature)).toBe(true);
  const { from, to, before, records } = parseSignedPayload(payload);
  return { from, to, before, records: records.map(({ record }) => record) };
}

const linkAfter = (before: string, records: readonly JournalRecord[]): string =>
  records.reduce((link, record) => nextLink(link, record, sha256), before);

const fill = async (journal: Journal, records: number): Promise<void> => {
  for (let record = 0; record < records; record += 1) {
    if (record % 3 === 2) await journal.write(observationOf(journal));
    else await tapOn(journal, record % 2 === 0 ? 'successful' : 'unverified');
  }
};

test('signed batches follow each other by their links, from the first of the journal to its last', async () => {
  const journal = await journalOn(new MemoryJournal(), { signer, segmentBytes: 700 });
  await fill(journal, 23);
  let link = firstLink(TERMINAL, sha256);
  let serial = 1;
  for (let batch = await journal.nextBatch(5); batch !== null; batch = await journal.nextBatch(5)) {
    const { from, to, before, records } = opened(batch);
    expect([from, before]).toEqual([serial, link]);
    expect([batch.from, batch.to]).toEqual([from, to]);
    link = linkAfter(before, records);
    serial = to + 1;
    await journal.acknowledge(batch);
  }
  expect([serial, link]).toEqual([24, journal.chain]);
});

describe('the same bytes until they are acknowledged', () => {
  const act = fc.oneof(
    { weight: 5, arbitrary: fc.constant('tap' as const) },
    { weight: 2, arbitrary: fc.constant('send' as const) },
    { weight: 1, arbitrary: fc.constant('acknowledge' as const) },
  );
  const lives = fc.record({
    acts: fc.array(act, { maxLength: 30 }),
    segmentBytes: fc.constantFrom(1, 600, 2_000),
    recordsMax: fc.integer({ min: 1, max: 8 }),
    isSealed: fc.boolean(),
  });

  test('whenever the terminal is restarted, and whatever is tapped meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(lives, async ({ acts, segmentBytes, recordsMax, isSealed }) => {
        const store = new MemoryJournal();
        const options = { signer, segmentBytes, ...(isSealed && { sealer: sealerOf(3) }) };
        let journal = await journalOn(store, options);
        let link = firstLink(TERMINAL, sha256);
        let waiting: SealedBatch | null = null;
        for (const each of acts) {
          if (each === 'tap') await tapOn(journal, 'successful');
          if (each === 'send') {
            const batch = await journal.nextBatch(recordsMax);
            if (waiting) expect(batch).toEqual(waiting);
            waiting = batch;
          }
          if (each === 'acknowledge' && waiting) {
            await journal.acknowledge(waiting);
            const { before, records } = opened(waiting);
            expect(before).toBe(link);
            link = linkAfter(before, records);
            waiting = null;
          }
          journal = await journalOn(store, options);
        }
        if (waiting) expect(await journal.nextBatch(1)).toEqual(waiting);
        const rest: JournalRecord[] = [];
        for (let batch = await journal.nextBatch(7); batch !== null; batch = await journal.nextBatch(7)) {
          rest.push(...opened(batch).records);
          await journal.acknowledge(batch);
        }
        expect(linkAfter(link, rest)).toBe(journal.chain);
      }),
      { numRuns: 60 },
    );
  });
});

test('a signer that fails loses nothing and stops no tap: the next call signs', async () => {
  let isBroken = true;
  const failing: BatchSigner = {
    sign: async (toBeSigned) => {
      if (isBroken) throw new Error('the token was pulled out');
      return signer.sign(toBeSigned);
    },
  };
  const journal = await journalOn(new MemoryJournal(), { signer: failing });
  await fill(journal, 2);
  await expect(journal.nextBatch(10)).rejects.toThrow('the token was pulled out');
  expect(journal.failure).toBeNull();
  isBroken = false;
  const batch = await journal.nextBatch(10);
  expect(batch && opened(batch).records).toHaveLength(2);
});

test('a tap does not wait for a signature', async () => {
  let finish = (): void => {};
  const slow: BatchSigner = {
    sign: async (toBeSigned) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return signer.sign(toBeSigned);
    },
  };
  const journal = await journalOn(new MemoryJournal(), { signer: slow });
  await fill(journal, 1);
  const signing = journal.nextBatch(10);
  expect((await tapOn(journal, 'successful')).serial).toBe(2);
  finish();
  expect(await signing).toMatchObject({ from: 1, to: 1 });
});

test('without a signer a batch is as it always was', async () => {
  const journal = await journalOn(new MemoryJournal());
  await fill(journal, 1);
  const batch = await journal.nextBatch(10);
  expect(batch?.form).toBe('batch');
  expect(new TextDecoder().decode(batch?.bytes)).toContain('{"terminal":7,"from":1,"to":1,"records":[{');
});

describe('a terminal', () => {
  const debit = { type: 'debit', amount: cents(120) } as const;

  test('signs what it did', async () => {
    const terminal = await scene().at(TERMINAL, { signer });
    await terminal.tap(mediumWith(1000), debit);
    const batch = await terminal.nextBatch();
    expect(batch && opened(batch).records).toMatchObject([{ type: 'debit', status: 'successful' }]);
  });

  test('whose licence has expired serves nobody, and says so after what its clock has to say', async () => {
    let isLicensed = true;
    const stage = scene();
    const terminal = await stage.at(TERMINAL, { signer, isLicensed: () => isLicensed });
    expect((await terminal.tap(mediumWith(1000), debit)).outcome).toBe('successful');
    isLicensed = false;
    expect(await terminal.tap(mediumWith(1000), debit)).toEqual({ outcome: 'refused', reason: 'licence-expired' });
    expect((await terminal.nextBatch())?.to).toBe(1);
    stage.now -= 86_400_000;
    expect(terminal.outOfService).toBe('clock-turned-back');
  });
});

describe('to be carried by hand', () => {
  const read = { terminal: TERMINAL, sha256, signer, batchRecordsMax: 4 };
  async function carried(store: MemoryJournal): Promise<SealedBatch[]> {
    const batches: SealedBatch[] = [];
    for await (const batch of waitingBatches({ store, ...read })) batches.push(batch);
    return batches;
  }

  test('goes all that waits, in batches that follow each other; the journal stays as it is', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, { signer, segmentBytes: 700 });
    await fill(journal, 17);
    const first = await journal.nextBatch(3);
    if (first) await journal.acknowledge(first);
    const onItsWay = await journal.nextBatch(3);
    const before = store.segments;
    const batches = await carried(store);
    expect(batches[0]).toEqual(onItsWay);
    expect(batches.map(({ from, to }) => [from, to])).toEqual([
      [4, 6],
      [7, 10],
      [11, 14],
      [15, 17],
    ]);
    let link = first ? linkAfter(firstLink(TERMINAL, sha256), opened(first).records) : '';
    for (const batch of batches) {
      const { before, records } = opened(batch);
      expect(before).toBe(link);
      link = linkAfter(before, records);
    }
    expect(link).toBe(journal.chain);
    expect(store.segments).toEqual(before);
  });

  test('an open intent stays behind: nobody knows yet how it ends', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, { signer });
    await fill(journal, 2);
    await journal.intend(debitOf(journal));
    expect((await carried(store)).map(({ from, to }) => [from, to])).toEqual([[1, 2]]);
    await journal.settle('successful');
    expect(journal.unsent.count).toBe(3);
  });

  test('nothing, of a journal that has nothing, or was never begun', async () => {
    const store = new MemoryJournal();
    expect(await carried(store)).toEqual([]);
    await journalOn(store, { signer });
    expect(await carried(store)).toEqual([]);
  });

  test('a journal without one of its segments is damaged', async () => {
    const store = new MemoryJournal();
    const journal = await journalOn(store, { signer, segmentBytes: 700 });
    await fill(journal, 17);
    await store.remove(2);
    await expect(carried(store)).rejects.toMatchObject({ code: 'journal-damaged' });
  });
});
