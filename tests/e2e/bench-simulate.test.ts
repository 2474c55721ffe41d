/** The bench of the simulation, as a user runs it. How fast is nobody's promise on a shared machine; that it adds up is. */
import { expect, test } from 'vitest';
import { retap } from './retap.ts';

interface Result {
  readonly id: string;
  readonly taps: number;
  readonly tapsPerSecond: number;
  readonly tapsPerOwnSecond: number;
  readonly runs: readonly { readonly seconds: number; readonly ownSeconds: number }[];
}

const SMALL = ['--taps', '2000', '--days', '1', '--media', '200', '--terminals', '5', '--runs', '2'];

test('retap bench-simulate counts the same taps in every run, and divides them by the time they took', async () => {
  const { status, stdout } = await retap(['bench-simulate', ...SMALL, '--format', 'json']);
  expect(status).toBe(0);
  const { results } = JSON.parse(stdout) as { results: Result[] };
  expect(results.map(({ id }) => id)).toEqual(['taps alone', 'whole city']);
  expect(results[0]?.taps).toBe(2000);
  // 200 people on a working day: most travel twice.
  expect(results[1]?.taps).toBeGreaterThan(200);
  for (const { taps, tapsPerSecond, tapsPerOwnSecond, runs } of results) {
    expect(runs).toHaveLength(2);
    const slowest = Math.max(...runs.map(({ seconds }) => seconds));
    expect(tapsPerSecond / (taps / slowest)).toBeCloseTo(1, 1);
    expect(tapsPerOwnSecond / (taps / Math.max(...runs.map(({ ownSeconds }) => ownSeconds)))).toBeCloseTo(1, 1);
  }
});

test('a city that cannot be is a question', async () => {
  const { status, stderr } = await retap(['bench-simulate', '--media', '0']);
  expect(status).toBe(1);
  expect(stderr).toContain('--media');
});
