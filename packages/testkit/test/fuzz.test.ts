import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { corpusIn, type Decoder, FuzzFault, fuzz, mutated, randomOf } from '../src/index.ts';

const clock = (): number => performance.now();
const SEEDS = [Uint8Array.of(1, 2, 3, 4), new TextEncoder().encode('{"a":[1,2]}')];

class Refusal extends Error {}

/** Reads whatever begins with the right byte. */
const decoderThat = (decode: (bytes: Uint8Array) => unknown, more: Partial<Decoder> = {}): Decoder => ({
  name: 'try',
  seeds: SEEDS,
  decode,
  isRefusal: (error) => error instanceof Refusal,
  ...more,
});

describe('a fuzz campaign', () => {
  test('counts what was read, and in how many ways inputs were answered', async () => {
    const decoder = decoderThat((bytes) => {
      if (bytes.length < 4) throw new Refusal('too short: 3 of 4');
      if (bytes.length > 20) throw new Refusal(`too long: ${bytes.length}`);
    });
    const report = await fuzz(decoder, { clock, seed: 'a', inputs: 500 });
    expect(report).toMatchObject({ inputs: 502, answers: 3 });
    expect(report.accepted).toBeGreaterThan(100);
    expect(report.accepted).toBeLessThan(502);
  });

  test('finds a crash, and says on which input; the same seed finds the same', async () => {
    const decoder = decoderThat((bytes) => {
      if (bytes[2] === 0xff) throw new TypeError('no');
    });
    const fault = await fuzz(decoder, { clock, seed: 'b', inputs: 20_000 }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(FuzzFault);
    expect((fault as FuzzFault).input[2]).toBe(0xff);
    expect((fault as FuzzFault).message).toContain('failed by TypeError: no, on the input');
    await expect(fuzz(decoder, { clock, seed: 'b', inputs: 20_000 })).rejects.toEqual(fault);
  });

  test('comes further by what was answered in a new way', async () => {
    // Four bytes in order, each told apart: without the way there it takes 2³² inputs.
    const decoder = decoderThat(
      (bytes) => {
        const wanted = [0x80, 0xff, 0x7f, 0x20];
        const at = wanted.findIndex((byte, index) => bytes[index] !== byte);
        if (at === -1) throw new TypeError('found');
        throw new Refusal(['first', 'second', 'third', 'fourth'][at]);
      },
      { seeds: [] },
    );
    const seeded = {
      ...decoder,
      seeds: [Uint8Array.of(0, 0, 0, 0)],
      decode: (bytes: Uint8Array) => (bytes.every((byte) => byte === 0) ? null : decoder.decode(bytes)),
    };
    await expect(fuzz(seeded, { clock, seed: 'c', inputs: 60_000 })).rejects.toThrow('failed by TypeError: found');
  });

  test('finds what takes memory, or time, out of proportion', async () => {
    // Held on to: what this process took and gave back before would hide the first of them.
    const held: Buffer[] = [];
    const bomb = decoderThat((bytes) => (bytes[0] === 0 ? held.push(Buffer.alloc(200 * 2 ** 20, 1)) : 0));
    await expect(fuzz(bomb, { clock, seed: 'd', inputs: 20_000 })).rejects.toThrow(/took \d+ MiB, on the input 00/);
    const slow = decoderThat((bytes) => {
      for (const end = performance.now() + 60; bytes[0] === 0 && performance.now() < end; );
    });
    await expect(fuzz(slow, { clock, seed: 'e', inputs: 20_000, inputMsMax: 50 })).rejects.toThrow(
      /took \d+ ms, on the input 00/,
    );
  });

  test('finds what is read and cannot be right', async () => {
    const sound = (value: unknown): void => {
      if (value === 300) throw new Error('300 is no byte');
    };
    const decoder = decoderThat((bytes) => (bytes[0] === 7 ? 300 : 0), { sound });
    await expect(fuzz(decoder, { clock, seed: 'f', inputs: 20_000 })).rejects.toThrow(
      'read what cannot be right: Error: 300',
    );
  });

  test('does not begin with seeds that are refused, or with none', async () => {
    const refusing = decoderThat(() => {
      throw new Refusal('no');
    });
    await expect(fuzz(refusing, { clock, seed: 'g', inputs: 1 })).rejects.toThrow('refused a seed');
    await expect(
      fuzz(
        decoderThat(() => 0, { seeds: [] }),
        { clock, seed: 'g', inputs: 1 },
      ),
    ).rejects.toThrow('has no seeds');
  });

  test('ends the process where an input is read for ever, and says which', () => {
    const loader = new URL('./typescript-loader.mjs', import.meta.url).href;
    const script = fileURLToPath(new URL('./fuzz-child.mjs', import.meta.url));
    const { signal, stderr } = spawnSync(process.execPath, ['--import', loader, script], { encoding: 'utf8' });
    expect(signal).toBe('SIGKILL');
    expect(stderr).toContain('FuzzFault: endless: reads for ever, on the input 2a');
  });
});

test('a corpus keeps each input once, and gives it back', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'retap-corpus-'));
  try {
    expect(corpusIn(path.join(folder, 'none')).inputs).toEqual([]);
    const corpus = corpusIn(folder);
    for (const input of [SEEDS[0], SEEDS[1], SEEDS[0]]) corpus.keep(input as Uint8Array, 'crash');
    expect(readdirSync(folder)).toHaveLength(2);
    expect(corpusIn(folder).inputs.toSorted()).toEqual(SEEDS.toSorted());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('damage leaves what it is given as it is, and is bounded', () => {
  const random = randomOf('h');
  const before = SEEDS.map((seed) => [...seed]);
  let input = SEEDS[0] as Uint8Array;
  for (let step = 0; step < 3_000; step += 1) input = mutated(input, random, SEEDS);
  expect(SEEDS.map((seed) => [...seed])).toEqual(before);
  expect(input.length).toBeLessThanOrEqual(64 * 2 ** 10);
});
