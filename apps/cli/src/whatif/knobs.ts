/** The knobs of `retap whatif` as options and as a JSON file; an option counts before the file. */
import { readFile } from 'node:fs/promises';
import {
  DETECTIONS,
  KNOB_NAMES,
  KNOBS,
  type Knob,
  type KnobName,
  PERIODS,
  type WhatIfOptions,
} from '@retap/simulator/whatif';
import { InvalidArgumentError, Option } from 'commander';
import { Faults, UsageError } from '../failure.ts';
import { parseDuration } from '../options.ts';
import { lengthText } from './units.ts';

/** Of an option: commander takes a null for no value at all. */
type Given = { readonly [Name in KnobName]?: number | 'none' };

export interface WhatIfCommandOptions extends Given, Pick<WhatIfOptions, 'detection' | 'period'> {
  readonly file?: string;
  readonly check?: true;
  readonly seed: string;
  readonly stories: number;
  readonly format: 'text' | 'json';
}

const PLACES: Readonly<Record<Knob['unit'], string>> = {
  amount: '<N>',
  count: '<N>',
  rate: '<N>',
  share: '<SHARE>',
  duration: '<DURATION>',
};

export function knobOptions(): Option[] {
  return KNOB_NAMES.map((name) => {
    const knob: Knob = KNOBS[name];
    const { unit, meaning, optional } = knob;
    const unitText = unit === 'amount' ? ', in minor units' : '';
    const standard = knob.default === null ? 'none' : valueText(knob, knob.default);
    const none = optional ? ', or none' : '';
    return new Option(
      `${flagOf(name)} ${PLACES[unit]}`,
      `${meaning}${unitText}${none} (default: ${standard})`,
    ).argParser((text) => parsed(knob, text));
  });
}

function parsed(knob: Knob, text: string): number | 'none' {
  if (text === 'none' && knob.optional) return text;
  if (knob.unit === 'duration') return parseDuration(text);
  const value = /^-?\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError(knob.optional ? 'Give a number, or none.' : 'Give a number.');
}

/** `--clones-per-year` */
function flagOf(name: KnobName): string {
  return `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}

/** Where a knob was given: the option, or its place in the file. */
export function nameOf(name: KnobName, options: WhatIfCommandOptions): string {
  return options[name] === undefined && options.file !== undefined ? `${options.file}: ${name}` : flagOf(name);
}

/** As it would be given. */
export function valueText({ unit }: Pick<Knob, 'unit'>, value: number): string {
  return unit === 'duration' ? lengthText(value) : String(value);
}

/** @throws UsageError, Faults where the file holds something else */
export async function knobsGiven(options: WhatIfCommandOptions): Promise<WhatIfOptions> {
  const inFile = options.file === undefined ? {} : await knobsIn(options.file);
  const own = [...KNOB_NAMES, 'detection' as const, 'period' as const].filter((name) => options[name] !== undefined);
  const values = own.map((name) => [name, options[name] === 'none' ? null : options[name]]);
  return { ...inFile, ...Object.fromEntries(values) };
}

async function knobsIn(file: string): Promise<WhatIfOptions> {
  const content = await jsonIn(file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UsageError(`${file}: give one JSON object, as { "clonesPerYear": 50 }`);
  }
  const faults: string[] = [];
  const entries = Object.entries(content).map(([name, value]) => {
    const read = valueIn(name, value);
    if (typeof read === 'object' && read !== null) faults.push(`${file}: ${name}: ${read.wanted}`);
    return [name, read];
  });
  if (faults.length > 0) throw new Faults(faults);
  return Object.fromEntries(entries);
}

type Wanted = { readonly wanted: string };

function valueIn(name: string, value: unknown): number | string | null | Wanted {
  if (name === 'detection') return wordIn(value, DETECTIONS);
  if (name === 'period') return wordIn(value, PERIODS);
  if (!isKnobName(name)) return { wanted: `there is no such knob; 'retap whatif --help' shows which there are` };
  const knob: Knob = KNOBS[name];
  if (value === null) return knob.optional ? null : { wanted: 'it cannot be none' };
  if (knob.unit === 'duration') return durationIn(value);
  return typeof value === 'number' ? value : { wanted: 'give a number' };
}

function isKnobName(name: string): name is KnobName {
  return Object.hasOwn(KNOBS, name);
}

function wordIn(value: unknown, words: readonly string[]): string | Wanted {
  const word = words.find((each) => each === value);
  return word ?? { wanted: `give ${words.map((each) => `"${each}"`).join(' or ')}` };
}

function durationIn(value: unknown): number | Wanted {
  try {
    if (typeof value === 'string') return parseDuration(value);
  } catch {
    // Told below, with the place.
  }
  return { wanted: 'give a duration, as "30m"' };
}

async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file}: it is not JSON: ${error.message}`);
    throw error;
  }
}
