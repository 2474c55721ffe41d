import { parseBatch } from '@retap/protocol';
import { randomOf } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKOFF, delayAfter, MemoryJournal, type Terminal, type Uplink, upload } from '../src/index.ts';
import { cents, mediumWith, scene } from './scene.ts';

const debit = { type: 'debit', amount: cents(120) } as const;

async function busyTerminal(store: MemoryJournal, taps: number): Promise<Terminal> {
  const terminal = await scene().at(7, { store, batchRecordsMax: 3 });
  const medium = mediumWith(100_000);
  for (let tap = 0; tap < taps; tap += 1) await terminal.tap(medium, debit);
  return terminal;
}

/** A centre that keeps whole batches, behind a link that does what it is told. */
function link(faults: readonly ('lost' | 'acknowledgement lost' | 'fine')[]): Uplink & { received: string[] } {
  const left = [...faults];
  const received: string[] = [];
  return {
    received,
    send: async (bytes) => {
      const fault = left.shift() ?? 'fine';
      if (fault !== 'lost') received.push(new TextDecoder().decode(bytes));
      return fault === 'fine' ? { answer: 'acknowledged', received: null } : { answer: 'fault' };
    },
  };
}

describe('an upload', () => {
  test('that the centre refuses ends at once: it is not sent again and again, and nothing is lost', async () => {
    const terminal = await busyTerminal(new MemoryJournal(), 4);
    let sent = 0;
    const uplink: Uplink = {
      send: async (_bytes, form) => {
        expect(form).toBe('batch');
        sent += 1;
        return { answer: 'refused' };
      },
    };
    const sleep = async (): Promise<void> => expect.fail('it waited to try again');
    expect(await upload(terminal, { uplink, sleep, random: () => 0 })).toBe('refused');
    expect([sent, terminal.unsent.count]).toEqual([1, 4]);
  });

  test('over a good link sends every record once, in batches of the size', async () => {
    const uplink = link([]);
    const terminal = await busyTerminal(new MemoryJournal(), 7);
    expect(await upload(terminal, { uplink, sleep: async () => {}, random: () => 0 })).toBe('empty');
    const batches = uplink.received.map((text) => parseBatch(new TextEncoder().encode(text)));
    expect(batches.map(({ from, to }) => [from, to])).toEqual([
      [1, 3],
      [4, 6],
      [7, 7],
    ]);
    expect(terminal.unsent.count).toBe(0);
  });

  test('whose acknowledgement is lost sends the same bytes again, also after a restart and more taps', async () => {
    const store = new MemoryJournal();
    const uplink = link(['acknowledgement lost']);
    const terminal = await busyTerminal(store, 2);
    expect(await upload(terminal, { uplink, sleep: async () => {}, random: () => 0, faultsMax: 1 })).toBe('gave-up');
    await terminal.tap(mediumWith(1000, 'M2'), debit);
    const anew = await scene().at(7, { store, batchRecordsMax: 3 });
    expect(await upload(anew, { uplink, sleep: async () => {}, random: () => 0 })).toBe('empty');
    expect(uplink.received).toHaveLength(3);
    expect(uplink.received[1]).toBe(uplink.received[0]);
    expect(uplink.received[2]).toContain('"from":3,"to":3');
  });

  test('that fails waits longer each time, never more than the maximum, and forgets the faults once it succeeds', async () => {
    const delays: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      delays.push(ms);
    };
    const uplink = link(['lost', 'lost', 'lost', 'lost', 'fine', 'lost']);
    const backoff = { firstDelayMs: 1000, delayMaxMs: 3000 };
    await upload(await busyTerminal(new MemoryJournal(), 4), { uplink, sleep, random: () => 0.5, backoff });
    expect(delays).toEqual([500, 1000, 1500, 1500, 500]);
  });

  test('given up loses nothing', async () => {
    const terminal = await busyTerminal(new MemoryJournal(), 4);
    const uplink = link(['lost', 'lost', 'lost']);
    expect(await upload(terminal, { uplink, sleep: async () => {}, random: () => 0, faultsMax: 3 })).toBe('gave-up');
    expect(terminal.unsent.count).toBe(4);
  });

  test('goes on while a medium is being served: the open tap stays out of the batch', async () => {
    const terminal = await busyTerminal(new MemoryJournal(), 1);
    const medium = mediumWith(1000, 'M2');
    let inside: Promise<unknown> = Promise.resolve();
    let batch: unknown;
    medium.onCommit = () => {
      inside = terminal.nextBatch().then((sealed) => {
        batch = sealed;
      });
    };
    await terminal.tap(medium, debit);
    await inside;
    expect(batch).toMatchObject({ from: 1, to: 1 });
  });
});

test('delays are spread over the whole time up to the limit', () => {
  const random = randomOf('delays');
  const drawn = Array.from({ length: 200 }, () => delayAfter(4, () => random.uint32() / 2 ** 32));
  expect(Math.min(...drawn)).toBeLessThan(800);
  expect(Math.max(...drawn)).toBeGreaterThan(7200);
  expect(Math.max(...drawn)).toBeLessThan(8000);
  expect(delayAfter(10_000, () => 0.999)).toBeLessThan(DEFAULT_BACKOFF.delayMaxMs);
});
