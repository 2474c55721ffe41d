/** Every figure of the bench, by the name that it keeps, with what is aimed at. */

interface Target {
  readonly unit: 'records/s' | 'taps/s' | 'ratio' | 'share' | 'ms' | 's' | 'MiB' | 'bytes';
  readonly target: number | null;
  /** The target is the most that it may be, not the least. */
  readonly atMost?: true;
}

const reported = (unit: Target['unit']) => ({ unit, target: null });
const atLeast = (target: number, unit: Target['unit'] = 'ratio') => ({ unit, target });
const atMost = (target: number, unit: Target['unit']) => ({ unit, target, atMost: true }) as const;

export const TARGETS = {
  // Binary COPY of the rows in one go, and what a commit for so many rows makes of it.
  'raw-copy': reported('records/s'),
  'raw-copy-1000': reported('records/s'),
  'raw-copy-100': reported('records/s'),
  // Full processing. Ratios are to raw COPY in one go, of the same rows, in the same run.
  'full-50000': reported('records/s'),
  'full-50000-ratio': atLeast(0.65),
  'full-50000-careful': reported('share'),
  'full-1000': reported('records/s'),
  'full-1000-ratio': atLeast(0.45),
  'full-1000-careful': reported('share'),
  'full-100': reported('records/s'),
  'full-100-ratio': atLeast(0.3),
  'full-100-acknowledged-p50': reported('ms'),
  'full-100-acknowledged-p99': atMost(250, 'ms'),
  'one-by-one': reported('records/s'),
  'full-100-vs-one-by-one': atLeast(15),
  'exceptional-10': reported('records/s'),
  'exceptional-10-ratio': atLeast(0.35),
  'exceptional-10-careful': reported('share'),
  'exceptional-30': reported('records/s'),
  'exceptional-30-ratio': atLeast(0.2),
  'exceptional-30-careful': reported('share'),
} as const satisfies Record<string, Target>;

export type ResultId = keyof typeof TARGETS;

export function isResultId(text: string): text is ResultId {
  return Object.hasOwn(TARGETS, text);
}
