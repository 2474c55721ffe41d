/**
 * What is drawn for a payment, seen by bad cameras and unsteady hands, is read. Pictures are computed (qr/camera.ts) from a seed:
 * `RETAP_SEED=7 RETAP_PICTURES=50 npx vitest run --project unit apps/wallet/test/qr-robustness` looks at more, and at others.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import encodeQR from 'qr';
import { beforeAll, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { FrameReader, framesOf } from '../src/qr/frames.ts';
import { DRAWN, LETTERS_MAX, READ } from '../src/qr/settings.ts';
import { type CameraSize, photograph, type Random, randomOf, type View } from './qr/camera.ts';
import { shownTexts } from './qr/messages.ts';

const SEED = Number(process.env.RETAP_SEED ?? 1);
/** Of each kind, at each size. */
const PICTURES = Number(process.env.RETAP_PICTURES ?? 8);
const SIZES: readonly CameraSize[] = [
  { width: 640, height: 480 },
  { width: 1280, height: 720 },
];

type Shown = Awaited<ReturnType<typeof shownTexts>>;
let shown: Shown;

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(wasm).buffer }, fireImmediately: true });
  shown = await shownTexts();
});

interface Kind {
  readonly name: string;
  /** How bad it is at most; units as {@link View} has them. */
  readonly range: string;
  readonly view: (within: Within) => View;
  /** Of the pictures, that must be read. */
  readonly leastRead: number;
}

/** A number between two, by chance; with one number, between that and its negative. */
type Within = (from: number, to?: number) => number;

const near = (within: Within): View => ({ share: within(0.6, 0.85) });
const KINDS: readonly Kind[] = [
  { name: 'held straight', range: '60–85 % of the height', leastRead: 1, view: near },
  {
    ...{ name: 'far away', range: '33–50 % of the height', leastRead: 0.9 },
    view: (within) => ({ share: within(0.33, 0.5) }),
  },
  {
    ...{ name: 'turned', range: 'any angle', leastRead: 0.95 },
    view: (within) => ({ share: within(0.5, 0.65), turn: within(Math.PI) }),
  },
  {
    ...{ name: 'tilted', range: 'to 40° about each axis', leastRead: 0.9 },
    view: (within) => ({ share: within(0.55, 0.75), tiltX: within(0.7), tiltY: within(0.7) }),
  },
  {
    ...{ name: 'out of focus', range: 'σ to 0.42 modules', leastRead: 0.9 },
    view: (within) => ({ ...near(within), blur: within(0.15, 0.42) }),
  },
  {
    ...{ name: 'moved', range: 'by 0.4–1.1 modules', leastRead: 0.85 },
    view: (within) => ({ ...near(within), movement: within(0.4, 1.1), direction: within(Math.PI) }),
  },
  {
    ...{ name: 'low light', range: '15–35 % of white, noise 3–6', leastRead: 0.85 },
    view: (within) => ({ ...near(within), light: within(0.15, 0.35), noise: within(3, 6) }),
  },
  {
    ...{ name: 'uneven light', range: 'to 10 % at one side, glare to 30 %', leastRead: 0.95 },
    view: (within) => ({ ...near(within), darkSide: within(0.1, 0.3), glare: within(0, 0.3), noise: 2 }),
  },
  {
    ...{ name: 'margin cut off', range: '0–1.5 modules are left', leastRead: 0.95 },
    view: (within) => ({ ...near(within), margin: within(0, 1.5) }),
  },
  {
    ...{ name: 'covered', range: '2–8 % of its area', leastRead: 0.9 },
    view: (within) => ({ ...near(within), covered: within(0.02, 0.08) }),
  },
  {
    ...{ name: 'stripes', range: "the screen's pixels 0.8–1.6 of the camera's", leastRead: 0.85 },
    view: (within) => ({ ...near(within), moire: within(0.8, 1.6), turn: within(0.1) }),
  },
  {
    ...{ name: 'from a hand', range: 'a little of everything', leastRead: 0.9 },
    view: (within) => ({
      ...{ share: within(0.55, 0.8), turn: within(0.3), tiltX: within(0.35), tiltY: within(0.35) },
      ...{ blur: within(0.1, 0.35), movement: within(0, 0.5), direction: within(Math.PI) },
      ...{ light: within(0.35, 0.9), darkSide: within(0.4, 0.9), noise: within(2, 5) },
    }),
  },
];

function drawn(text: string): boolean[][] {
  return encodeQR(text, 'raw', DRAWN)
    .slice(DRAWN.border, -DRAWN.border)
    .map((row) => row.slice(DRAWN.border, -DRAWN.border));
}

function withinOf(random: Random): Within {
  return (from, to) => (to === undefined ? (2 * random() - 1) * from : from + random() * (to - from));
}

/** Milliseconds that reading took, and the text; null: nothing was read. */
async function looked(text: string, size: CameraSize, view: View, random: Random) {
  const picture = photograph(drawn(text), size, view, random);
  const before = performance.now();
  const [read] = await readBarcodes(picture as ImageData, READ);
  return { ms: performance.now() - before, text: read?.isValid ? read.text : null };
}

test('at least 90 % of all pictures are read, and of each kind what can be; never anything else than what was shown', {
  timeout: 900_000,
}, async () => {
  const texts = [shown.payment, shown.receipt, shown.request, framesOf(shown.ticket)(11)];
  const rows: Record<string, string | number>[] = [];
  const tooFew: string[] = [];
  let all = 0;
  for (const [at, { name, range, view, leastRead }] of KINDS.entries()) {
    let read = 0;
    const row: Record<string, string | number> = { kind: name, range };
    for (const size of SIZES) {
      const times: number[] = [];
      let here = 0;
      for (let picture = 0; picture < PICTURES; picture += 1) {
        const random = randomOf(SEED * 1_000_003 + at * 1_009 + picture * 31 + size.width);
        const text = texts[picture % texts.length] ?? '';
        const seen = await looked(text, size, view(withinOf(random)), random);
        times.push(seen.ms);
        if (seen.text === null) continue;
        expect(seen.text).toBe(text);
        here += 1;
      }
      times.sort((a, b) => a - b);
      const percentile = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
      row[`${size.width} × ${size.height}, %`] = Math.round((100 * here) / PICTURES);
      row[`ms (p95), ${size.width}`] = `${percentile(0.5)} (${percentile(0.95)})`;
      read += here;
    }
    rows.push(row);
    all += read;
    // One picture more or less is chance, where there are few.
    if (read + 1 < leastRead * PICTURES * SIZES.length) tooFew.push(`${name}: ${read} of ${PICTURES * SIZES.length}`);
  }
  console.table(rows);
  expect(tooFew).toEqual([]);
  expect(all / (KINDS.length * PICTURES * SIZES.length)).toBeGreaterThanOrEqual(0.9);
});

test('a ticket in frames comes through a camera that misses a third of them and shakes', async () => {
  const frameAt = framesOf(shown.ticket);
  const reader = new FrameReader();
  const random = randomOf(SEED);
  let frames = 0;
  for (; reader.text === null && frames < 40; frames += 1) {
    if (random() < 1 / 3) continue;
    const view: View = { share: 0.6 + 0.1 * random(), turn: random(), blur: 0.3, movement: random(), noise: 3 };
    const seen = await looked(frameAt(frames), { width: 640, height: 480 }, view, random);
    if (seen.text !== null) reader.add(seen.text);
  }
  expect(reader.text).toBe(shown.ticket);
  expect(frames).toBeLessThan(25);
});

test('what a wallet shows fits one code that a small screen can show, or goes in frames that are smaller', () => {
  const modules = (text: string) => drawn(text).length;
  for (const text of [shown.request, shown.payment, shown.receipt]) {
    expect(text.length).toBeLessThanOrEqual(LETTERS_MAX);
    // With the margin and 300 pixels of a screen at least 3 to a module.
    expect(modules(text)).toBeLessThanOrEqual(81);
  }
  expect(shown.ticket.length).toBeGreaterThan(LETTERS_MAX);
  expect(modules(framesOf(shown.ticket)(0))).toBeLessThanOrEqual(53);
});
