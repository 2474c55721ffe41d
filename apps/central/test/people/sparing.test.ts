import { fakeClock } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { Sparing } from '../../src/people/sparing.ts';

const MINUTE = 60_000;
const MOST = 60;
const noted = { leftOut: 0 };

function sparing() {
  const clock = fakeClock(1_700_000_000_000);
  return { clock, sparing: new Sparing(clock.now) };
}

describe('a flood of refusals', () => {
  test('of one kind is noted once a minute, with how many were left out', () => {
    const { clock, sparing: flood } = sparing();
    expect(flood.note('ana')).toEqual(noted);
    for (let time = 0; time < 1_000; time += 1) expect(flood.note('ana')).toBeNull();
    clock.advance(MINUTE - 1);
    expect(flood.note('ana')).toBeNull();
    clock.advance(1);
    expect(flood.note('ana')).toEqual({ leftOut: 1_001 });
    expect(flood.note('ana')).toBeNull();
    clock.advance(MINUTE);
    expect(flood.note('ana')).toEqual({ leftOut: 1 });
  });

  test('hides none of another kind', () => {
    const { sparing: flood } = sparing();
    flood.note('ana');
    for (let time = 0; time < 9; time += 1) flood.note('ana');
    expect(flood.note('bor')).toEqual({ leftOut: 9 });
    expect(flood.note('cilka')).toEqual(noted);
  });

  test('of ever other kinds is noted sixty times a minute, and the rest is told in the next', () => {
    const { clock, sparing: flood } = sparing();
    const answers = Array.from({ length: 10_000 }, (_, address) => flood.note(`198.51.100.${address}`));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(MOST);
    expect(answers.slice(0, MOST)).not.toContain(null);
    clock.advance(MINUTE);
    expect(flood.note('ana')).toEqual({ leftOut: 10_000 - MOST });
  });

  test('a day of it is a bounded number of lines, and each refusal is told of in one of them', () => {
    const { clock, sparing: flood } = sparing();
    const [minutes, perMinute] = [24 * 60, 200];
    let [lines, told] = [0, 0];
    for (let minute = 0; minute < minutes; minute += 1) {
      for (let each = 0; each < perMinute; each += 1) {
        const note = flood.note(String(each));
        if (note !== null) [lines, told] = [lines + 1, told + 1 + note.leftOut];
      }
      clock.advance(MINUTE);
    }
    expect(lines).toBe(minutes * MOST);
    expect(told).toBe(minutes * perMinute - (perMinute - MOST)); // those of the last minute are told by the next
  });

  test('is noted again by a clock that was set back', () => {
    const { clock, sparing: flood } = sparing();
    flood.note('ana');
    clock.advance(-10 * MINUTE);
    expect(flood.note('ana')).toEqual(noted);
  });
});
