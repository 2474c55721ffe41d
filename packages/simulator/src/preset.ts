/** A preset: a city in a JSON file, checked knob by knob, and scaled to the size that is wanted. */
import type { Time } from '@retap/model';
import { midnightOf } from './calendar.ts';
import { type Faults, type Frauds, faultsOf, fraudsOf } from './faults.ts';
import { DEFAULT_LIFE, type Life } from './life.ts';
import { type CityOptions, HOUR } from './options.ts';
import { checkKnob, nearestOf } from './preset-check.ts';
import { type COMPARISONS, PRESET_KNOBS, type PresetKnob } from './preset-knobs.ts';

export interface Preset extends Omit<Life, 'city' | 'calendar'> {
  readonly name: string;
  readonly description: string;
  readonly compareWith: (typeof COMPARISONS)[number];
  readonly city: Life['city'] & { readonly accounts: number; readonly terminals: number };
  readonly calendar: Life['calendar'] & { readonly firstDay: string; readonly days: number };
  readonly faults: Faults;
  readonly frauds: Frauds;
  readonly centre: {
    readonly maxDelayHours: number;
    readonly clockToleranceSeconds: number;
    readonly lookHours: number;
  };
}

/** The presets that come with the simulator: `presets/NAME.json`. */
export const PRESET_NAMES = ['urbana-december-2015', 'festival', 'island-ferries', 'campus', 'commuter-metro'] as const;

export function presetFile(name: (typeof PRESET_NAMES)[number]): URL {
  return new URL(`../presets/${name}.json`, import.meta.url);
}

/** What a preset has where it says nothing. */
function basis(): Preset {
  return {
    ...DEFAULT_LIFE,
    name: '',
    description: '',
    compareWith: 'nothing',
    city: { ...DEFAULT_LIFE.city, accounts: 5000, terminals: 40 },
    calendar: { ...DEFAULT_LIFE.calendar, firstDay: '2026-03-02', days: 7 },
    faults: faultsOf(),
    frauds: fraudsOf(),
    centre: { maxDelayHours: 72, clockToleranceSeconds: 120, lookHours: 6 },
  };
}

const LIST = /\[\]\.[^.]+$/;
const leaves = new Map(PRESET_KNOBS.map((knob) => [knob.path, knob]));
const lists = new Set(PRESET_KNOBS.filter(({ path }) => LIST.test(path)).map(({ path }) => path.replace(LIST, '')));
const sections = new Set(
  PRESET_KNOBS.flatMap(({ path }) =>
    path
      .split('.')
      .slice(0, -1)
      .map((_, index, parts) => parts.slice(0, index + 1).join('.')),
  ),
);

/** @throws RangeError which says which knob, what it is, and what it may be */
export function parsePreset(text: string): Preset {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`it is no JSON: ${(error as Error).message}`);
  }
  const preset = merged(basis(), given, '') as Preset;
  assertShares('riders', preset.riders);
  assertShares('media', preset.media);
  const { stayMinutesMin, stayMinutesMax } = preset.day;
  if (stayMinutesMin > stayMinutesMax) {
    throw new RangeError(`day.stayMinutesMin is ${stayMinutesMin}; it may be up to stayMinutesMax, ${stayMinutesMax}`);
  }
  return preset;
}

/** What is given takes the place of what stands in the basis; an entry of a list has no basis and says everything. */
function merged(standing: unknown, given: unknown, path: string): unknown {
  const knob = leaves.get(path);
  if (knob !== undefined) return checkKnob(knob, path, given);
  if (lists.has(path)) return listOf(path, given);
  if (!isObject(given)) throw new RangeError(`${path || 'a preset'} is ${shown(given)}; it must be an object`);
  const result: Record<string, unknown> = { ...(standing as object) };
  for (const [key, value] of Object.entries(given)) {
    const below = path === '' ? key : `${path}.${key}`;
    if (!leaves.has(below) && !lists.has(below) && !sections.has(below)) throw unknownKnob(below);
    result[key] = merged(result[key], value, below);
  }
  return result;
}

function listOf(path: string, given: unknown): unknown[] {
  if (!Array.isArray(given)) throw new RangeError(`${path} is ${shown(given)}; it must be a list`);
  const knobs = PRESET_KNOBS.filter((knob) => knob.path.startsWith(`${path}[].`));
  return given.map((entry, index) => entryOf(`${path}[${index}]`, path, knobs, entry));
}

function entryOf(place: string, list: string, knobs: readonly PresetKnob[], given: unknown): Record<string, unknown> {
  if (!isObject(given)) throw new RangeError(`${place} is ${shown(given)}; it must be an object`);
  const nameOf = ({ path }: PresetKnob): string => path.slice(list.length + 3);
  for (const key of Object.keys(given)) {
    if (knobs.every((knob) => nameOf(knob) !== key)) throw unknownKnob(`${list}[].${key}`);
  }
  return Object.fromEntries(
    knobs.map((knob) => {
      const name = nameOf(knob);
      if (!(name in given)) throw new RangeError(`${place}.${name} is missing: ${knob.meaning}`);
      return [name, checkKnob(knob, `${place}.${name}`, given[name])];
    }),
  );
}

function unknownKnob(path: string): RangeError {
  return new RangeError(`there is no knob ${path}; did you mean ${nearestOf(path, [...leaves.keys(), ...lists])}?`);
}

function assertShares(name: string, classes: readonly { readonly share: number }[]): void {
  const sum = classes.reduce((total, each) => total + each.share, 0);
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`the shares of ${name} come to ${sum}; together they must be 1`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'missing';
}

/** A planted fraud stays planted at any scale. */
function scaledFrauds(frauds: Frauds, scale: number): Frauds {
  const entries = Object.entries(frauds).map(([name, count]) => [
    name,
    count === 0 ? 0 : Math.max(1, Math.round(count * scale)),
  ]);
  return Object.fromEntries(entries) as Frauds;
}

/** Accounts and terminals, and so taps, times the scale. */
export function cityOf(preset: Preset, seed: string | number, scale: number): CityOptions {
  const { city, calendar, centre } = preset;
  return {
    seed,
    days: calendar.days,
    media: Math.max(1, Math.round(city.accounts * scale)),
    terminals: Math.max(1, Math.round(city.terminals * scale)),
    start: startOf(preset),
    maxDelay: Math.round(centre.maxDelayHours * HOUR),
    clockTolerance: Math.round(centre.clockToleranceSeconds * 1000),
    faults: preset.faults,
    frauds: scaledFrauds(preset.frauds, scale),
    life: preset,
  };
}

/** Midnight of the first operating day. */
function startOf({ calendar }: Preset): Time {
  return midnightOf(calendar.firstDay, calendar.utcOffsetHours);
}
