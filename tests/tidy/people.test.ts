/** docs/people.md says of roles and commands what the code does. */
import { CAPABILITIES, CAPABILITIES_OF, ROLES } from '@retap/central';
import { expect, test } from 'vitest';
import { createProgram } from '../../apps/cli/src/program.ts';
import type { Shell } from '../../apps/cli/src/shell.ts';
import { read } from './repository.ts';

const rows = read('docs/people.md')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.replaceAll('`', '').trim()),
  );

test('every capability, and which roles bring it', () => {
  expect(rows.find(([first]) => first === 'capability')).toEqual(['capability', ...ROLES]);
  const told = rows.filter(([first]) => (CAPABILITIES as readonly string[]).includes(first ?? ''));
  const brought = CAPABILITIES.map((capability) => [
    capability,
    ...ROLES.map((role) => (CAPABILITIES_OF[role].includes(capability) ? 'yes' : '')),
  ]);
  expect(told).toEqual(brought);
});

test('every command of retap people, and no other', async () => {
  const program = await createProgram('people', {} as Shell, () => {});
  const people = program.commands.find((command) => command.name() === 'people');
  const told = rows.map(([first]) => first ?? '').filter((first) => first.startsWith('retap people '));
  expect(told).toEqual(people?.commands.map((command) => `retap people ${command.name()}`));
});
