/** `retap simulate --preset`: a city out of a JSON file, its files, and the report that judges the centre by it. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { City, type CityEvent, cityOf, type Preset, planOf, type Truth } from '@retap/simulator';
import type { Command } from 'commander';
import { databaseNamed, databaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { formatCount } from '../text.ts';
import { CITY_FILES, makeCityFolders, prepareDirectory } from './directory.ts';
import { CityFiles } from './files.ts';
import { loadPreset, parseScale } from './preset.ts';
import type { Figures } from './report/figures.ts';
import { pageOf } from './report/page.ts';
import { runCity } from './report/run.ts';
import { writeTruth } from './truth-file.ts';

export interface PresetFlags {
  readonly preset?: string;
  readonly scale?: number;
  readonly report?: string;
  readonly database?: string;
}

interface Options extends PresetFlags {
  readonly seed: string;
  readonly output?: string;
  readonly force?: true;
}

const REPORT_FILES = ['index.html', 'report.json', 'truth.json', 'plan.json'] as const;

export function addPresetOptions(command: Command): void {
  command
    .option('--preset <NAME|FILE>', 'a city that comes with Retap, or FILE.json (docs/simulation.md has every knob)')
    .option('--scale <S>', 'times the accounts and terminals of the preset; default: 1', parseScale)
    .option('--report <DIR>', 'with --preset: feed a centre as the city lives, and write a report on both')
    .addOption(databaseOption('an embedded one that is gone after the report'));
}

export function isOfPreset({ preset, scale, report }: PresetFlags): boolean {
  return preset !== undefined || scale !== undefined || report !== undefined;
}

/** What a preset says itself. */
const OF_THE_PRESET = ['days', 'media', 'terminals', 'start', 'clones', 'forged', 'silent', 'lostJournals'] as const;

export async function simulatePreset(options: Options, command: Command, shell: Shell): Promise<ExitStatus> {
  const { output, report, force } = options;
  if (options.preset === undefined) throw new UsageError('name by --preset the city to simulate');
  if (output === undefined && report === undefined) {
    throw new UsageError('name by --report, or by --output, the directory to write to');
  }
  const twice = OF_THE_PRESET.find((name) => command.getOptionValueSource(name) === 'cli');
  if (twice !== undefined) throw new UsageError(`${twice} is up to the preset: put it into a file of your own`);
  const preset = await loadPreset(options.preset);
  try {
    planOf(cityOf(preset, options.seed, options.scale ?? 1));
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--preset ${options.preset}: ${error.message}`) : error;
  }
  if (report !== undefined) await prepareDirectory('--report', report, REPORT_FILES, force === true);
  if (output !== undefined) {
    await prepareDirectory('--output', output, CITY_FILES, force === true);
    await makeCityFolders(output);
  }
  const files = output === undefined ? null : new CityFiles(output, options.seed);
  const onEvent = files && ((event: CityEvent) => files.write(event));
  const truth = await lived(preset, options, shell, onEvent);
  await files?.finish();
  if (output !== undefined) await writeTruth(path.join(output, 'truth.json'), truth);
  return 0;
}

async function lived(
  preset: Preset,
  { seed, scale = 1, report, database }: Options,
  shell: Shell,
  onEvent: ((event: CityEvent) => Promise<void>) | null,
): Promise<Truth> {
  if (report === undefined) {
    const city = await City.found(cityOf(preset, seed, scale));
    for await (const event of city.events()) await onEvent?.(event);
    return city.truth();
  }
  const named = databaseNamed(database === undefined ? {} : { database }, shell);
  const { truth, figures } = await runCity({
    ...{ preset, seed, scale, shell, database: named },
    ...(onEvent && { onEvent }),
  });
  await writeFile(path.join(report, 'plan.json'), `${JSON.stringify(preset, null, 2)}\n`);
  await writeFile(path.join(report, 'report.json'), `${JSON.stringify(figures, null, 1)}\n`);
  await writeTruth(path.join(report, 'truth.json'), truth);
  // Last of all: a directory with a page is whole.
  await writeFile(path.join(report, 'index.html'), pageOf(figures));
  shell.stdout.write(summary(report, figures));
  return truth;
}

function summary(directory: string, { taps, seconds, comparison, alerts, settling }: Figures): string {
  const missed = comparison.filter(({ isMet }) => !isMet).map(({ key }) => key);
  const lines = [
    `${formatCount(taps)} taps in ${formatCount(Math.round(seconds))} s; ${formatCount(settling.torn)} of them torn`,
    ...(comparison.length === 0
      ? []
      : [`${comparison.length - missed.length} of ${comparison.length} figures of the paper are met within 5 %`]),
    ...(missed.length === 0 ? [] : [`not met: ${missed.join(', ')}`]),
    `${formatCount(alerts.unexplained.length)} alerts with nothing behind them`,
    `${path.join(directory, 'index.html')}: the report; its figures in report.json, every knob in plan.json`,
  ];
  return `${lines.join('\n')}\n`;
}
