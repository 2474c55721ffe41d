/** A process whose decoder never comes to an end. */
import { fuzz } from '../src/fuzz/fuzz.ts';

/** @param {Uint8Array} bytes */
const decode = (bytes) => {
  while (bytes[0] === 0x2a);
};
const seeds = [Uint8Array.of(1), Uint8Array.of(0x2a)];
await fuzz(
  { name: 'endless', seeds, decode, isRefusal: () => false },
  { clock: () => performance.now(), seed: '1', inputs: 1, hangMs: 400 },
);
