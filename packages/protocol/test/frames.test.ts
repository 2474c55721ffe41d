import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32, FRAME_BYTES_MAX, FRAME_HEADER_BYTES, frame, readFrames, writeFrameHeader } from '../src/index.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const BODIES = ['{"serial":1}', '{"serial":2,"amount":-120}', 'x'].map(bytesOf);
const JOURNAL = joined(BODIES.map(frame));
/** Offsets at which a frame ends: 0, then after each. */
const ENDS = [0, 20, 54, 63];

test('crc-32 gives the published check value', () => {
  expect(crc32(bytesOf('123456789')).toString(16)).toBe('cbf43926');
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('crc-32 is the remainder of a division, bit by bit, of any length and from any place', () => {
  const remainderOf = (bytes: Uint8Array): number => {
    let remainder = 0xffffffff;
    for (const byte of bytes) {
      remainder ^= byte;
      for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    }
    return ~remainder >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(8), fc.nat(8), (bytes, before, after) => {
      const larger = joined([new Uint8Array(before).fill(1), bytes, new Uint8Array(after).fill(2)]);
      expect(crc32(larger, before, before + bytes.length)).toBe(remainderOf(bytes));
    }),
    { numRuns: 200 },
  );
});

describe('a journal of frames', () => {
  test('is read back as it was written', () => {
    expect(readFrames(JOURNAL)).toEqual({ frames: BODIES, end: JOURNAL.length, torn: false });
    expect(readFrames(new Uint8Array(0))).toEqual({ frames: [], end: 0, torn: false });
  });

  test('holds length, crc-32 and body, little endian', () => {
    expect([...frame(bytesOf('123456789')).subarray(0, 8)]).toEqual([9, 0, 0, 0, 0x26, 0x39, 0xf4, 0xcb]);
  });

  test('is read from the middle of a larger buffer', () => {
    const larger = joined([new Uint8Array(5), JOURNAL, new Uint8Array(3)]);
    expect(readFrames(larger.subarray(5, 5 + JOURNAL.length)).frames).toEqual(BODIES);
  });

  test('cut at any byte keeps every frame that was whole', () => {
    for (let length = 0; length < JOURNAL.length; length += 1) {
      const whole = ENDS.filter((end) => end <= length).length - 1;
      const end = ENDS[whole];
      expect(readFrames(JOURNAL.subarray(0, length)), `cut at ${length}`).toEqual({
        frames: BODIES.slice(0, whole),
        end,
        torn: length !== end,
      });
    }
  });

  test('with any byte flipped keeps every frame before it, and none after', () => {
    for (let offset = 0; offset < JOURNAL.length; offset += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const damaged = JOURNAL.slice();
        damaged[offset] = (damaged[offset] ?? 0) ^ mask;
        const whole = ENDS.filter((end) => end <= offset).length - 1;
        expect(readFrames(damaged), `byte ${offset} ^ ${mask}`).toEqual({
          frames: BODIES.slice(0, whole),
          end: ENDS[whole],
          torn: true,
        });
      }
    }
  });

  test('followed by zeros or noise ends where its frames end', () => {
    for (const tail of [
      new Uint8Array(4096),
      new Uint8Array(1),
      Uint8Array.from({ length: 64 }, (_, index) => index * 37),
    ]) {
      expect(readFrames(joined([JOURNAL, tail]))).toEqual({ frames: BODIES, end: JOURNAL.length, torn: true });
    }
  });

  test('is whole again when what follows its end is overwritten', () => {
    const { end } = readFrames(JOURNAL.subarray(0, 40));
    const mended = joined([JOURNAL.subarray(0, end), frame(bytesOf('next'))]);
    expect(readFrames(mended)).toMatchObject({ end: mended.length, torn: false });
  });
});

test('any bodies are read back from any cut', () => {
  const body = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(body, { maxLength: 8 }), fc.nat(), (bodies, nat) => {
      const whole = joined(bodies.map(frame));
      const cut = nat % (whole.length + 1);
      const { frames, end, torn } = readFrames(whole.subarray(0, cut));
      expect(frames).toEqual(bodies.slice(0, frames.length));
      expect(end).toBe(frames.reduce((sum, one) => sum + 8 + one.length, 0));
      expect(torn).toBe(end !== cut);
      const following = bodies[frames.length];
      if (following !== undefined) expect(end + 8 + following.length).toBeGreaterThan(cut);
    }),
    { numRuns: 200 },
  );
});

test('a frame is the same made in its place', () => {
  const room = new Uint8Array(100);
  room.set(bytesOf('123456789'), 3 + FRAME_HEADER_BYTES);
  const end = 3 + FRAME_HEADER_BYTES + 9;
  writeFrameHeader(room, 3, end);
  expect(room.subarray(3, end)).toEqual(frame(bytesOf('123456789')));
  expect(() => writeFrameHeader(room, 3, 3 + FRAME_HEADER_BYTES)).toThrow(RangeError);
});

test('an empty or an endless frame is our own mistake', () => {
  expect(() => frame(new Uint8Array(0))).toThrow(RangeError);
  expect(() => frame(new Uint8Array(FRAME_BYTES_MAX + 1))).toThrow(RangeError);
  const largest = frame(new Uint8Array(FRAME_BYTES_MAX));
  expect(readFrames(largest)).toMatchObject({ end: largest.length, torn: false });
});
