import { fakeClock } from '@retap/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Buckets, RateExceeded, type RateLimit, Rates } from '../src/rate.ts';

const START = 1_000_000;

describe('a token bucket of two a second, five at most', () => {
  const started = (keptMax?: number) => {
    const clock = fakeClock(START);
    const buckets = new Buckets({ perSecond: 2, burst: 5 }, clock.now, keptMax);
    const taken = (who: string, times: number): number =>
      Array.from({ length: times }, () => buckets.take(who)).filter((waitMs) => waitMs === 0).length;
    return { clock, buckets, taken };
  };

  test('lets five through at once, and then says when the next may', () => {
    const { clock, buckets, taken } = started();
    expect(taken('ana', 9)).toBe(5);
    expect(buckets.take('ana')).toBe(500);
    clock.advance(499);
    expect(buckets.take('ana')).toBe(1);
    clock.advance(1);
    expect(buckets.take('ana')).toBe(0);
  });

  test('who was sent away loses nothing by asking', () => {
    const { clock, taken } = started();
    taken('ana', 1_000);
    clock.advance(1_000);
    expect(taken('ana', 9)).toBe(2);
  });

  test('saves up no more than five', () => {
    const { clock, taken } = started();
    taken('ana', 5);
    clock.advance(3_600_000);
    expect(taken('ana', 9)).toBe(5);
  });

  test('is each one’s own', () => {
    const { taken } = started();
    expect([taken('ana', 9), taken('bor', 9)]).toEqual([5, 5]);
  });

  test('a clock that is set back locks nobody out for longer', () => {
    const { clock, buckets, taken } = started();
    taken('ana', 9);
    clock.advance(-600_000);
    expect(buckets.take('ana')).toBeLessThanOrEqual(500);
    clock.advance(500);
    expect(buckets.take('ana')).toBe(0);
  });

  test('a hundred thousand strangers take no more memory than ten', () => {
    const { buckets, taken } = started(10);
    for (let stranger = 0; stranger < 100_000; stranger += 1) buckets.take(`stranger ${stranger}`);
    expect(buckets.kept).toBe(10);
    expect(taken('stranger 99999', 9)).toBe(4);
  });

  test('never lets more through than the rate and one burst, whenever somebody asks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 200 }), (pauses) => {
        const { clock, buckets } = started();
        let passed = 0;
        for (const pause of pauses) {
          clock.advance(pause);
          if (buckets.take('ana') === 0) passed += 1;
        }
        const seconds = (clock.now() - START) / 1_000;
        expect(passed).toBeLessThanOrEqual(5 + 2 * seconds);
      }),
    );
  });
});

test('limits do not share: who asks too often as a client may still send as a terminal', () => {
  const limited: RateLimit[] = [];
  const one = { perSecond: 1, burst: 1 };
  const rates = new Rates(
    () => START,
    { client: one, terminal: one },
    (limit) => limited.push(limit),
  );
  rates.take('client', '17');
  expect(() => rates.take('client', '17')).toThrow(RateExceeded);
  rates.take('terminal', '17');
  expect(limited).toEqual(['client']);
});

test('a herd of 1,600 terminals behind one address asks for its lists and sends a day of taps unhindered', () => {
  const rates = new Rates(() => START);
  for (let terminal = 1; terminal <= 1_600; terminal += 1) {
    for (let asked = 0; asked < 5; asked += 1) rates.take('fleet', '203.0.113.9');
    for (let batch = 0; batch < 300; batch += 1) rates.take('terminal', String(terminal));
  }
});
