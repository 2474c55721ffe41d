/** Lengths of time as an option takes them, and as a person reads a mean. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** `3d`, `90s`: whole, in the largest unit that leaves nothing over. */
export function lengthText(ms: number): string {
  const [unit, length] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / length}${unit}`;
}

/** `4.32 d`, `1.50 h`: in the largest unit of which there is one. */
export function meanText(ms: number): string {
  const [unit, length] = UNITS.find(([, each]) => ms >= each) ?? ['ms', 1];
  return `${(ms / length).toFixed(2)} ${unit === 'm' ? 'min' : unit}`;
}
