import { readFileSync } from 'node:fs';
import { KNOB_NAMES, KNOBS, type Knob } from '@retap/simulator/whatif';
import { expect, test } from 'vitest';
import { valueText } from '../src/whatif/knobs.ts';
import { lengthText, meanText } from '../src/whatif/units.ts';

const PAGE = readFileSync(new URL('../../../docs/whatif.md', import.meta.url), 'utf8');

test('docs/whatif.md has each knob with its default and meaning, and no other', () => {
  const rows = PAGE.slice(PAGE.indexOf('| knob |')).match(/^\| `\w+` \|.*$/gm);
  const expected = KNOB_NAMES.map((name) => {
    const knob: Knob = KNOBS[name];
    const standard = knob.default === null ? 'none' : valueText(knob, knob.default);
    return `| \`${name}\` | ${standard} | ${knob.meaning}${knob.optional ? '; may be none' : ''} |`;
  });
  expect(rows).toEqual(expected);
});

test('a length is said in the largest unit that leaves nothing over, a mean in the largest of which there is one', () => {
  expect([86_400_000, 129_600_000, 90_000, 1_500].map(lengthText)).toEqual(['1d', '36h', '90s', '1500ms']);
  expect([373_248_000, 5_400_000, 90_000, 0.5].map(meanText)).toEqual(['4.32 d', '1.50 h', '1.50 min', '0.50 ms']);
});
