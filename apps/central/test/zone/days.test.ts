import { describe, expect, test } from 'vitest';
import { dayOf, parseDay, plusDays, startOf, textOf } from '../../src/zone/days.ts';

const day = (text: string) => parseDay(text) as NonNullable<ReturnType<typeof parseDay>>;
const begins = (text: string, timeZone: string, dayStart = 0) =>
  new Date(startOf(day(text), { timeZone, dayStart: `0${dayStart}:00` })).toISOString();

describe('a day', () => {
  test.each([
    ['2015-12-24', 'UTC', 0, '2015-12-24T00:00:00.000Z'],
    ['2015-12-24', 'Europe/Ljubljana', 0, '2015-12-23T23:00:00.000Z'],
    ['2015-07-24', 'Europe/Ljubljana', 3, '2015-07-24T01:00:00.000Z'],
    ['2015-12-24', 'America/St_Johns', 0, '2015-12-24T03:30:00.000Z'],
    ['2015-12-24', 'Pacific/Kiritimati', 0, '2015-12-23T10:00:00.000Z'],
    // The night in which clocks go forward at 2, and back at 3.
    ['2026-03-29', 'Europe/Ljubljana', 0, '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Ljubljana', 3, '2026-03-29T01:00:00.000Z'],
    ['2026-03-30', 'Europe/Ljubljana', 0, '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Ljubljana', 4, '2026-10-25T03:00:00.000Z'],
    ['2026-10-26', 'Europe/Ljubljana', 0, '2026-10-25T23:00:00.000Z'],
    // Clocks went forward at midnight: the day began at one.
    ['2018-11-04', 'America/Sao_Paulo', 0, '2018-11-04T03:00:00.000Z'],
  ])('%s in %s from %i o’clock begins at %s', (text, timeZone, dayStart, expected) => {
    expect(begins(text, timeZone, dayStart)).toBe(expected);
  });

  test('follows on the one before without hole or overlap, whatever the zone', () => {
    for (const timeZone of ['UTC', 'Europe/Ljubljana', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Apia']) {
      const days = { timeZone, dayStart: '03:15' };
      for (let number = 0; number < 800; number += 1) {
        const one = plusDays(day('2018-01-01'), number);
        const next = startOf(plusDays(one, 1), days);
        expect(textOf(dayOf(startOf(one, days), days)), timeZone).toBe(textOf(one));
        expect(textOf(dayOf(next - 1, days)), timeZone).toBe(textOf(one));
      }
    }
  });

  test('that is none is not read', () => {
    for (const text of ['2015-02-29', '2015-13-01', '2015-00-01', '1969-12-31', '24.12.2015', '2015-12', '']) {
      expect(parseDay(text), text).toBeNull();
    }
    expect(textOf(day('2016-2-29'))).toBe('2016-02-29');
  });
});
