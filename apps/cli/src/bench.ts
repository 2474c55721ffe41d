/** `retap bench`: every figure that is aimed at, in one run, on PostgreSQL (docs/performance.md). */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { plotsOf } from './bench/plots.ts';
import { type Result, resultOf } from './bench/result.ts';
import type { BenchContext, Measured, Rate, Suite } from './bench/suite.ts';
import { SUITES } from './bench/suites.ts';
import { isResultId, type ResultId } from './bench/targets.ts';
import { resultTable } from './bench/text.ts';
import { type DatabaseOption, databaseNamed, databaseOption, isPostgres } from './database.ts';
import { UsageError } from './failure.ts';
import { countFrom, durationOption, formatOption } from './options.ts';
import { ProgressLine } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';

interface BenchOptions extends DatabaseOption {
  readonly records: number;
  readonly history: number;
  readonly chain: number;
  readonly accounts: number;
  readonly watch: number;
  readonly fleet: number;
  readonly day: number;
  readonly taps: number;
  readonly runs: number;
  readonly seed: string;
  readonly plots?: string;
  readonly check?: boolean;
  readonly only?: readonly ResultId[];
  readonly suite?: readonly string[];
  readonly format: 'text' | 'json';
}

const LARGE = 100_000_000;

export function addBench(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const names = SUITES.map(({ name }) => name).join(', ');
  program
    .command('bench')
    .description(
      'measure the centre against what its PostgreSQL can do: rates, latency, memory, bytes (docs/performance.md)',
    )
    .addOption(databaseOption('none: a PostgreSQL is needed'))
    .option('--records <N>', 'records of each measurement', countFrom(1_000, LARGE), 1_000_000)
    .option('--history <N>', 'records stored before it is measured what they cost', countFrom(0, LARGE), 20_000_000)
    .option('--chain <N>', 'records of the medium that has many', countFrom(100, LARGE), 100_000)
    .option('--accounts <N>', 'accounts stored while memory is watched', countFrom(1, LARGE), 860_000)
    .addOption(durationOption('--watch <DURATION>', 'how long memory is watched', '2m'))
    .option('--fleet <N>', 'records that a fleet uploads over HTTP', countFrom(200, LARGE), 200_000)
    .option('--day <N>', 'records of a day in the embedded database', countFrom(100, LARGE), 200_000)
    .option('--taps <N>', 'taps of the simulator', countFrom(10, LARGE), 80_000)
    .option('--runs <N>', 'alternating runs; medians are reported', countFrom(1, 100), 3)
    .option('--suite <NAMES>', `only these, separated by commas: ${names}`, parseSuites)
    .option('--only <IDS>', 'only these figures, separated by commas, and those that are measured with them', parseIds)
    .option('--seed <SEED>', 'seed of the traffic', '1')
    .option('--check', 'derive everything anew after each measurement, and compare: for small sizes')
    .option('--plots <DIRECTORY>', 'write plots of what was measured there, as SVG')
    .addOption(formatOption())
    .action(async (options: BenchOptions) => end(await bench(options, shell)));
}

async function bench(options: BenchOptions, shell: Shell): Promise<ExitStatus> {
  const database = databaseNamed(options, shell);
  if (database === null || !isPostgres(database)) {
    throw new UsageError('bench needs a PostgreSQL: name one by --database postgres://… or DATABASE_URL');
  }
  const progress = new ProgressLine(shell);
  let stage = '';
  let history: readonly Rate[] = [];
  if (options.plots !== undefined) await mkdir(options.plots, { recursive: true });
  const context: BenchContext = {
    ...{
      database,
      shell,
      seed: options.seed,
      check: options.check ?? false,
      sizes: { ...options, watchMs: options.watch },
    },
    doing(what) {
      stopIfInterrupted(shell);
      progress.show((seconds) => `${Math.round(seconds)} s, ${stage}: ${what}`);
    },
    grown: (rates) => {
      history = rates;
    },
    note(lines) {
      progress.clear();
      shell.stderr.write(lines.map((line) => `${line}\n`).join(''));
    },
  };
  const suites = SUITES.filter((suite) => isAsked(suite, options));
  const found = new Map<ResultId, number[]>();
  for (let run = 1; run <= options.runs; run += 1) {
    for (const suite of suites.filter(({ once }) => !once || run === 1)) {
      stage = `run ${run} of ${options.runs}, ${suite.name}`;
      const measured = await suite.pass(context);
      progress.clear();
      shell.stderr.write(`${stage}: ${shown(measured)}\n`);
      for (const id of suite.ids) found.set(id, [...(found.get(id) ?? []), measured[id] ?? Number.NaN]);
    }
  }
  const results: Result[] = [...found].map(([id, runs]) => resultOf(id, runs));
  for (const { name, svg } of options.plots === undefined ? [] : plotsOf(results, history)) {
    await writeFile(path.join(options.plots ?? '', name), svg);
  }
  shell.stdout.write(options.format === 'json' ? `${JSON.stringify({ results }, null, 2)}\n` : resultTable(results));
  return 0;
}

function isAsked({ name, ids }: Suite, { suite, only }: BenchOptions): boolean {
  if (suite === undefined && only === undefined) return true;
  return (suite?.includes(name) ?? false) || (only?.some((id) => ids.includes(id)) ?? false);
}

function shown(measured: Measured): string {
  return Object.entries(measured)
    .map(([id, value]) => `${id} ${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))}`)
    .join(', ');
}

function parseSuites(text: string): readonly string[] {
  return text.split(',').map((name) => {
    if (SUITES.some((suite) => suite.name === name)) return name;
    throw new InvalidArgumentError(`${name} is no suite.`);
  });
}

function parseIds(text: string): readonly ResultId[] {
  return text.split(',').map((id) => {
    if (isResultId(id)) return id;
    throw new InvalidArgumentError(`${id} is no figure of the bench.`);
  });
}
