/** The power cut at every write of a journal, and in the middle of each. */
import type { CommitStatus, JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Journal, JournalError, type JournalOptions, MemoryJournal, type SealedBatch } from '../src/index.ts';
import { firstLink, nextLink } from '../src/journal-chain.ts';
import { debitOf, deliveredBy, observationOf, PROOF, sealerOf, TERMINAL } from './journal-scene.ts';
import { sha256 } from './scene.ts';

type Act =
  | { readonly act: 'tap'; readonly status: CommitStatus }
  | { readonly act: 'observe' | 'acknowledge' | 'restart' }
  | { readonly act: 'seal' | 'seal another'; readonly recordsMax: number };

/** What the world around a journal was told: by a method that returned, and only so. */
class World {
  readonly store = new MemoryJournal();
  readonly settled = new Map<number, JournalRecord>();
  /** Intents whose outcome nobody was told, by serial: the medium may have been written. */
  readonly intents = new Map<number, JournalRecord>();
  /** Tried and told a fault: it may be there or not. */
  readonly tried = new Map<number, JournalRecord>();
  readonly #options: Partial<JournalOptions>;
  #remembered: JournalRecord[] = [];
  /** On their way, the oldest first. */
  readonly batches: SealedBatch[] = [];
  /** The centre has all up to here; with `isAcknowledging` perhaps also the oldest batch. */
  acknowledgedTo = 0;
  isAcknowledging = false;
  readonly acknowledged = new Map<number, JournalRecord>();

  constructor(options: Partial<JournalOptions>) {
    this.#options = options;
  }

  async open(): Promise<Journal> {
    const snapshot = (): string => JSON.stringify(this.#remembered.map(({ serial }) => serial));
    const journal = await Journal.open({ store: this.store, terminal: TERMINAL, sha256, snapshot, ...this.#options });
    const known = JSON.parse(journal.memory ?? '[]') as number[];
    const since = journal.recordsSince.map(({ serial }) => serial);
    // What is remembered and what came since are all serials, once each.
    expect([...known, ...since]).toEqual(Array.from({ length: journal.nextSerial - 1 }, (_, at) => at + 1));
    const all = new Map([...this.tried, ...this.intents, ...this.settled]);
    this.#remembered = known.flatMap((serial) => all.get(serial) ?? []).concat(journal.recordsSince);
    return journal;
  }

  async run(journal: Journal, acts: readonly Act[]): Promise<Journal> {
    let current = journal;
    for (const each of acts) current = await this.#do(current, each);
    return current;
  }

  async #do(journal: Journal, act: Act): Promise<Journal> {
    switch (act.act) {
      case 'restart':
        return this.open();
      case 'seal': {
        const batch = await journal.nextBatch(act.recordsMax);
        if (this.batches[0]) expect(batch).toEqual(this.batches[0]);
        else if (batch) this.batches.push(batch);
        return journal;
      }
      case 'seal another': {
        const batch = await journal.nextBatch(act.recordsMax, this.batches.at(-1)?.to);
        if (batch) this.batches.push(batch);
        return journal;
      }
      case 'acknowledge': {
        const [oldest] = this.batches;
        if (!oldest) return journal;
        this.isAcknowledging = true;
        await journal.acknowledge(oldest);
        this.noteAcknowledged(oldest.to);
        return journal;
      }
      case 'observe': {
        const record = observationOf(journal);
        this.tried.set(record.serial, record);
        await journal.write(record);
        this.settled.set(record.serial, record);
        this.#remembered.push(record);
        return journal;
      }
      case 'tap': {
        const intent = debitOf(journal);
        this.tried.set(intent.serial, intent);
        await journal.intend(intent);
        this.intents.set(intent.serial, intent);
        const settled = await journal.settle(act.status, act.status === 'successful' ? PROOF : undefined);
        this.settled.set(settled.serial, settled);
        this.#remembered.push(settled);
        return journal;
      }
    }
  }

  noteAcknowledged(to: number): void {
    this.acknowledgedTo = to;
    this.isAcknowledging = false;
    this.batches.shift();
  }

  /** Opens what the cut left and compares it with what was told. */
  async assertRecovered(): Promise<Journal> {
    this.store.isCut = false;
    this.store.cutAfterWrites = null;
    const journal = await this.open();
    const given = Math.max(0, ...this.settled.keys(), ...this.intents.keys());
    expect(journal.nextSerial).toBeGreaterThan(given);
    expect(journal.nextSerial).toBeLessThanOrEqual(Math.max(0, ...this.tried.keys()) + 1);
    await journal.verify();
    const copy = await this.#copyOf(journal);
    const from = journal.nextSerial - copy.length;
    const [oldest] = this.batches;
    if (this.isAcknowledging && oldest && from > oldest.to) this.noteAcknowledged(oldest.to);
    this.isAcknowledging = false;
    expect(from).toBe(this.acknowledgedTo + 1);
    copy.forEach((record, index) => {
      expect(record.serial).toBe(from + index);
      const told = this.settled.get(record.serial);
      if (told) expect(record).toEqual(told);
      else expect(this.#possible(record.serial)).toContainEqual(record);
      this.settled.set(record.serial, record);
    });
    let after = 0;
    for (const batch of this.batches) {
      expect(await journal.nextBatch(1, after)).toEqual(batch);
      after = batch.to;
    }
    await this.#assertKept(journal);
    this.#assertChain(journal);
    return journal;
  }

  /** An outcome that nobody was told: it is on the disk, or else unverified. */
  #possible(serial: number): unknown[] {
    const intent = this.tried.get(serial);
    return [intent, { ...intent, status: 'successful', proof: PROOF }, { ...intent, status: 'unsuccessful' }];
  }

  /** All that the centre would get of this journal; a copy, so that nothing of it is acknowledged here. */
  async #copyOf(journal: Journal): Promise<JournalRecord[]> {
    const copy = new World(this.#options);
    for (const [serial, record] of [...this.tried, ...this.settled]) copy.settled.set(serial, record);
    const store = new MemoryJournal(this.store.segments);
    const snapshot = (): string => '';
    const anew = await Journal.open({ store, terminal: TERMINAL, sha256, snapshot, ...this.#options });
    expect(anew.unsent).toEqual(journal.unsent);
    return deliveredBy(anew, 3);
  }

  /** What the centre has and is kept is all there, up to the last acknowledged, as it was; without a wish to keep it, it is of one segment. */
  async #assertKept(journal: Journal): Promise<void> {
    const kept = await journal.kept();
    if (kept === null) return;
    expect(kept.to).toBe(this.acknowledgedTo);
    const again = await journal.batchAgain(kept, 1000);
    const records = parseBatch(again?.bytes ?? new Uint8Array()).records.map(({ record }) => record);
    const acknowledged = Array.from({ length: kept.to - kept.from + 1 }, (_, at) => this.settled.get(kept.from + at));
    expect(records).toEqual(acknowledged);
  }

  #assertChain(journal: Journal): void {
    let link = firstLink(TERMINAL, sha256);
    for (let serial = 1; serial < journal.nextSerial; serial += 1) {
      const record = this.settled.get(serial);
      if (!record) throw new Error(`record ${serial} was never told`);
      link = nextLink(link, record, sha256);
    }
    expect(journal.chain).toBe(link);
  }
}

/** Runs until the cut. @returns whether it came */
async function runToCut(world: World, acts: readonly Act[]): Promise<boolean> {
  try {
    await world.run(await world.open(), acts);
    return false;
  } catch (cause) {
    if (!(cause instanceof JournalError) || cause.code !== 'journal-failed') throw cause;
    return true;
  }
}

const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('tap' as const),
      status: fc.constantFrom<CommitStatus>('successful', 'unsuccessful', 'unverified'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('observe' as const, 'restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom('seal' as const, 'seal another' as const),
      recordsMax: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('acknowledge' as const) }) },
);

describe('whatever is done, and wherever the power is cut,', () => {
  test('no serial is given twice, no settled record or sealed batch changes, and the journal goes on', async () => {
    let cuts = 0;
    const run = {
      acts: fc.array(arbitraryAct, { minLength: 1, maxLength: 25 }),
      after: fc.array(arbitraryAct, { maxLength: 8 }),
      segmentBytes: fc.constantFrom(1, 700, 2500, 100_000),
      cutAfterWrites: fc.integer({ min: 0, max: 40 }),
      tornBytes: fc.integer({ min: 0, max: 500 }),
      isSealed: fc.boolean(),
      keep: fc.option(
        fc.record({ ageMax: fc.constantFrom(0, 4_000, 1e9), segmentsMax: fc.integer({ min: 0, max: 9 }) }),
      ),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.record(run),
        async ({ acts, after, segmentBytes, cutAfterWrites, tornBytes, isSealed, keep }) => {
          const world = new World({ segmentBytes, ...(isSealed && { sealer: sealerOf(1) }), ...(keep && { keep }) });
          Object.assign(world.store, { cutAfterWrites, tornBytes });
          if (await runToCut(world, acts)) cuts += 1;
          const journal = await world.run(await world.assertRecovered(), after);
          await journal.verify();
          await world.assertRecovered();
        },
      ),
      { numRuns: 200 },
    );
    expect(cuts).toBeGreaterThan(20);
  });
});

const tap = (status: CommitStatus): Act => ({ act: 'tap', status });
const DAY: readonly Act[] = [
  ...[tap('successful'), tap('unverified'), tap('unsuccessful'), { act: 'observe' } as const],
  ...[{ act: 'seal', recordsMax: 3 } as const, tap('successful'), { act: 'restart' } as const],
  ...[{ act: 'acknowledge' } as const, { act: 'observe' } as const, tap('successful')],
  ...[{ act: 'seal', recordsMax: 1 } as const, { act: 'seal another', recordsMax: 9 } as const],
  ...[{ act: 'acknowledge' } as const, tap('successful'), { act: 'acknowledge' } as const, tap('successful')],
];

const KEPT = { ageMax: 3_000, segmentsMax: 20 };
/** Every length of what is left of a torn write by `npm run test:exhaustive`; in CI every fifth. */
const TORN_STEP = process.env.RETAP_EXHAUSTIVE_TAPS === undefined ? 5 : 1;

describe.each([
  ['in one segment', { segmentBytes: 100_000 }, TORN_STEP],
  ['in many segments', { segmentBytes: 600 }, 17],
  ['in many segments, of which those of three seconds are kept', { segmentBytes: 600, keep: KEPT }, 17],
])('a day %s', (_, options, step) => {
  test(`is cut at every write, and each of them torn after 0 … 340 bytes in steps of ${step}`, async () => {
    const whole = new World(options);
    await whole.run(await whole.open(), DAY);
    const { writes } = whole.store;
    expect(writes).toBeGreaterThan(18);
    let cuts = 0;
    for (let cutAfterWrites = 0; cutAfterWrites < writes; cutAfterWrites += 1) {
      // Up to what the longest append has; the last one is there whole, and nobody was told.
      for (let tornBytes = 0; tornBytes <= 340; tornBytes += step) {
        const world = new World(options);
        Object.assign(world.store, { cutAfterWrites, tornBytes });
        expect(await runToCut(world, DAY)).toBe(true);
        await world.assertRecovered();
        cuts += 1;
      }
    }
    expect(cuts).toBe(writes * (1 + 340 / step));
  });
});
