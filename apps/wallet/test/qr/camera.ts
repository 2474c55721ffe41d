/** What a camera sees of a QR code on another phone's screen: a picture in grey, computed from how they are held and what is wrong with it. */

/** 0 … 1, uniform; the next one at each call. */
export type Random = () => number;

/** Mulberry32: the same seed, the same pictures. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In pixels. */
export interface CameraSize {
  readonly width: number;
  readonly height: number;
}

/** How the screen is held, and what stands between it and the sensor. Whatever is absent is as good as it gets. */
export interface View {
  /** Side of the code, without its margin, of the picture's height. */
  readonly share: number;
  /** Radians: turned in the picture's plane, and tilted about its two axes. */
  readonly turn?: number;
  readonly tiltX?: number;
  readonly tiltY?: number;
  /** Light modules around the code; the wallet draws 4. */
  readonly margin?: number;
  /** In modules: deviation of a blur, length of a movement while the shutter is open and its direction. */
  readonly blur?: number;
  readonly movement?: number;
  readonly direction?: number;
  /** 0 … 1: of white, what reaches the sensor, and how much of that is left at the darker side. */
  readonly light?: number;
  readonly darkSide?: number;
  /** What dark modules send out: glare on the screen. */
  readonly glare?: number;
  /** Deviation of the sensor's noise, in its 256 steps. */
  readonly noise?: number;
  /** A finger on the code: of its area. It keeps off the three corners by which the code is found. */
  readonly covered?: number;
  /** The screen's own pixels, so many of the camera's wide: the two grids make stripes. */
  readonly moire?: number;
}

export interface Picture extends CameraSize {
  /** RGBA. */
  readonly data: Uint8ClampedArray;
}

/** Of white: ink, and what is around the screen. */
const DARK = 0.04;
const AROUND = 0.25;
const FINGER = 0.45;
const FOCAL = 1.2;

type Point = readonly [number, number, number];
type Code = readonly (readonly boolean[])[];

export function photograph(code: Code, size: CameraSize, view: View, random: Random): Picture {
  const { width, height } = size;
  let grey = projected(code, size, view, random);
  const pixelsInModule = (view.share * height) / code.length;
  if (view.blur) grey = blurred(grey, size, view.blur * pixelsInModule);
  if (view.movement) grey = moved(grey, size, view.movement * pixelsInModule, view.direction ?? 0);
  const { light = 1, darkSide = 1, noise = 0 } = view;
  const towards = random() * 2 * Math.PI;
  const [slopeX, slopeY] = [Math.cos(towards) / Math.SQRT2 / width, Math.sin(towards) / Math.SQRT2 / height];
  const pixels = new Uint32Array(width * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      const along = 0.5 + (x - width / 2) * slopeX + (y - height / 2) * slopeY;
      let seen = 255 * light * (darkSide + (1 - darkSide) * along) * (grey[at] as number);
      if (noise > 0) seen += noise * gaussian(random);
      const level = Math.max(0, Math.min(255, Math.round(seen)));
      pixels[at] = 0xff000000 | (level << 16) | (level << 8) | level;
    }
  }
  return { width, height, data: new Uint8ClampedArray(pixels.buffer) };
}

/** The plane of the screen through a pinhole, four points to a pixel. */
function projected(code: Code, size: CameraSize, view: View, random: Random): Float32Array {
  const { width, height } = size;
  const { share, margin = 4, glare = 0, moire, covered = 0 } = view;
  const modules = code.length;
  const isDark = Uint8Array.from(code.flatMap((row) => row.map(Number)));
  const pose = poseOf(view, random);
  // Taken apart once: this is run for millions of points.
  const [[ax, ay, az], [bx, by, bz], [nx, ny, nz], [cx, cy, cz]] = pose;
  const toPlane = nx * cx + ny * cy + nz * cz;
  // A finger on the lower right, where no finder stands.
  const fingerU = 0.45 + random() * 0.5;
  const fingerV = 0.45 + random() * 0.5;
  const radius = Math.sqrt(covered / Math.PI);
  const pitch = (moire ?? 1) / (share * height);
  const grey = new Float32Array(width * height);
  for (let at = 0; at < grey.length * 4; at += 1) {
    const pixel = at >> 2;
    // Where the ray through this point of the sensor meets the screen; the code is the unit square there.
    const rx = ((pixel % width) + (at & 1 ? 0.75 : 0.25) - width / 2) / height;
    const ry = (Math.floor(pixel / width) + (at & 2 ? 0.75 : 0.25) - height / 2) / height;
    const scale = toPlane / (nx * rx + ny * ry + nz * FOCAL);
    const p = rx * scale - cx;
    const q = ry * scale - cy;
    const r = FOCAL * scale - cz;
    const u = 0.5 + p * ax + q * ay + r * az;
    const v = 0.5 + p * bx + q * by + r * bz;
    const outside = Math.max(-u, u - 1, -v, v - 1);
    let colour = 1;
    if (outside >= margin / modules) colour = AROUND;
    else if (covered > 0 && (u - fingerU) ** 2 + (v - fingerV) ** 2 < radius ** 2) colour = FINGER;
    else if (outside < 0 && isDark[Math.floor(v * modules) * modules + Math.floor(u * modules)]) colour = DARK + glare;
    // Between the screen's own pixels it is dark: a third of each.
    if (moire !== undefined && (partOf(u / pitch) > 0.67 || partOf(v / pitch) > 0.67)) colour *= 0.55;
    grey[pixel] = (grey[pixel] as number) + colour / 4;
  }
  return grey;
}

/** The screen's two axes, its normal and its middle, as the camera has them; it is as far away as makes the code as large as it is to be. */
function poseOf(
  { share, turn = 0, tiltX = 0, tiltY = 0 }: View,
  random: Random,
): readonly [Point, Point, Point, Point] {
  const [cz, sz, cx, sx] = [Math.cos(turn), Math.sin(turn), Math.cos(tiltX), Math.sin(tiltX)];
  const [cy, sy] = [Math.cos(tiltY), Math.sin(tiltY)];
  const distance = FOCAL / share;
  const aside = (): number => (random() - 0.5) * 0.06 * distance;
  return [
    [cy * cz, sx * sy * cz + cx * sz, -cx * sy * cz + sx * sz],
    [-cy * sz, -sx * sy * sz + cx * cz, cx * sy * sz + sx * cz],
    [sy, -sx * cy, cx * cy],
    [aside(), aside(), distance],
  ];
}

function partOf(value: number): number {
  return value - Math.floor(value);
}

function blurred(grey: Float32Array, { width }: CameraSize, deviation: number): Float32Array {
  const reach = Math.ceil(deviation * 2.5);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)),
  );
  const alongRows = spread(
    grey,
    weights.map((weight, at) => [weight, at - reach]),
  );
  return spread(
    alongRows,
    weights.map((weight, at) => [weight, (at - reach) * width]),
  );
}

function moved(grey: Float32Array, { width }: CameraSize, length: number, direction: number): Float32Array {
  const steps = Math.max(2, Math.ceil(length * 2));
  const [dx, dy] = [Math.cos(direction), Math.sin(direction)];
  const taps = Array.from({ length: steps }, (_, step): Tap => {
    const along = length * (step / (steps - 1) - 0.5);
    return [1, Math.round(dx * along) + Math.round(dy * along) * width];
  });
  return spread(grey, taps);
}

/** Weight, and how many pixels further on. */
type Tap = readonly [weight: number, offset: number];

/** Each pixel the weighted mean of others. Those near the edges stay black: there is nothing to be read there. */
function spread(grey: Float32Array, taps: readonly Tap[]): Float32Array {
  const total = taps.reduce((sum, [weight]) => sum + weight, 0);
  const result = new Float32Array(grey.length);
  for (const [weight, offset] of taps) {
    const part = weight / total;
    const end = Math.min(grey.length, grey.length - offset);
    for (let at = Math.max(0, -offset); at < end; at += 1) {
      result[at] = (result[at] as number) + part * (grey[at + offset] as number);
    }
  }
  return result;
}

/** Near enough (Irwin and Hall): the sum of four uniform numbers, to a deviation of 1. */
function gaussian(random: Random): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}
