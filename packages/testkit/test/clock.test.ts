import { expect, test } from 'vitest';
import { fakeClock } from '../src/index.ts';

test('a fake clock stands still until it is moved, forward or back', () => {
  const { now, advance, set } = fakeClock(1000);
  expect([now(), now()]).toEqual([1000, 1000]);
  advance(500);
  expect(now()).toBe(1500);
  advance(-700);
  expect(now()).toBe(800);
  set(42);
  expect(now()).toBe(42);
});

test('a fake clock shows whole milliseconds since 1970 and nothing else', () => {
  expect(() => fakeClock(-1)).toThrow('not a time');
  expect(() => fakeClock(0).advance(0.5)).toThrow('not a time');
});
