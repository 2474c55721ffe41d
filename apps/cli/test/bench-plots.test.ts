import { expect, test } from 'vitest';
import { plotsOf } from '../src/bench/plots.ts';
import { resultOf } from '../src/bench/result.ts';

const RESULTS = [
  ...[resultOf('full-50000', [60_000, 65_000, 70_000]), resultOf('full-50000-ratio', [0.5])],
  ...[resultOf('full-1000', [45_000]), resultOf('full-1000-ratio', [0.36])],
  ...[resultOf('exceptional-10', [30_000]), resultOf('exceptional-10-ratio', [0.25])],
  ...[resultOf('processors-1', [40_000]), resultOf('processors-2', [50_000])],
];
const HISTORY = [
  { stored: 0, perSecond: 60_000 },
  { stored: 20_000_000, perSecond: 55_000 },
];

test('each plot is a whole SVG with its axes named, its values written and its target drawn', () => {
  const plots = plotsOf(RESULTS, HISTORY);
  expect(plots.map(({ name }) => name)).toEqual(['batch-size.svg', 'exceptional.svg', 'history.svg', 'processors.svg']);
  for (const { svg } of plots) {
    expect(svg).toMatch(/^<svg xmlns=/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain('>records/s</text>');
    expect(svg).toContain('>target');
    expect(svg).toContain('prefers-color-scheme:dark');
  }
  expect(plots[0]?.svg).toContain('>65,000</text>');
  expect(plots[2]?.svg).toContain('>55,000</text>');
});

test('what was not measured is not drawn', () => {
  expect(plotsOf([], [])).toEqual([]);
  expect(plotsOf(RESULTS.slice(0, 4), []).map(({ name }) => name)).toEqual(['batch-size.svg']);
});
