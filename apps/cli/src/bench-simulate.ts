/** `retap bench-simulate`: taps a second on one core, of the production terminal by itself and of a whole simulated city. */
import type { Command } from 'commander';
import { type Clocks, livedCity, type Measured, TapsAlone, timed } from './bench-simulate/measure.ts';
import { UsageError } from './failure.ts';
import { countFrom, formatOption } from './options.ts';
import { ProgressLine } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';
import { formatCount } from './text.ts';

interface BenchSimulateOptions {
  readonly taps: number;
  readonly days: number;
  readonly media: number;
  readonly terminals: number;
  readonly seed: string;
  readonly runs: number;
  readonly format: 'text' | 'json';
}

/** What is measured; in each run one after the other, so that whatever else the machine does meets both. */
const PLACES = ['taps alone', 'whole city'] as const;
type Place = (typeof PLACES)[number];
type Runs = Record<Place, Measured[]>;

export function addBenchSimulate(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('bench-simulate')
    .description('measure taps a second on one core: one terminal by itself, and a whole city with its uploads')
    .option('--taps <N>', 'taps at the one terminal', countFrom(10, 10_000_000), 50_000)
    .option('--days <N>', 'days of the city', countFrom(1, 36_500), 2)
    .option('--media <N>', 'cards and phones of the city', countFrom(1, 10_000_000), 10_000)
    .option('--terminals <N>', 'terminals of the city', countFrom(1, 1_000_000), 80)
    .option('--seed <SEED>', 'seed of the city', '1')
    .option('--runs <N>', 'alternating runs; medians are reported', countFrom(1, 100), 3)
    .addOption(formatOption())
    .action(async (options: BenchSimulateOptions) => end(await benchSimulate(options, shell)));
}

async function benchSimulate(options: BenchSimulateOptions, shell: Shell): Promise<ExitStatus> {
  const clocks: Clocks = { elapsed: shell.elapsed, computed };
  const progress = new ProgressLine(shell);
  const runs: Runs = { 'taps alone': [], 'whole city': [] };
  try {
    for (let run = 1; run <= options.runs; run += 1) {
      stopIfInterrupted(shell);
      progress.show(() => `run ${run} of ${options.runs}: one terminal`);
      runs['taps alone'].push(await tapsAlone(options.taps, clocks, shell));
      const watch = (taps: number): void => {
        stopIfInterrupted(shell);
        progress.show(() => `run ${run} of ${options.runs}: the city, ${formatCount(taps)} taps`);
      };
      runs['whole city'].push(await timed(clocks, () => livedCity(options, watch)));
    }
  } catch (cause) {
    throw cause instanceof RangeError ? new UsageError(cause.message) : cause;
  } finally {
    progress.clear();
  }
  const results = PLACES.map((place) => resultOf(place, runs[place]));
  shell.stdout.write(options.format === 'json' ? `${JSON.stringify({ results }, null, 2)}\n` : table(results, options));
  return 0;
}

/** Taps before any is counted: the compiler has not seen the code yet. */
const WARM_UP = 5_000;

async function tapsAlone(taps: number, clocks: Clocks, { now }: Shell): Promise<Measured> {
  const bench = await TapsAlone.prepare(now());
  await bench.run(Math.min(WARM_UP, taps));
  return timed(clocks, async () => {
    await bench.run(taps);
    return { taps };
  });
}

/** Of all threads of the process: what collects garbage and what compiles counts. */
function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

interface Result {
  readonly id: Place;
  /** Taps of a run; the same in each. */
  readonly taps: number;
  /** Per second of the clock on the wall, and per second that this process computed: on an idle machine nearly the same. */
  readonly tapsPerSecond: number;
  readonly tapsPerOwnSecond: number;
  readonly runs: readonly { readonly seconds: number; readonly ownSeconds: number }[];
}

function resultOf(id: Place, runs: readonly Measured[]): Result {
  return {
    id,
    taps: runs[0]?.taps ?? 0,
    tapsPerSecond: median(runs.map(({ taps, seconds }) => Math.round(taps / seconds))),
    tapsPerOwnSecond: median(runs.map(({ taps, ownSeconds }) => Math.round(taps / ownSeconds))),
    runs: runs.map(({ seconds, ownSeconds }) => ({ seconds: round(seconds), ownSeconds: round(ownSeconds) })),
  };
}

/** One that was measured: of two the slower. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function table(results: readonly Result[], { media, terminals, days, runs }: BenchSimulateOptions): string {
  const head = `${'taps/s, one core'.padEnd(20)}${'taps'.padStart(12)}${'on the wall'.padStart(14)}${'computing'.padStart(12)}${'µs a tap'.padStart(11)}`;
  const lines = results.map(({ id, taps, tapsPerSecond, tapsPerOwnSecond }) => {
    const counts = [formatCount(taps).padStart(12), formatCount(tapsPerSecond).padStart(14)];
    return `${id.padEnd(20)}${counts.join('')}${formatCount(tapsPerOwnSecond).padStart(12)}${(1e6 / tapsPerOwnSecond).toFixed(1).padStart(11)}`;
  });
  const city = `city: ${formatCount(media)} media, ${formatCount(terminals)} terminals, ${days} days; median of ${runs} alternating runs`;
  return `${[head, ...lines].join('\n')}\n\n${city}\n`;
}
