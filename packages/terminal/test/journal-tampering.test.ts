/** A journal that is not what this terminal wrote. */
import { frame, readFrames } from '@retap/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Journal, type JournalOptions, MemoryJournal } from '../src/index.ts';
import { framed, framesOf } from '../src/journal-frame.ts';
import { deliveredBy, journalOn, observationOf, sealerOf, tapOn } from './journal-scene.ts';

type Segments = ReadonlyMap<number, Uint8Array>;
const damaged = { name: 'JournalError', code: 'journal-damaged' };

/** Three segments and the last append's begin, none of it acknowledged. */
async function written(options: Partial<JournalOptions>): Promise<{ segments: Segments; lastAppend: number }> {
  const store = new MemoryJournal();
  const journal = await journalOn(store, { segmentBytes: 700, ...options });
  for (let taps = 0; (await store.list()).length < 4; taps += 1) await tapOn(journal, 'successful', 100 + taps);
  const before = store.segments.get(4)?.length ?? 0;
  await journal.write(observationOf(journal));
  return { segments: store.segments, lastAppend: before };
}

async function checked(segments: Segments, options: Partial<JournalOptions>): Promise<Journal> {
  const journal = await journalOn(new MemoryJournal(segments), options);
  await journal.verify();
  return journal;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const iterable = <Value>(values: Iterator<Value>): Iterable<Value> => ({ [Symbol.iterator]: () => values });
const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);

/** The segment written anew with other frames, as a program would that knows the form. */
function reframed(bytes: Uint8Array, change: (bodies: readonly Uint8Array[]) => readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(change(readFrames(bytes).frames).map(frame));
}

describe.each([
  ['not sealed', {}, 1],
  ['sealed', { sealer: sealerOf(1) }, 7],
])('a journal, %s,', (_, options, step) => {
  let segments: Map<number, Uint8Array>;
  let lastAppend: number;
  const at = (segment: number): Uint8Array => segments.get(segment) ?? expect.fail(`no segment ${segment}`);

  beforeAll(async () => {
    const found = await written(options);
    segments = new Map(found.segments);
    lastAppend = found.lastAppend;
  });

  test('as it was written is whole', async () => {
    expect(await deliveredBy(await checked(segments, options))).toHaveLength(
      (await checked(segments, options)).nextSerial - 1,
    );
  });

  test('changed at any byte tried is damaged; at the last append it is torn, and that record is not there', async () => {
    const whole = await checked(segments, options);
    let positions = 0;
    for (const [segment, bytes] of segments) {
      for (let position = 0; position < bytes.length; position += step) {
        const changed = bytes.slice();
        changed[position] = (changed[position] as number) ^ 0x10;
        const opening = checked(new Map(segments).set(segment, changed), options);
        if (segment < 4 || position < lastAppend) await expect(opening).rejects.toMatchObject(damaged);
        else expect((await opening).nextSerial).toBe(whole.nextSerial - 1);
        positions += 1;
      }
    }
    expect(positions).toBeGreaterThan(2500 / step);
  });

  test('without any one of its segments but the last is damaged when it is opened', async () => {
    for (const segment of [1, 2, 3]) {
      const rest = new Map(segments);
      rest.delete(segment);
      await expect(journalOn(new MemoryJournal(rest), options)).rejects.toMatchObject(damaged);
    }
  });

  test('with two segments exchanged is damaged', async () => {
    for (const [one, other] of [
      [1, 2],
      [2, 3],
      [3, 4],
    ] as const) {
      const exchanged = new Map(segments).set(one, at(other)).set(other, at(one));
      await expect(checked(exchanged, options)).rejects.toMatchObject(damaged);
    }
  });

  test('without a record, with two exchanged, or with one twice is damaged, though each frame is good', async () => {
    for (const segment of [1, 4]) {
      const changes = [
        ([checkpoint, , , ...rest]: readonly Uint8Array[]) => [checkpoint as Uint8Array, ...rest],
        ([checkpoint, one, two, ...rest]: readonly Uint8Array[]) => [checkpoint, two, one, ...rest] as Uint8Array[],
        ([checkpoint, one, ...rest]: readonly Uint8Array[]) => [checkpoint, one, one, ...rest] as Uint8Array[],
        (bodies: readonly Uint8Array[]) => bodies.slice(1),
        (bodies: readonly Uint8Array[]) => [...bodies, ...bodies.slice(1)],
      ];
      for (const change of changes) {
        const changed = new Map(segments).set(segment, reframed(at(segment), change));
        await expect(checked(changed, options)).rejects.toMatchObject(damaged);
      }
    }
  });

  test('whose earlier segment ends early is damaged when it is read, not when somebody waits at the gate', async () => {
    const cut = new Map(segments).set(
      2,
      reframed(at(2), (bodies) => bodies.slice(0, -2)),
    );
    const journal = await journalOn(new MemoryJournal(cut), options);
    await expect(deliveredBy(journal)).rejects.toMatchObject(damaged);
    expect(journal.failure).toMatchObject(damaged);
    await expect(checked(cut, options)).rejects.toMatchObject(damaged);
  });

  test('with more after the end of an earlier segment is damaged', async () => {
    const longer = new Map(segments).set(2, Buffer.concat([at(2), bytesOf('xyz')]));
    await expect(checked(longer, options)).rejects.toMatchObject(damaged);
  });
});

describe('what crc cannot find', () => {
  test('another amount in a record is found by the chain', async () => {
    const { segments } = await written({});
    for (const [segment, bytes] of segments) {
      const changed = reframed(bytes, (bodies) =>
        bodies.map((body) => bytesOf(text(body).replace(/"amount":-1\d\d/, '"amount":-1'))),
      );
      const isChanged = !Buffer.from(changed).equals(bytes);
      const opening = checked(new Map(segments).set(segment, changed), {});
      if (isChanged) await expect(opening).rejects.toMatchObject(damaged);
      else expect(segment).toBe(4);
    }
  });

  test('a sealed frame in another segment, or at another place, does not open', async () => {
    const sealer = sealerOf(1);
    const bytes = framed(['sealed 4', 'sealed 5'], 2, 0, sealer);
    expect([...iterable(framesOf(bytes, 2, sealer).texts)]).toEqual(['sealed 4', 'sealed 5']);
    expect(() => framesOf(bytes, 3, sealer).texts.next()).toThrow('segment 3 does not open');
    const { texts } = framesOf(bytes.subarray(bytes.length / 2), 2, sealer);
    expect(() => texts.next()).toThrow('segment 2 does not open');
  });

  test('another key, no key, and a key for what was not sealed are told from a torn end', async () => {
    const sealed = (await written({ sealer: sealerOf(1) })).segments;
    const open = (await written({})).segments;
    const why = expect.stringContaining('open it with the key store it was written with');
    await expect(checked(sealed, { sealer: sealerOf(2) })).rejects.toMatchObject({ ...damaged, message: why });
    await expect(checked(sealed, {})).rejects.toMatchObject(damaged);
    await expect(checked(open, { sealer: sealerOf(1) })).rejects.toMatchObject({ ...damaged, message: why });
  });

  test('nothing of a sealed journal can be read in it', async () => {
    const { segments } = await written({ sealer: sealerOf(1), snapshot: () => 'M1 was here' });
    const all = Buffer.concat([...segments.values()]).toString('latin1');
    // Words that random bytes do not form by chance.
    for (const word of ['was here', 'checkpoint', 'terminal', 'successful']) expect(all).not.toContain(word);
    expect(Buffer.concat([...(await written({})).segments.values()]).toString('latin1')).toContain('successful');
  });
});
