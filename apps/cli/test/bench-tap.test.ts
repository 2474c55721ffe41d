/** What a tap costs, against figures that were worked out by hand. */
import { describe, expect, test } from 'vitest';
import { quantile } from '../src/bench-tap/measure.ts';
import { ACTIVATION_MS, BIT_RATES, wireMs } from '../src/bench-tap/wire.ts';

describe('time on the air', () => {
  test('nine exchanges with 208 bytes there and 178 back take 39, 20, 11 and 6 ms, and the activation', () => {
    const exchanges = Array.from({ length: 9 }, (_, index) => ({
      sent: index === 0 ? 24 : 23,
      received: index === 0 ? 18 : 20,
    }));
    expect(exchanges.reduce((sum, { sent, received }) => sum + sent + received, 0)).toBe(386);
    const times = BIT_RATES.map((rate) => Math.round(wireMs(exchanges, rate) - ACTIVATION_MS));
    expect(times).toEqual([39, 20, 11, 6]);
  });

  test('what does not fit a block goes in two, with an acknowledgement between them', () => {
    const whole = wireMs([{ sent: 125, received: 2 }], 106);
    const chained = wireMs([{ sent: 126, received: 2 }], 106);
    // One byte more, a block and an R-block of three bytes each, two delays more.
    expect(chained - whole).toBeCloseTo((7 * 9) / 106 + 2 * 0.086, 9);
  });
});

test('quantiles are values that were measured', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 3, 5, 5]);
});
