import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';
import type { Shell } from '../src/shell.ts';

const shell = {} as Shell;
const namesOf = async (asked?: string) =>
  (await createProgram(asked, shell, () => {})).commands.map((command) => command.name());

test('what names no command gets them all, one for each file', async () => {
  const all = await namesOf('--help');
  expect(all).toEqual(await namesOf(undefined));
  expect(all).toEqual(await namesOf('toString'));
  expect(all[0]).toBe('start');
  const source = new URL('../src/', import.meta.url);
  const commands = readdirSync(source).filter(
    (file) => all.includes(file.replace(/\.ts$/, '')) && file.endsWith('.ts'),
  );
  expect(commands.length).toBe(all.length);
});

test('what names a command gets it alone, under that name', async () => {
  for (const name of await namesOf(undefined)) expect(await namesOf(name)).toEqual([name]);
});

test('a duration that counts where none is given is shown as one would give it, not in milliseconds', async () => {
  const withAll = (command: Command): Command[] => [command, ...command.commands.flatMap(withAll)];
  const commands = withAll(await createProgram('--help', shell, () => {}));
  const durations = commands.flatMap(({ options }) => options.filter(({ flags }) => flags.includes('<DURATION>')));
  const preset = durations.filter(({ defaultValue }) => defaultValue !== undefined);
  expect(preset.length).toBeGreaterThan(5);
  for (const { flags, defaultValueDescription } of preset)
    expect([flags, defaultValueDescription]).toEqual([flags, expect.stringMatching(/^\d+[dhms]$/)]);
});
