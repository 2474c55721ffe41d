/** What damaged links, disks and strangers do to bytes. Seeded: the same draws give the same bytes. */
import type { Random } from '../random.ts';

/** Beyond, an input only takes longer to read: what is wrong with lengths shows in the heads that claim them. */
const BYTES_MAX = 64 * 2 ** 10;
const STEPS_MAX = 5;

/** Numbers at which code tends to be wrong: bounds of widths, and the letters of which numbers are made. */
const EDGES = [0x00, 0x01, 0x17, 0x18, 0x1b, 0x1f, 0x20, 0x22, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x5b, 0x5c, 0x5d];
const MORE_EDGES = [0x7b, 0x7d, 0x7f, 0x80, 0x8f, 0x9f, 0xbf, 0xc0, 0xd8, 0xdf, 0xed, 0xf6, 0xfb, 0xfe, 0xff];
const BYTES = [...EDGES, ...MORE_EDGES];

/** Texts in which a reader of JSON, lines or numbers may stumble. */
const TEXTS = [
  ...['null', 'true', '[]', '{}', '""', '-0', '1e400', '-1', '9007199254740993', '0.1', '1e15', '\\u0000', '\\ud800'],
  ...['__proto__', '"constructor"', 'toString', '\n', '\r\n', '\0', '\ufeff', '[[[[[[[[', '{"a":', 'A'.repeat(300)],
].map((text) => new TextEncoder().encode(text));

const OPENING = [0x7b, 0x5b]; // { [
const CLOSING = [0x7d, 0x5d];

/** The object or array that begins at `at` or after it, or nothing. */
function jsonValueIn(bytes: Uint8Array, at: number): readonly [from: number, to: number] {
  const from = bytes.findIndex((byte, index) => index >= at && OPENING.includes(byte));
  if (from === -1) return [at, at];
  let depth = 0;
  for (let end = from; end < bytes.length; end += 1) {
    const byte = bytes[end] ?? 0;
    if (OPENING.includes(byte)) depth += 1;
    if (CLOSING.includes(byte)) depth -= 1;
    if (depth === 0) return [from, end + 1];
  }
  return [from, bytes.length];
}

type Damage = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const place = (bytes: Uint8Array, random: Random): number => random.int(bytes.length + 1);

function spliced(bytes: Uint8Array, at: number, removed: number, put: Uint8Array): Uint8Array {
  const end = Math.min(bytes.length, at + removed);
  const result = new Uint8Array(at + put.length + bytes.length - end);
  result.set(bytes.subarray(0, at));
  result.set(put, at);
  result.set(bytes.subarray(end), at + put.length);
  return result;
}

function piece(bytes: Uint8Array, random: Random): Uint8Array {
  const from = place(bytes, random);
  return bytes.slice(from, from + 1 + random.int(32));
}

const NOTHING = new Uint8Array();

const DAMAGES: readonly Damage[] = [
  (bytes, random) => {
    const at = place(bytes, random);
    return spliced(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.int(8))));
  },
  (bytes, random) => spliced(bytes, place(bytes, random), 1, Uint8Array.of(random.pick(BYTES))),
  (bytes, random) => spliced(bytes, place(bytes, random), 1, Uint8Array.of(random.int(256))),
  (bytes, random) => spliced(bytes, place(bytes, random), 1 + random.int(16), NOTHING),
  (bytes, random) => bytes.slice(0, place(bytes, random)),
  (bytes, random) => bytes.slice(place(bytes, random)),
  (bytes, random) => spliced(bytes, place(bytes, random), random.int(2), random.pick(TEXTS)),
  // A piece of itself, elsewhere or again.
  (bytes, random) => spliced(bytes, place(bytes, random), random.int(8), piece(bytes, random)),
  // Of another input of the same kind.
  (bytes, random, others) => spliced(bytes, place(bytes, random), random.int(32), piece(random.pick(others), random)),
  (bytes, random, others) => {
    const other = random.pick(others);
    return spliced(bytes, place(bytes, random), bytes.length, other.slice(place(other, random)));
  },
  // A value of JSON for another: as a whole, which damage byte by byte nearly never hits.
  (bytes, random) => {
    const [from, to] = jsonValueIn(bytes, random.int(Math.max(1, bytes.length)));
    return spliced(bytes, from, to - from, random.pick(TEXTS));
  },
  // A length that is not there, as CBOR writes it, and as most binary formats do.
  (bytes, random) => {
    const head = Uint8Array.of((random.int(8) << 5) | random.between(0x18, 0x1f), 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff);
    return spliced(bytes, place(bytes, random), random.int(9), head.slice(0, 1 + random.int(9)));
  },
  (bytes, random) => spliced(bytes, place(bytes, random), 4, Uint8Array.of(...random.pick(WORDS))),
];

const WORDS = [
  ...[
    [0xff, 0xff, 0xff, 0xff],
    [0x7f, 0xff, 0xff, 0xff],
    [0x80, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 1],
    [0, 1, 0, 0],
  ],
] as const;

/** @param others inputs of the same kind, of which pieces are taken; at least one */
export function mutated(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let result = bytes;
  for (let step = 1 + random.int(STEPS_MAX); step > 0; step -= 1) result = random.pick(DAMAGES)(result, random, others);
  return result.length > BYTES_MAX ? result.slice(0, BYTES_MAX) : result;
}
