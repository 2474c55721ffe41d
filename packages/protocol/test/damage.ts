/** Bytes as a bad link, a bad disk or a stranger would have them. */
import fc from 'fast-check';

/** What a damaged link, disk or a stranger does to bytes. */
type Damage = (bytes: number[], at: number, value: number) => void;
const DAMAGES: readonly Damage[] = [
  (bytes, at, value) => bytes.splice(at, 1, value),
  (bytes, at, value) => bytes.splice(at, 1, (bytes[at] ?? 0) ^ (1 << (value & 7))),
  (bytes, at, value) => bytes.splice(at, value),
  (bytes, at, value) => bytes.splice(at, 0, value),
  (bytes, at, value) => bytes.splice(at, 0, ...bytes.slice(at, at + value)),
  (bytes, at, value) => bytes.splice(at, 0, ...bytes.slice(value)),
  (bytes, at) => bytes.splice(at),
  // Heads of CBOR: an integer, bytes, text, an array, a map, a tag, of a length that is not there.
  (bytes, at, value) => bytes.splice(at, 1, ((value & 7) << 5) | 0x1b, 0, 0, 0, 0, 0x7f, 0xff, 0xff, value),
  (bytes, at, value) => bytes.splice(at, 1, ((value & 7) << 5) | 0x1f),
];

export const damages = fc.array(fc.tuple(fc.constantFrom(...DAMAGES), fc.nat(2000), fc.nat(255)), {
  minLength: 1,
  maxLength: 6,
});

export function damaged(whole: Uint8Array, steps: readonly (readonly [Damage, number, number])[]): Uint8Array {
  const bytes = [...whole];
  for (const [damage, place, value] of steps) damage(bytes, place % (bytes.length + 1), value);
  return Uint8Array.from(bytes);
}
