/** `retap bench`: full processing against raw COPY of the same rows, and against one SQL transaction a record, in one run. */
import type { Command } from 'commander';
import pg from 'pg';
import { fullProcessing, ONE_BY_ONE_MAX, oneByOne, rawCopy } from './bench/measure.ts';
import { workloadOf } from './bench/workload.ts';
import { type DatabaseOption, databaseNamed, databaseOption, isPostgres } from './database.ts';
import { UsageError } from './failure.ts';
import { countFrom, formatOption } from './options.ts';
import { ProgressLine } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';

interface BenchOptions extends DatabaseOption {
  readonly records: number;
  readonly batch: number;
  readonly runs: number;
  readonly seed: string;
  readonly format: 'text' | 'json';
}

interface Result {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  /** Set by a later issue; null until then. */
  readonly target: number | null;
  readonly runs: readonly number[];
}

export function addBench(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('bench')
    .description(
      'measure full processing against raw COPY of the same rows and one SQL transaction a record (PostgreSQL)',
    )
    .addOption(databaseOption('none: a PostgreSQL is needed'))
    .option('--records <N>', 'records of a simulated city', countFrom(100, 100_000_000), 200_000)
    .option('--batch <N>', 'records a batch', countFrom(1, 100_000), 10_000)
    .option('--runs <N>', 'alternating runs; medians are reported', countFrom(1, 100), 3)
    .option('--seed <SEED>', 'seed of the city', '1')
    .addOption(formatOption())
    .action(async (options: BenchOptions) => end(await bench(options, shell)));
}

async function bench(options: BenchOptions, shell: Shell): Promise<ExitStatus> {
  const database = databaseNamed(options, shell);
  if (database === null || !isPostgres(database)) {
    throw new UsageError('bench needs a PostgreSQL: name one by --database postgres://… or DATABASE_URL');
  }
  const progress = new ProgressLine(shell);
  progress.show(() => `making ${options.records} records`);
  const workload = await workloadOf(options.seed, options.records, options.batch);
  const seconds = { full: [] as number[], copy: [] as number[], oneByOne: [] as number[] };
  for (let run = 1; run <= options.runs; run += 1) {
    stopIfInterrupted(shell);
    progress.show(() => `run ${run} of ${options.runs}`);
    await inSchema(database, async (url, client) => {
      seconds.full.push(await fullProcessing(url, workload, shell));
      seconds.copy.push(await rawCopy(client, workload, shell));
      seconds.oneByOne.push(await oneByOne(client, workload, shell));
    });
  }
  progress.clear();
  const few = Math.min(ONE_BY_ONE_MAX, workload.records.length);
  const results = resultsOf(workload.records.length, few, seconds);
  shell.stdout.write(options.format === 'json' ? `${JSON.stringify({ results }, null, 2)}\n` : table(results, options));
  return 0;
}

/** A schema of its own for each run, dropped in the end: the bench leaves nothing behind, and disturbs nothing that is there. */
async function inSchema(database: string, work: (url: string, client: pg.Client) => Promise<void>): Promise<void> {
  const schema = 'retap_bench';
  const url = new URL(database);
  url.searchParams.set('options', `-c search_path=${schema}`);
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await client.query(`drop schema if exists ${schema} cascade; create schema ${schema}`);
    await work(url.toString(), client);
  } finally {
    await client.query(`drop schema if exists ${schema} cascade`);
    await client.end();
  }
}

function resultsOf(records: number, few: number, seconds: Record<'full' | 'copy' | 'oneByOne', number[]>): Result[] {
  const rates = (count: number, taken: readonly number[]) => taken.map((each) => Math.round(count / each));
  const full = rates(records, seconds.full);
  const copy = rates(records, seconds.copy);
  const single = rates(few, seconds.oneByOne);
  const ratio = (other: readonly number[]) => full.map((rate, run) => round(rate / (other[run] ?? Number.NaN)));
  return [
    result('full-processing', 'records/s', full),
    result('raw-copy', 'records/s', copy),
    result('one-transaction-per-record', 'records/s', single),
    result('full-vs-raw-copy', 'ratio', ratio(copy)),
    result('full-vs-one-transaction-per-record', 'ratio', ratio(single)),
  ];
}

function result(id: string, unit: string, runs: readonly number[]): Result {
  return { id, value: median(runs), unit, target: null, runs };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : round(((sorted[middle - 1] ?? Number.NaN) + upper) / 2);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function table(results: readonly Result[], { records, batch, runs }: BenchOptions): string {
  const lines = results.map(
    ({ id, value, unit, runs: each }) =>
      `${id.padEnd(36)}${String(value).padStart(10)} ${unit.padEnd(11)} ${each.join('  ')}`,
  );
  return `${records} records, batches of ${batch}, median of ${runs} alternating runs\n\n${lines.join('\n')}\n`;
}
