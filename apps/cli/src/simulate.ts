/** `retap simulate`: a city's journals, its batches as they arrive, and the truth to compare with. */
import path from 'node:path';
import { City, type CityOptions, type Counts } from '@retap/simulator';
import type { Command } from 'commander';
import { UsageError } from './failure.ts';
import { countFrom, parseShare, parseTime } from './options.ts';
import { ProgressLine } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';
import { CITY_FILES, makeCityFolders, prepareDirectory } from './simulate/directory.ts';
import { CityFiles } from './simulate/files.ts';
import { addPresetOptions, isOfPreset, type PresetFlags, simulatePreset } from './simulate/preset-flags.ts';
import { writeTruth } from './simulate/truth-file.ts';
import { addSwarmOptions, isSwarm, runSwarm, type SwarmFlags } from './swarm/flags.ts';
import { formatCount, formatTime } from './text.ts';

interface SimulateOptions extends SwarmFlags, PresetFlags {
  readonly days: number;
  readonly media: number;
  readonly terminals: number;
  readonly seed: string;
  readonly output?: string;
  readonly force?: true;
  readonly start?: number;
  readonly clones?: number;
  readonly forged?: number;
  readonly silent?: number;
  readonly lostJournals?: number;
  readonly tornRate?: number;
  readonly declinedRate?: number;
  readonly powerCutRate?: number;
  readonly offlineRate?: number;
  readonly offlineHours?: number;
  readonly uploadCutRate?: number;
  readonly uploadRepeatRate?: number;
}

export function addSimulate(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const count = countFrom(0, 1_000_000);
  const command = program
    .command('simulate')
    .description('let a seeded city live, and write journals/, batches/ (one file: one POST body) and truth.json')
    .option('--output <DIR>', 'directory to write to')
    .option('--days <N>', 'operating days', countFrom(1, 36_500), 3)
    .option('--media <N>', 'cards and phones', countFrom(1, 10_000_000), 5_000)
    .option('--terminals <N>', 'terminals', countFrom(1, 1_000_000), 40)
    .option('--seed <SEED>', 'the same seed gives the same files', '7')
    .option('--force', 'write over what an earlier run left in the directory')
    .option('--start <TIME>', 'midnight of the first day', parseTime)
    .option('--clones <N>', 'media that a second person carries a copy of', count)
    .option('--forged <N>', 'media whose balance is raised without a terminal', count)
    .option('--silent <N>', 'terminals whose records never arrive', count)
    .option('--lost-journals <N>', 'terminals that lose what they have not uploaded', count)
    .option('--torn-rate <SHARE>', 'of the taps: the medium left too early', parseShare)
    .option('--declined-rate <SHARE>', 'of the taps: the medium declined', parseShare)
    .option('--power-cut-rate <SHARE>', 'of the taps: the terminal lost its power in the middle', parseShare)
    .option('--offline-rate <SHARE>', 'of the terminals, each day: without a link for a time', parseShare)
    .option('--offline-hours <N>', 'longest time without a link', countFrom(0, 66))
    .option('--upload-cut-rate <SHARE>', 'of the uploads: cut off in the middle', parseShare)
    .option('--upload-repeat-rate <SHARE>', 'of the uploads: received twice', parseShare)
    .action(async (options: SimulateOptions) => {
      if (isOfPreset(options)) return end(await simulatePreset(options, command, shell));
      if (isSwarm(options)) return end(await runSwarm(options, command, shell));
      if (options.output === undefined) throw new UsageError('name by --output the directory to write to');
      end(await simulate({ ...options, output: options.output }, shell));
    });
  addPresetOptions(command);
  addSwarmOptions(command);
}

async function simulate(options: SimulateOptions & { readonly output: string }, shell: Shell): Promise<ExitStatus> {
  const city = await City.found(cityOptions(options)).catch((error: unknown) => {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  });
  await prepareDirectory('--output', options.output, CITY_FILES, options.force === true);
  await makeCityFolders(options.output);
  const startedAt = city.now;
  const files = new CityFiles(options.output, options.seed);
  const progress = new ProgressLine(shell);
  try {
    for await (const event of city.events()) {
      stopIfInterrupted(shell);
      await files.write(event);
      const day = Math.floor((city.now - startedAt) / 86_400_000) + 1;
      progress.show((seconds) => {
        const rate = formatCount(Math.round(city.counts.taps / Math.max(seconds, 0.001)));
        return `day ${day} of ${options.days}: ${formatCount(city.counts.taps)} taps, ${rate}/s`;
      });
    }
  } finally {
    progress.clear();
  }
  await files.finish();
  const truth = city.truth();
  // Last of all: a directory with a truth.json is whole.
  await writeTruth(path.join(options.output, 'truth.json'), truth);
  shell.stdout.write(summary(options.output, city.counts, truth.asOf));
  return 0;
}

function summary(directory: string, { taps, torn, deliveries }: Counts, asOf: number): string {
  const lines = [
    `${formatCount(taps)} taps, ${formatCount(torn)} of them torn; ${formatCount(deliveries)} uploads arrived`,
    `${path.join(directory, 'journals')}: one journal a terminal, as far as it was uploaded`,
    `${path.join(directory, 'batches')}: uploads in shuffled order, some late, twice, or cut off (-cut)`,
    `${path.join(directory, 'truth.json')}: what every medium really holds at ${formatTime(asOf)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Only what was asked for differs from the city's own defaults. */
function cityOptions(options: SimulateOptions): CityOptions {
  const { seed, days, media, terminals, start } = options;
  return {
    seed,
    days,
    media,
    terminals,
    ...(start === undefined ? {} : { start }),
    frauds: given({
      clones: options.clones,
      forged: options.forged,
      silent: options.silent,
      lostJournals: options.lostJournals,
    }),
    faults: given({
      tornShare: options.tornRate,
      declinedShare: options.declinedRate,
      powerCutShare: options.powerCutRate,
      offlineShare: options.offlineRate,
      offlineHoursMax: options.offlineHours,
      uploadCutShare: options.uploadCutRate,
      uploadRepeatShare: options.uploadRepeatRate,
    }),
  };
}

function given<Key extends string>(values: Readonly<Record<Key, number | undefined>>): Partial<Record<Key, number>> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<Key, number>>;
}
