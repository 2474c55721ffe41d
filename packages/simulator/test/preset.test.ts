import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { City, cityOf, PRESET_KNOBS, PRESET_NAMES, parsePreset, presetFile } from '../src/index.ts';
import { Chance, Quota } from '../src/random.ts';

const textOf = (name: (typeof PRESET_NAMES)[number]): string => readFileSync(presetFile(name), 'utf8');

/** Paths of a preset's leaves, as the table of knobs has them. */
function pathsOf(value: unknown, path = ''): string[] {
  if (PRESET_KNOBS.some((knob) => knob.path === path)) return [path];
  if (Array.isArray(value)) return value.flatMap((entry) => pathsOf(entry, `${path}[]`));
  const entries = Object.entries(value as object);
  return entries.flatMap(([key, below]) => pathsOf(below, path === '' ? key : `${path}.${key}`));
}

describe.each(PRESET_NAMES)('the preset %s', (name) => {
  test('is valid, is called what its file is, and has no knob that the table does not know', () => {
    const preset = parsePreset(textOf(name));
    expect(preset.name).toBe(name);
    expect(preset.description).not.toBe('');
    const paths = new Set(pathsOf(preset));
    expect(PRESET_KNOBS.filter(({ path }) => !paths.has(path) && !path.startsWith('outages[]'))).toEqual([]);
    expect([...paths].filter((path) => PRESET_KNOBS.every((knob) => knob.path !== path))).toEqual([]);
  });

  test('makes a city that lives, the same from the same seed', async () => {
    const preset = parsePreset(textOf(name));
    const small = { ...preset, calendar: { ...preset.calendar, days: Math.min(3, preset.calendar.days) } };
    const digest = async (seed: number): Promise<string> => {
      const city = await City.found(cityOf(small, seed, 60 / preset.city.accounts));
      for await (const event of city.events()) expect(event.at).toBeGreaterThan(0);
      expect(city.violations()).toEqual([]);
      return JSON.stringify([city.counts, city.truth().media]);
    };
    expect(await digest(1)).toBe(await digest(1));
    expect(await digest(1)).not.toBe(await digest(2));
  });
});

describe('a preset that is wrong is refused with the knob, what it is, and what it may be', () => {
  test.each([
    ['{', /^it is no JSON/],
    ['[]', /^a preset is \[\]; it must be an object/],
    ['{"city":{"accounts":0}}', /^city.accounts is 0; it must be a whole number from 1 to 10000000/],
    ['{"city":{"acounts":5}}', /^there is no knob city.acounts; did you mean city.accounts\?/],
    ['{"calender":{}}', /^there is no knob calender; did you mean/],
    ['{"calendar":{"firstDay":"2015-02-30"}}', /^calendar.firstDay is "2015-02-30"; it must be a date as 2015-12-01/],
    [
      '{"calendar":{"publicHolidays":["Monday"]}}',
      /^calendar.publicHolidays is \["Monday"\]; it must be a list of dates/,
    ],
    ['{"sampling":"coins"}', /^sampling is "coins"; it must be "chance" or "quota"/],
    ['{"day":{"hourWeights":[1,2]}}', /^day.hourWeights is \[1,2\]; it must be a list of 24 numbers/],
    ['{"faults":{"tornShare":2}}', /^faults.tornShare is 2; it must be a number from 0 to 1/],
    ['{"faults":{"tornShares":0.1}}', /^there is no knob faults.tornShares; did you mean faults.tornShare\?/],
    ['{"frauds":{"clones":-1}}', /^frauds.clones is -1; it must be a whole number/],
    ['{"riders":{}}', /^riders is \{\}; it must be a list/],
    ['{"riders":[{"name":"all","share":1}]}', /^riders\[0\].travelChance is missing/],
    [
      '{"media":[{"kind":"card","share":0.5,"tapMs":1,"tapSpreadMs":0,"walkOffFactor":1}]}',
      /^the shares of media come to 0.5/,
    ],
    ['{"media":[{"kind":"ring","share":1,"tapMs":1,"tapSpreadMs":0,"walkOffFactor":1}]}', /^media\[0\].kind is "ring"/],
    [
      '{"outages":[{"day":1,"fromHour":2,"hours":1,"terminalShare":1,"who":"all"}]}',
      /^there is no knob outages\[\].who/,
    ],
    ['{"day":{"stayMinutesMin":200}}', /^day.stayMinutesMin is 200; it may be up to stayMinutesMax, 120/],
  ])('%s', (text, message) => {
    expect(() => parsePreset(text)).toThrow(message);
  });

  test('batches that are carried more rarely than a record may be under way', async () => {
    const preset = parsePreset('{"uploads":{"carriedEveryDays":7}}');
    await expect(City.found(cityOf(preset, 1, 0.01))).rejects.toThrow(/carriedEveryDays 7 is not honest.*174 hours/);
  });
});

test('a quota comes as often as its share says, whatever the seed', () => {
  for (const seed of ['1', '2', '3']) {
    const quota = new Quota(new Chance(seed));
    const due = Array.from({ length: 100_000 }, () => quota.isDue(0.001_07)).filter(Boolean);
    expect(Math.abs(due.length - 107)).toBeLessThanOrEqual(1);
  }
});

test('a fraud that was planted stays planted in a small city', () => {
  const { frauds = {} } = cityOf(parsePreset(textOf('urbana-december-2015')), 1, 0.001);
  expect(frauds.clones).toBe(1);
});
