import { readdirSync } from 'node:fs';
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
