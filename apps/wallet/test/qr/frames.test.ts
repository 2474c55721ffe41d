import { base45, crc32, fromBase45, messageText } from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, framesOf, isFrame, PIECE_LENGTH } from '../../src/qr/frames.ts';

/** Bytes that depend on nothing else, so that no two pieces are equal. */
function bytesLike(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}

const TICKET = messageText(bytesLike(1_400));

/** The piece of a frame under another number, with checksums that hold. */
function liedAbout(frame: string, index: number): string {
  const bytes = fromBase45(frame.slice('RETAPF:'.length)) ?? new Uint8Array();
  const view = new DataView(bytes.buffer);
  view.setUint16(8, index);
  view.setUint32(bytes.length - 4, crc32(bytes, 0, bytes.length - 4));
  return `RETAPF:${base45(bytes)}`;
}

/** How many frames were read until the text was whole; throws where a wrong one comes out. */
function readUntilWhole(text: string, pieceLength: number, indexes: Iterable<number>): number | null {
  const frameAt = framesOf(text, pieceLength);
  const reader = new FrameReader();
  let count = 0;
  for (const index of indexes) {
    reader.add(frameAt(index));
    count += 1;
    if (reader.text === null) continue;
    expect(reader.text).toBe(text);
    return count;
  }
  return null;
}

describe('frames of a text', () => {
  test('the first cycle is enough, in any order, and progress goes from 0 to 1', () => {
    const frameAt = framesOf(TICKET);
    const reader = new FrameReader();
    const count = Math.ceil(1_400 / PIECE_LENGTH);
    expect([reader.progress, reader.text]).toEqual([0, null]);
    for (let index = count - 1; index >= 0; index -= 1) {
      expect(reader.text).toBeNull();
      expect(reader.add(frameAt(index))).toBe('new');
      expect(reader.progress).toBeCloseTo((count - index) / count);
    }
    expect(reader.text).toBe(TICKET);
    expect(reader.add(frameAt(count + 3))).toBe('known');
  });

  test('each is in letters of the alphanumeric mode, of one length, and as short as its piece allows', () => {
    const frameAt = framesOf(TICKET);
    const frames = Array.from({ length: 100 }, (_, index) => frameAt(index));
    for (const frame of frames) expect(frame).toMatch(/^RETAPF:[0-9A-Z $%*+\-./:]+$/);
    expect(new Set(frames.map(({ length }) => length)).size).toBe(1);
    // Version 9 at level M holds 262 letters (ISO/IEC 18004, table 7).
    expect(frames[0]?.length).toBeLessThanOrEqual(262);
    expect(isFrame(frames[0] ?? '')).toBe(true);
    expect(isFrame(TICKET)).toBe(false);
  });

  test('a text that is no message of a wallet comes through as well, in any letters', () => {
    for (const text of [
      'x',
      'Čevapčiči 12,50 €',
      'RETAP1:no base45!',
      `RETAP1:${'A'.repeat(400)}`,
      'https://a/#m=AAAA',
    ]) {
      expect(readUntilWhole(text, 20, Array(40).keys())).not.toBeNull();
    }
  });

  test('the frames are what they were: a phone of yesterday reads one of tomorrow', () => {
    const frameAt = framesOf('RETAP1:5MASDF', 3);
    expect([0, 1, 2, 3, 4].map(frameAt)).toMatchInlineSnapshot(`
      [
        "RETAPF:X50400IC12.E0005MA* VXDW",
        "RETAPF:X50400IC12.E100SDFG.89OL",
        "RETAPF:X50400IC12.E200SDFKW8.N2",
        "RETAPF:X50400IC12.E300SDF-X8*.F",
        "RETAPF:X50400IC12.E4005MAY.V%1B",
      ]
    `);
  });

  test('nothing, and what would be too many pieces, cannot be shown', () => {
    expect(() => framesOf('')).toThrow(RangeError);
    expect(() => framesOf('x'.repeat(129), 1)).toThrow(RangeError);
  });
});

describe('frames that are missed', () => {
  test('whichever are missed and in whatever order and however often they come, about one more than there are pieces is enough', () => {
    const needed: number[] = [];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer(),
        fc.array(fc.nat(400), { maxLength: 40 }),
        (count, lossPercent, seed, repeated) => {
          const text = messageText(bytesLike(count * 31 - (count % 7), seed));
          const frameAt = framesOf(text, 31);
          const lost = bytesLike(2_000, seed + 1);
          const reader = new FrameReader();
          let seen = 0;
          for (let index = 0; reader.text === null; index += 1) {
            if ((lost[index] as number) * 100 < lossPercent * 256) continue;
            seen += 1;
            reader.add(frameAt(index));
            // Seen a second time, it tells nothing.
            if (repeated.includes(index) && reader.text === null) expect(reader.add(frameAt(index))).toBe('known');
          }
          expect(reader.text).toBe(text);
          needed.push(seen - count);
        },
      ),
      { numRuns: 300 },
    );
    const mean = needed.reduce((sum, each) => sum + each, 0) / needed.length;
    expect(mean).toBeLessThan(2);
    // 300 · 2⁻²⁴ by theory.
    expect(needed.filter((each) => each > 24)).toEqual([]);
  });

  test('sums alone, none of the first cycle: 40 pieces take 44 frames on nearly every try', () => {
    let enough = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const text = messageText(bytesLike(400, seed));
      const indexes = Array.from({ length: 44 }, (_, at) => 40 + at * 3 + seed);
      if (readUntilWhole(text, 10, indexes) !== null) enough += 1;
    }
    // 1 − 2⁻⁴ by theory.
    expect(enough).toBeGreaterThan(180);
  });
});

describe('frames that are not of the text', () => {
  test('two texts mixed: each is told from the other, neither spoils the other', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(60)), { minLength: 80, maxLength: 200 }), (looks) => {
        const texts = [messageText(bytesLike(333, 5)), messageText(bytesLike(333, 6))] as const;
        const shown = texts.map((text) => framesOf(text, 40));
        const reader = new FrameReader();
        let before: boolean | null = null;
        for (const [first, index] of looks) {
          const answer = reader.add(shown[first ? 0 : 1]?.(index) ?? '');
          if (reader.text !== null) {
            expect(texts).toContain(reader.text);
            return;
          }
          expect(answer === 'other').toBe(before !== null && before !== first);
          before = first;
        }
      }),
    );
  });

  test('what is no frame is none', () => {
    const reader = new FrameReader();
    for (const text of ['', 'RETAPF:', 'RETAPF:%%', TICKET, 'https://example.org', framesOf(TICKET)(0).slice(0, -3)]) {
      expect(reader.add(text)).toBe('none');
    }
    expect(reader.progress).toBe(0);
  });

  test('a damaged frame is none, and whatever is damaged never gives a wrong text', () => {
    const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
    const damage = fc.record({ at: fc.nat(60), letter: fc.nat(44), index: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 60 }), (damages) => {
        const text = messageText(bytesLike(200, 9));
        const frameAt = framesOf(text, 20);
        const reader = new FrameReader();
        for (const { at, letter, index } of damages) {
          const good = frameAt(index);
          const place = at % good.length;
          const damaged = good.slice(0, place) + letters.charAt(letter) + good.slice(place + 1);
          if (damaged !== good) expect(reader.add(damaged)).toBe('none');
          reader.add(good);
        }
        expect([null, text]).toContain(reader.text);
      }),
    );
  });

  test('frames that agree in their heads and lie in their pieces give nothing, and do not keep the true ones out', () => {
    const text = messageText(bytesLike(100, 3));
    const frameAt = framesOf(text, 25);
    const lying = liedAbout(frameAt(0), 1);
    const reader = new FrameReader();
    for (const frame of [lying, frameAt(0), frameAt(2), frameAt(3)]) reader.add(frame);
    expect([reader.text, reader.progress]).toEqual([null, 0]);
    for (const index of [0, 1, 2, 3]) reader.add(frameAt(index));
    expect(reader.text).toBe(text);
  });
});
