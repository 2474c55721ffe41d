import { describe, expect, test } from 'vitest';
import { Attempts, clientOf } from '../src/attempts.ts';

describe('attempts that fail', () => {
  test('are so many in a time, each by whoever makes it', () => {
    let now = 0;
    const attempts = new Attempts(2, 1_000, () => now);
    expect([attempts.begin('a'), attempts.begin('a'), attempts.begin('b')]).toEqual([0, 0, 0]);
    now = 400;
    expect(attempts.begin('a')).toBe(600);
    expect(attempts.begin('b')).toBe(0);
    now = 1_000;
    expect(attempts.begin('a')).toBe(0);
  });

  test('that succeeded do not count, and many at once are not free', () => {
    const attempts = new Attempts(2, 1_000, () => 0);
    for (let count = 0; count < 5; count += 1) {
      expect(attempts.begin('a')).toBe(0);
      attempts.succeeded('a');
    }
    expect([attempts.begin('a'), attempts.begin('a'), attempts.begin('a')]).toEqual([0, 0, 1_000]);
  });

  test('a clock that was set back locks nobody out for long', () => {
    let now = 1_000_000;
    const attempts = new Attempts(1, 1_000, () => now);
    attempts.begin('a');
    now = 5;
    expect(attempts.begin('a')).toBe(0);
  });

  test('of ever other addresses take no more memory: the oldest are forgotten', () => {
    const attempts = new Attempts(1, 1_000, () => 0);
    for (let client = 0; client <= 10_000; client += 1) attempts.begin(String(client));
    expect([attempts.begin('10000'), attempts.begin('0')]).toEqual([1_000, 0]);
  });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, 'unknown'],
])('%s counts as %s', (address, client) => {
  expect(clientOf(address)).toBe(client);
});
