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
  'full-10000': reported('records/s'),
  'full-10000-ratio': reported('ratio'),
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
  // PostgreSQL's files a record, all tables and indexes; half of the 373 that were measured first.
  'disk-bytes': atMost(187, 'bytes'),
  // Bytes of a signed batch a record, signature included; what HTTP or the web socket adds is noted beside.
  'wire-6': atMost(60, 'bytes'),
  'wire-50': atMost(40, 'bytes'),
  'wire-6-proofs': atMost(85, 'bytes'),
  'wire-50-proofs': atMost(66, 'bytes'),
  // One record of a medium that has few or many, received and reconciled by itself.
  'chain-next-short': reported('ms'),
  'chain-next-long': reported('ms'),
  'chain-next-ratio': atMost(3, 'ratio'),
  'chain-late-short': reported('ms'),
  'chain-late-long': reported('ms'),
  'chain-late-ratio': atMost(3, 'ratio'),
  // Batches of 1,000 by one process, and by two on one database.
  'processors-1': reported('records/s'),
  'processors-2': reported('records/s'),
  'processors-ratio': atLeast(1.3),
  'processors-lock-waits': atMost(0.01, 'share'),
  // Batches of 50,000 on an empty database, and on one with a long history.
  'history-empty': reported('records/s'),
  'history-full': atLeast(55_000, 'records/s'),
  'history-ratio': atLeast(0.8),
  'history-raw-copy': reported('records/s'),
  // What the console waits for, with a history of up to 10,000,000 stored: the slowest of its questions.
  'console-slowest-median': reported('ms'),
  'console-slowest-p95': atMost(300, 'ms'),
  // Signed batches over HTTP to a real `retap serve`, until all is reconciled.
  'fleet-4': reported('records/s'),
  'fleet-4-ratio': atLeast(0.05),
  'fleet-4-visible-p50': reported('ms'),
  'fleet-4-visible-p99': atMost(1_000, 'ms'),
  'fleet-50': reported('records/s'),
  'fleet-50-ratio': atLeast(0.2),
  'fleet-50-visible-p50': reported('ms'),
  'fleet-50-visible-p99': atMost(1_000, 'ms'),
  // In MiB: 600 MB and 1 GB. Resident memory of a `retap serve` under all the load it takes.
  'memory-most': atMost(572, 'MiB'),
  'memory-growth': atMost(1.1, 'ratio'),
  // The embedded database.
  'embedded-day': atMost(15, 's'),
  'embedded-day-memory': atMost(953, 'MiB'),
  'reconcile-gzip': atMost(60, 's'),
  // The production terminal on one core; media in memory, and cards with the whole protocol.
  'simulator-taps': atLeast(20_000, 'taps/s'),
  'simulator-city': reported('taps/s'),
  'simulator-cards': reported('taps/s'),
} as const satisfies Record<string, Target>;

export type ResultId = keyof typeof TARGETS;

export function isResultId(text: string): text is ResultId {
  return Object.hasOwn(TARGETS, text);
}
