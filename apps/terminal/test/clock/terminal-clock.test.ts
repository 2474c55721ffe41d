import { trustedFor } from '@retap/terminal';
import { beforeEach, describe, expect, test } from 'vitest';
import type { KeptClock } from '../../src/clock/kept.ts';
import {
  type FollowingOptions,
  followingClock,
  measuredClock,
  type TerminalClock,
} from '../../src/clock/terminal-clock.ts';
import { START } from '../scene.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TOLERANCE = 120_000;

/** True time, which is the centre's; and the machine's clock, which is off by so much. */
let now: number;
let wallIsOff: number;
let kept: KeptClock | null;
let writes: number;
const monotonic = (): number => now - START + 1_000;
const wall = (): number => now + wallIsOff;

beforeEach(() => {
  [now, wallIsOff, kept, writes] = [START, 0, null, 0];
});

/** The terminal starts, with what was kept. */
function started(changes: Partial<FollowingOptions> = {}): TerminalClock {
  const keep = (clock: KeptClock): void => {
    kept = clock;
    writes += 1;
  };
  const options = { wall, monotonic, kept, notBefore: 0, clockTolerance: TOLERANCE, setMax: undefined, keep };
  return followingClock({ ...options, ...changes });
}

function ask(clock: TerminalClock, isSigned = true, centreIsOff = 0): void {
  const askedAt = monotonic();
  now += 10;
  const receivedAt = now + centreIsOff;
  now += 10;
  clock.take({ askedAt, receivedAt, answeredAt: receivedAt, heardAt: monotonic() }, isSigned);
}
/** What a terminal that is in service says: null where it is not set, or not set any more. */
function timeOf(clock: TerminalClock): number | null {
  const setAt = clock.setAt();
  return setAt !== null && clock.now() >= setAt && clock.now() - setAt <= clock.setMax ? clock.now() : null;
}

describe('a clock that follows the centre', () => {
  test('new: not set until its centre has spoken, and never before what the centre has signed', () => {
    wallIsOff = -20 * 365 * DAY;
    const clock = started({ notBefore: START - DAY });
    expect([timeOf(clock), clock.now()]).toEqual([null, START - DAY]);
    ask(clock);
    expect(timeOf(clock)).toBe(now);
    expect(kept).toEqual({ at: now, offset: 20 * 365 * DAY });
  });

  test('what nobody has signed sets nothing, and is not measured by', () => {
    const clock = started();
    ask(clock, false, DAY);
    expect([timeOf(clock), clock.report(), kept]).toEqual([null, null, null]);
  });

  test('whoever sets the machine’s clock meanwhile changes nothing', () => {
    const clock = started();
    ask(clock);
    wallIsOff = -DAY;
    now += HOUR;
    expect(timeOf(clock)).toBe(now);
  });

  test.each([
    ['as wrong as it was', 0],
    ['20 years behind, as it was', -20 * 365 * DAY],
    ['a day ahead, as it was', DAY],
  ])('started again without a network, the machine’s clock %s: right', (_what, off) => {
    wallIsOff = off;
    ask(started());
    now += 5 * DAY;
    expect(timeOf(started())).toBe(now);
  });

  test.each([
    ['its battery was empty', -20 * 365 * DAY],
    ['somebody typed another year', 365 * DAY],
    ['it was set back', -6 * DAY],
  ])(
    'started again without a network, %s: not set, no earlier than it was, and right at the first word of the centre',
    (_what, off) => {
      ask(started());
      const before = now;
      now += 5 * DAY;
      wallIsOff = off;
      const clock = started();
      expect(timeOf(clock)).toBeNull();
      expect(clock.now()).toBeGreaterThanOrEqual(before - 1);
      expect(clock.now()).toBeLessThanOrEqual(now);
      ask(clock);
      expect(timeOf(clock)).toBe(now);
    },
  );

  test('is trusted for as long as two terminals stay within the tolerance, or as its operator says; then not', () => {
    const own = started();
    ask(own);
    const given = started({ setMax: HOUR });
    ask(given);
    now += HOUR + 100;
    expect([timeOf(own), timeOf(given)]).toEqual([now, null]);
    now += trustedFor(TOLERANCE) - HOUR - 200;
    expect(timeOf(own)).toBe(now);
    now += 200;
    expect(timeOf(own)).toBeNull();
    expect(timeOf(started())).toBeNull();
  });

  test('keeps what it knows once an hour, and when the machine’s clock was moved', () => {
    const clock = started();
    for (let minute = 0; minute < 120; minute += 5) {
      ask(clock);
      now += 5 * 60_000;
    }
    expect(writes).toBe(2);
    wallIsOff = -DAY;
    ask(clock);
    ask(clock);
    expect([writes, kept?.offset]).toEqual([3, DAY]);
  });
});

describe('how it stands is told', () => {
  test('of a clock that somebody else sets, which the measurement leaves alone', () => {
    wallIsOff = 45_000;
    const clock = measuredClock({ now: wall, setAt: wall, setMax: Number.POSITIVE_INFINITY, monotonic });
    expect(clock.report()).toBeNull();
    ask(clock, false);
    expect(clock.report()).toEqual({ offset: -45_000, delay: 20, measuredAt: now - 10 });
    expect(clock.now()).toBe(now + 45_000);
    wallIsOff = 0; // set right
    expect(clock.report()).toMatchObject({ offset: 0 });
  });

  test('of one that is on its way to the centre’s time, as far as it still has to go', () => {
    const clock = started({ kept: { at: now - 25_000, offset: -25_000 } });
    ask(clock);
    expect(clock.report()).toMatchObject({ offset: 25_000, delay: 20 });
    now += 2_000_000;
    expect(clock.report()).toMatchObject({ offset: 15_000 });
  });

  test('not of an hour ago', () => {
    const clock = started();
    ask(clock);
    now += HOUR + 1;
    expect(clock.report()).toBeNull();
  });
});
