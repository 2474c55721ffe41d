/** Chance from a seed, a hundred million draws a second: the same traffic on every machine (sfc32, Doty-Humphrey 2010). */

/** Draws 0 ≤ draw < 1. */
export type Draw = () => number;

/** Rounds after which all bits of the seed have met. */
const WARM_UP = 20;

export function drawsOf(seed: string): Draw {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  for (let index = 0; index < seed.length; index += 1) {
    a = Math.imul(a ^ seed.charCodeAt(index), 0x01000193);
    b ^= Math.imul(a, 0x85ebca6b);
  }
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < WARM_UP; round += 1) draw();
  return draw;
}
