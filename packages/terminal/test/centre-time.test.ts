import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CentreTime, DRIFT_MAX, type Measured } from '../src/index.ts';
import { ClockWorld, DAY, MINUTE } from './clock-world.ts';

const timed = (world = new ClockWorld()) => ({ world, centre: new CentreTime(world.monotonic) });
const known = (centre: CentreTime): Measured => centre.measured!;
const RTT = fc.integer({ min: 0, max: 4_900 });

test('nothing is known before the first exchange', () => {
  expect(timed().centre.measured).toBeNull();
});

test('offset and round trip are those of RFC 5905, section 8', () => {
  let monotonic = 0;
  const centre = new CentreTime(() => monotonic);
  monotonic = 1_070;
  // t0 = 1000, t1 = 50 020, t2 = 50 025, t3 = 1070: delay 70 − 5, offset ((50020 − 1000) + (50025 − 1070)) / 2
  expect(centre.take({ askedAt: 1_000, receivedAt: 50_020, answeredAt: 50_025, heardAt: 1_070 })).toBe('taken');
  expect(known(centre)).toEqual({ time: 1_070 + 48_987.5, delay: 65, uncertainty: 32.5, measuredAt: 50_025, age: 0 });
  monotonic += 1_000_000;
  expect(known(centre)).toMatchObject({ time: 1_001_070 + 48_987.5, uncertainty: 32.5 + 50, age: 1_000_000 });
});

test('however unequal the ways there and back: wrong by no more than it says', () => {
  fc.assert(
    fc.property(RTT, RTT, fc.integer({ min: 0, max: 60_000 }), (there, back, work) => {
      const { world, centre } = timed();
      expect(centre.take(world.exchange(there, back, work))).toBe('taken');
      const { time, uncertainty } = known(centre);
      // The centre's times are whole milliseconds.
      expect(Math.abs(time - world.true)).toBeLessThanOrEqual(uncertainty + 1);
    }),
  );
});

test('of the last eight the one that is least uncertain by now counts', () => {
  const { world, centre } = timed();
  centre.take(world.exchange(5, 5));
  for (let slow = 0; slow < 7; slow += 1) centre.take(world.exchange(4_000, 10));
  expect(known(centre).delay).toBe(10);
  centre.take(world.exchange(4_000, 10));
  expect(known(centre).delay).toBe(4_010);
  world.pass(MINUTE);
  centre.take(world.exchange(200, 10));
  expect(known(centre)).toMatchObject({ delay: 210, age: 0 });
});

test('a sharp sample that is old enough gives way to a blunter new one', () => {
  const { world, centre } = timed(new ClockWorld(DRIFT_MAX));
  centre.take(world.exchange(1, 1));
  world.pass(DAY); // 4.3 s of drift
  centre.take(world.exchange(1_000, 1_000));
  expect(known(centre).delay).toBeCloseTo(2_000, 0);
});

describe('an exchange is refused', () => {
  test('that took less time than the centre says it worked on it', () => {
    const { world, centre } = timed();
    const { askedAt, receivedAt, heardAt } = world.exchange(10, 10);
    expect(centre.take({ askedAt, receivedAt, answeredAt: receivedAt + 500, heardAt })).toBe('round-trip-negative');
    expect(centre.measured).toBeNull();
  });

  test('that took more than ten seconds', () => {
    const { world, centre } = timed();
    expect(centre.take(world.exchange(9_000, 1_100))).toBe('round-trip-long');
    expect(centre.take(world.exchange(1, 1, 30_000))).toBe('taken'); // the centre said how long it took
  });

  test('that is a quarter of an hour and more from what was measured before; the first may say anything', () => {
    const { world, centre } = timed();
    expect(centre.take(world.exchange(1, 1, 1, DAY))).toBe('taken');
    expect(centre.take(world.exchange(1, 1, 1, 0))).toBe('time-far-off');
    expect(centre.take(world.exchange(1, 1, 1, DAY - 900_000))).toBe('taken');
  });
});

test('where the centre’s clock was moved, what was measured before is forgotten', () => {
  const { world, centre } = timed();
  for (let round = 0; round < 8; round += 1) centre.take(world.exchange(2, 2));
  centre.take(world.exchange(100, 100, 1, 30_000));
  expect(known(centre)).toMatchObject({ delay: 200 });
  expect(Math.abs(known(centre).time - (world.true + 30_000))).toBeLessThanOrEqual(101);
});
