import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DisciplinedClock, DRIFT_MAX, SLEW, trustedFor } from '../src/index.ts';
import { ClockWorld, DAY, MINUTE, START } from './clock-world.ts';

const TOLERANCE = 120_000;
/** Whole milliseconds: of the clock, and of the centre's two times. */
const ROUNDING = 3;

/** What is still wrong once a clock had its time to follow, half a round trip apart. */
const off = (clock: DisciplinedClock, world: ClockWorld): number => clock.now() - world.true;

describe('a clock that is', () => {
  test('20 s behind goes 1/200 faster until it is right, and not a millisecond further', () => {
    const world = new ClockWorld();
    const clock = world.clock({ start: START - 20_000 });
    expect(clock.take(world.exchange(0, 0, 0))).toBe('taken');
    expect(off(clock, world)).toBe(-20_000);
    world.pass(2_000_000);
    expect(off(clock, world)).toBe(-10_000);
    world.pass(1_990_000);
    expect(off(clock, world)).toBe(-50);
    world.pass(DAY);
    expect(off(clock, world)).toBe(0);
  });

  test('50 s ahead goes 1/200 slower, and serves meanwhile', () => {
    const world = new ClockWorld();
    const clock = world.clock({ start: START + 50_000 });
    clock.take(world.exchange(0, 0, 0));
    expect(clock.setAt()).toBe(clock.now());
    world.pass(5_000_000);
    expect(off(clock, world)).toBe(25_000);
    world.pass(DAY);
    expect(off(clock, world)).toBe(0);
  });

  test('far behind steps on at once', () => {
    const world = new ClockWorld();
    const clock = world.clock({ start: START - 40 * MINUTE });
    clock.take(world.exchange(0, 0, 0));
    expect(off(clock, world)).toBe(0);
  });

  test('not set, as after an empty battery, steps on by however little, and is set from then on', () => {
    const world = new ClockWorld();
    const clock = world.clock({ start: START - 5_000, setAt: null });
    expect(clock.setAt()).toBeNull();
    clock.take(world.exchange(0, 0, 0));
    expect(off(clock, world)).toBe(0);
    expect(clock.setAt()).toBe(clock.now());
  });

  test('an hour ahead stands until it is a minute ahead: nobody is served by it; then it slews', () => {
    const world = new ClockWorld();
    const clock = world.clock({ start: START + 60 * MINUTE });
    clock.take(world.exchange(0, 0, 0));
    const stood = clock.now();
    world.pass(58 * MINUTE);
    expect([clock.now(), clock.setAt()]).toEqual([stood, null]);
    world.pass(2 * MINUTE);
    expect(clock.now()).toBeGreaterThan(stood);
    expect(clock.setAt()).not.toBeNull();
    world.pass(DAY);
    expect(off(clock, world)).toBe(0);
  });

  test('never corrected goes on as the oscillator does', () => {
    const world = new ClockWorld(DRIFT_MAX);
    const clock = world.clock();
    world.pass(DAY);
    expect(off(clock, world)).toBe(4_320);
  });
});

test('an exchange that is refused changes nothing, and does not count as setting it', () => {
  const world = new ClockWorld();
  const clock = world.clock({ setAt: null });
  expect(clock.take(world.exchange(9_000, 9_000))).toBe('round-trip-long');
  expect([clock.setAt(), clock.centre.measured]).toEqual([null, null]);
});

test('a monotonic clock that fails and goes back does not take this one along', () => {
  let monotonic = 1_000;
  const clock = new ClockWorld().clock({ monotonic: () => monotonic });
  monotonic = 2_000;
  expect(clock.now()).toBe(START + 1_000);
  monotonic = 500;
  expect(clock.now()).toBe(START + 1_000);
  monotonic = 2_500;
  expect(clock.now()).toBe(START + 1_500);
});

// --- whatever happens ---------------------------------------------------------------------------------------------------

type Event =
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: 'ask'; readonly there: number; readonly back: number; readonly work: number }
  /** The centre's clock is set, by so much. */
  | { readonly kind: 'centre'; readonly by: number }
  | { readonly kind: 'restart'; readonly wallIsOff: number };

const duration = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }),
  fc.integer({ min: 0, max: 10 * MINUTE }),
  fc.integer({ min: 0, max: 2 * DAY }),
);
const way = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 6_000 }));
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: duration }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), there: way, back: way, work: way }) },
  fc.record({ kind: fc.constant('centre' as const), by: fc.integer({ min: -2 * DAY, max: 2 * DAY }) }),
  fc.record({ kind: fc.constant('restart' as const), wallIsOff: fc.integer({ min: -30 * DAY, max: 30 * DAY }) }),
);
const drift = fc.double({ min: -DRIFT_MAX, max: DRIFT_MAX, noNaN: true });

test('it never goes backwards, whatever the network, the centre, the machine and its restarts do', () => {
  fc.assert(
    fc.property(drift, fc.array(event, { maxLength: 60 }), (wrong, events) => {
      const world = new ClockWorld(wrong);
      let centreIsOff = 0;
      let clock = world.clock();
      let last = clock.now();
      for (const each of events) {
        if (each.kind === 'pass') world.pass(each.milliseconds);
        else if (each.kind === 'ask') clock.take(world.exchange(each.there, each.back, each.work, centreIsOff));
        else if (each.kind === 'centre') centreIsOff = Math.max(each.by, -START);
        // A process that starts anew begins no earlier than its last record, whatever the machine's clock says.
        else clock = world.clock({ start: Math.max(last, Math.floor(world.true + each.wallIsOff)) });
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(last);
        expect(Number.isSafeInteger(now)).toBe(true);
        last = now;
      }
    }),
    { numRuns: 500 },
  );
});

test('between two questions it is never more than 1/200 faster or slower than the oscillator, but where it stands', () => {
  const start = fc.integer({ min: -30_000, max: 60_000 });
  fc.assert(
    fc.property(drift, start, fc.array(duration, { minLength: 1, maxLength: 20 }), (wrong, isOff, durations) => {
      const world = new ClockWorld(wrong);
      const clock = world.clock({ start: START + isOff });
      clock.take(world.exchange(0, 0, 0));
      for (const milliseconds of durations) {
        const [before, monotonic] = [clock.now(), world.monotonic()];
        world.pass(milliseconds);
        const [gone, elapsed] = [clock.now() - before, world.monotonic() - monotonic];
        expect(gone).toBeGreaterThanOrEqual(elapsed * (1 - SLEW) - 1);
        expect(gone).toBeLessThanOrEqual(elapsed * (1 + SLEW) + 1);
      }
    }),
    { numRuns: 300 },
  );
});

test('asked every five minutes it comes to within half a round trip of the centre; where a better answer follows worse ones, at its slew', () => {
  const isOff = fc.integer({ min: -400 * DAY, max: 10 * MINUTE });
  fc.assert(
    fc.property(drift, isOff, fc.array(fc.tuple(way, way), { minLength: 20, maxLength: 40 }), (wrong, start, ways) => {
      const world = new ClockWorld(wrong);
      const clock = world.clock({ start: START + start, setAt: null });
      // At most 9 minutes to stand, and 60 s to slew: 12,000 s.
      for (let minute = 0; minute < 250; minute += 5) {
        clock.take(world.exchange(10, 10));
        world.pass(5 * MINUTE);
      }
      let bound = 0;
      for (const [there, back] of ways) {
        clock.take(world.exchange(there, back));
        world.pass(5 * MINUTE);
        const { uncertainty } = clock.centre.measured!;
        // Eight bad answers lead it astray by what they were uncertain by; a good one leads it back by 1.5 s in five minutes.
        bound = Math.max(uncertainty, bound - (SLEW - 2 * DRIFT_MAX) * 5 * MINUTE);
        expect(Math.abs(off(clock, world))).toBeLessThanOrEqual(bound + ROUNDING);
      }
    }),
    { numRuns: 60 },
  );
});

// --- how long a terminal may be offline ---------------------------------------------------------------------------------

test('two terminals that drift apart without a network are within the tolerance for 12.7 days, and no longer trusted then', () => {
  const offline = trustedFor(TOLERANCE);
  expect(offline / DAY).toBeCloseTo(12.73, 2);
  const [fast, slow] = [new ClockWorld(DRIFT_MAX), new ClockWorld(-DRIFT_MAX)];
  const clocks = [fast, slow].map((world) => {
    const clock = world.clock();
    // The worst exchange that is taken: all of ten seconds on one way.
    clock.take(world === fast ? world.exchange(9_999, 0, 0) : world.exchange(0, 9_999, 0));
    for (let round = 0; round < 100; round += 1) world.pass(30 * MINUTE);
    return clock;
  });
  const apart = (): number => Math.abs(clocks[0]!.now() - fast.true - (clocks[1]!.now() - slow.true));
  for (let passed = 50 * 60 * MINUTE; passed + DAY < offline; passed += DAY) {
    for (const world of [fast, slow]) world.pass(DAY);
    expect(apart()).toBeLessThan(TOLERANCE);
  }
  for (const clock of clocks) expect(clock.now() - clock.setAt()!).toBeLessThan(offline);
  for (const world of [fast, slow]) world.pass(2 * DAY);
  expect(apart()).toBeGreaterThan(TOLERANCE);
  for (const clock of clocks) expect(clock.now() - clock.setAt()!).toBeGreaterThan(offline);
});

test('a month of 50 ppm, with a network for ten minutes a week: never more than 31 s off', () => {
  const world = new ClockWorld(DRIFT_MAX);
  const clock = world.clock();
  let worst = 0;
  for (let minute = 0; minute < 30 * 24 * 60; minute += 5) {
    if (minute % (7 * 24 * 60) < 10) clock.take(world.exchange(80, 20));
    world.pass(5 * MINUTE);
    worst = Math.max(worst, Math.abs(off(clock, world)));
  }
  // 7 days · 50e-6 = 30.2 s
  expect(worst).toBeGreaterThan(29_000);
  expect(worst).toBeLessThan(31_000);
});
