/** docs/simulation.md names every knob of a preset, and every preset that comes with Retap. */
import { allowedOf, PRESET_KNOBS, PRESET_NAMES } from '@retap/simulator';
import { expect, test } from 'vitest';
import { read } from './repository.ts';

const text = read('docs/simulation.md');
const rows = text
  .slice(text.indexOf('| knob |'))
  .split('\n')
  .filter((line) => /^\| `[\w.[\]-]+` \|/.test(line))
  .map((line) => line.slice(1, -1).split('|'))
  .map((cells) => cells.map((cell) => cell.trim()));

test('the table of docs/simulation.md has every knob, what it may be and what it means, and no other', () => {
  const expected = PRESET_KNOBS.map((knob) => [`\`${knob.path}\``, allowedOf(knob), knob.meaning]);
  expect(rows).toEqual(expected);
});

test.each(PRESET_NAMES)('the preset %s is told of', (name) => {
  expect(text).toContain(`\`${name}\``);
});
