/** The zoo as a test: all specimens can be planted, and some of them are caught. `npm run test:zoo` plants every one. */
import { readFileSync } from 'node:fs';
import { randomOf } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { caught } from '../zoo/catch.js';
import type { Specimen } from '../zoo/specimen.ts';
import { ZOO } from '../zoo/zoo.ts';

const ROOT = new URL('../../', import.meta.url);
const BOUNDS = { from: 1, seeds: 60, taps: 400, seconds: 100 };

describe('the zoo', () => {
  test('has at least fifty defects, each with a name of its own', () => {
    expect(new Set(ZOO.map(({ name }) => name)).size).toBe(ZOO.length);
    expect(ZOO.length).toBeGreaterThanOrEqual(50);
  });

  test.each(ZOO)('$name: stands in exactly one place of $file', ({ file, find, replace }) => {
    const source = readFileSync(new URL(file, ROOT), 'utf8');
    expect(source.split(find).length - 1).toBe(1);
    expect(replace).not.toBe(find);
  });

  test('nothing is caught where nothing is planted', async () => {
    expect(await caught(null, { ...BOUNDS, seeds: 4 })).toMatchObject({ caughtBy: null, seeds: 4 });
  });

  /** Of every part of the zoo one; another five with another RETAP_SEED. */
  const chance = randomOf(`zoo ${process.env.RETAP_SEED ?? 5}`);
  const parts = [
    /terminal\/src\/(?!journal)/,
    /journal/,
    /receive|protocol/,
    /reconcile|chain/,
    /clones|products|alerts/,
  ];
  const chosen: readonly Specimen[] = parts.map((part) => chance.pick(ZOO.filter(({ file }) => part.test(file))));

  test.each(chosen)('$name: is caught', async (specimen) => {
    const { caughtBy, says } = await caught(specimen, BOUNDS);
    expect(caughtBy, says).not.toBeNull();
    expect(caughtBy, says).not.toBe('does not start');
  });
});
