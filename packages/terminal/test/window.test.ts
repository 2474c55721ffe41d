/** Several batches on their way at a time, and how large they are. */
import { parseBatch } from '@retap/protocol';
import { randomOf } from '@retap/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchSize, MemoryJournal, type Terminal, type Uplink, type UplinkAnswer, upload } from '../src/index.ts';
import { cents, mediumWith, scene } from './scene.ts';

const debit = { type: 'debit', amount: cents(1) } as const;
const acknowledged = { answer: 'acknowledged', received: null } as const;
const options = { sleep: async (): Promise<void> => {}, random: () => 0 };

async function busyTerminal(taps: number, store = new MemoryJournal()): Promise<Terminal> {
  const terminal = await scene().at(7, { store });
  const medium = mediumWith(100_000);
  for (let tap = 0; tap < taps; tap += 1) await terminal.tap(medium, debit);
  return terminal;
}
const rangeOf = (bytes: Uint8Array): readonly [number, number] => {
  const { from, to } = parseBatch(bytes);
  return [from, to];
};
/** One that always seals batches of so many. */
function sizeOf(records: number): BatchSize {
  return Object.defineProperty(new BatchSize(), 'records', { value: records });
}

describe('a link that takes several at a time', () => {
  test('has as many on their way, and the terminal is told of the oldest first, whichever is answered first', async () => {
    const terminal = await busyTerminal(10);
    const waiting: { range: readonly [number, number]; answer: (answer: UplinkAnswer) => void }[] = [];
    const uplink: Uplink = {
      inFlightMax: 3,
      send: (bytes) => new Promise((answer) => waiting.push({ range: rangeOf(bytes), answer })),
    };
    const ended = upload(terminal, { ...options, uplink, size: sizeOf(2) });
    await expect
      .poll(() => waiting.map(({ range }) => range))
      .toEqual([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
    waiting[2]?.answer(acknowledged);
    waiting[1]?.answer(acknowledged);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([terminal.unsent.count, waiting.length]).toEqual([10, 3]);
    waiting[0]?.answer(acknowledged);
    await expect.poll(() => waiting.length).toBe(5);
    expect(terminal.unsent.count).toBe(4);
    for (const { answer } of waiting.slice(3)) answer(acknowledged);
    expect(await ended).toBe('empty');
    expect(waiting.map(({ range }) => range)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ]);
  });

  test('whose oldest fails has that one go again alone: what arrived behind it did', async () => {
    const terminal = await busyTerminal(6);
    const sent: (readonly [number, number])[] = [];
    const uplink: Uplink = {
      inFlightMax: 3,
      send: async (bytes) => {
        sent.push(rangeOf(bytes));
        return sent.length === 1 ? { answer: 'fault' } : acknowledged;
      },
    };
    expect(await upload(terminal, { ...options, uplink, size: sizeOf(2) })).toBe('empty');
    expect(sent).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [1, 2],
    ]);
  });

  test('and restarts in the middle has the same batches go again', async () => {
    const store = new MemoryJournal();
    const first: Uint8Array[] = [];
    const silent: Uplink = {
      inFlightMax: 3,
      send: async (bytes) => {
        first.push(bytes);
        return { answer: 'fault' };
      },
    };
    const size = sizeOf(2);
    await upload(await busyTerminal(6, store), { ...options, uplink: silent, size, faultsMax: 1 });
    const again: Uint8Array[] = [];
    const uplink: Uplink = {
      send: async (bytes) => {
        again.push(bytes);
        return acknowledged;
      },
    };
    await upload(await scene().at(7, { store }), { ...options, uplink, size: sizeOf(1000) });
    expect(first).toHaveLength(3);
    expect(again).toEqual(first);
  });

  test('tells what the centre has of the records that it had acknowledged when the batch was sent', async () => {
    const terminal = await busyTerminal(8);
    const heard: unknown[] = [];
    const received = { last: 8, missing: [] };
    const uplink: Uplink = { inFlightMax: 2, send: async () => ({ answer: 'acknowledged', received }) };
    await upload(terminal, {
      ...options,
      uplink,
      size: sizeOf(2),
      onReceived: (has, to) => heard.push([has.last, to]),
    });
    // Of the second, the first was not known to have arrived.
    expect(heard).toEqual([
      [8, 0],
      [8, 0],
      [8, 2],
      [8, 4],
    ]);
  });

  test('that says later is left alone for so long, and its batches are not made smaller for it', async () => {
    const terminal = await busyTerminal(4);
    const delays: number[] = [];
    const answers: UplinkAnswer[] = [
      { answer: 'later', afterMs: 2_000 },
      { answer: 'later', afterMs: 1e12 },
    ];
    const size = new BatchSize();
    await upload(terminal, {
      uplink: { send: async () => answers.shift() ?? acknowledged },
      random: () => 0.5,
      sleep: async (ms) => {
        delays.push(ms);
      },
      size,
    });
    expect(delays).toEqual([2_000 + 500, 300_000 + 1_000]);
    expect(size.records).toBe(50);
  });
});

describe('the size of a batch', () => {
  test('doubles from 50 to 1,000 while batches get through, so that a day of taps is some batches', async () => {
    const terminal = await busyTerminal(3_000);
    const sizes: number[] = [];
    const uplink: Uplink = {
      send: async (bytes) => {
        const [from, to] = rangeOf(bytes);
        sizes.push(to - from + 1);
        return acknowledged;
      },
    };
    await upload(terminal, { ...options, uplink });
    expect(sizes).toEqual([50, 100, 200, 400, 800, 1000, 450]);
  });

  test('halves after each fault, down to 10, for those that are sealed from then on', async () => {
    const terminal = await busyTerminal(1_000);
    const sizes: number[] = [];
    const uplink: Uplink = {
      send: async (bytes) => {
        const [from, to] = rangeOf(bytes);
        sizes.push(to - from + 1);
        return sizes.length % 2 === 0 && sizes.length < 12 ? acknowledged : { answer: 'fault' };
      },
    };
    await upload(terminal, { ...options, uplink, faultsMax: 2 });
    // Cut, the same again, through, and the next one is half as large, and again.
    expect(sizes.slice(0, 8)).toEqual([50, 50, 25, 25, 12, 12, 10, 10]);
  });

  test.each([
    ['of which 2 in 100 are cut', 0.02, 0.02],
    ['of which every fourth is cut', 0.25, 0.25],
  ])('over a link %s wastes no more than that of the bytes', async (_, share, wasteMax) => {
    const random = randomOf(`cut ${share}`);
    const chance = (): number => random.uint32() / 2 ** 32;
    const terminal = await busyTerminal(6_000);
    const bytes = { sent: 0, needed: 0 };
    const batches = { sent: 0, cut: 0 };
    const uplink: Uplink = {
      send: async (batch) => {
        batches.sent += 1;
        if (chance() < share) {
          batches.cut += 1;
          bytes.sent += chance() * batch.length;
          return { answer: 'fault' };
        }
        bytes.sent += batch.length;
        bytes.needed += batch.length;
        return acknowledged;
      },
    };
    // Everybody's batches are of fifty: the longer a batch, the fewer there are to be cut.
    expect(await upload(terminal, { ...options, uplink, size: sizeOf(50) })).toBe('empty');
    const waste = bytes.sent / bytes.needed - 1;
    console.log(
      `${batches.cut} of ${batches.sent} batches of 50 cut: ${(100 * waste).toFixed(1)} % of the bytes wasted`,
    );
    expect([batches.cut > 0, waste > 0]).toEqual([true, true]);
    expect(waste).toBeLessThanOrEqual(wasteMax);
  });

  test('a link that cuts what is longer than some length still brings everything up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 50, max: 900 }), fc.integer({ min: 1, max: 400 }), async (longest, taps) => {
        const terminal = await busyTerminal(taps);
        const size = new BatchSize();
        let cuts = 0;
        let carries = longest;
        const uplink: Uplink = {
          send: async (bytes) => {
            const [from, to] = rangeOf(bytes);
            if (to - from + 1 <= carries) return acknowledged;
            cuts += 1;
            // What was sealed goes again as it is: it gets through when the link is better for a moment.
            carries = cuts % 3 === 0 ? 1_000 : longest;
            return { answer: 'fault' };
          },
        };
        expect(await upload(terminal, { ...options, uplink, size })).toBe('empty');
        expect(terminal.unsent.count).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
