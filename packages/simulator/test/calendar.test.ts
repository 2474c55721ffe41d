import { expect, test } from 'vitest';
import { midnightOf } from '../src/calendar.ts';
import { Calendar } from '../src/index.ts';

const december = new Calendar({
  utcOffsetHours: 1,
  publicHolidays: ['2015-12-25', '2015-12-26'],
  schoolHolidays: ['2015-12-26', '2015-12-28', '2015-12-29', '2015-12-30', '2015-12-31'],
});

test.each([
  ['2015-12-01', 'workday'],
  ['2015-12-24', 'workday'],
  ['2015-12-25', 'publicHoliday'],
  // A Saturday, and in the school holidays, too.
  ['2015-12-26', 'publicHoliday'],
  ['2015-12-27', 'sunday'],
  ['2015-12-28', 'schoolHoliday'],
  ['2015-12-05', 'saturday'],
])('%s is a %s', (date, kind) => {
  expect(december.kindOf(midnightOf(date, 1))).toBe(kind);
  expect(december.kindOf(midnightOf(date, 1) + 86_399_999)).toBe(kind);
});

test('an operating day begins at midnight of local time', () => {
  expect(december.operatingDay(Date.UTC(2015, 11, 4, 22, 59))).toBe('2015-12-04');
  expect(december.operatingDay(Date.UTC(2015, 11, 4, 23, 0))).toBe('2015-12-05');
});

test('December of 2015 has 18 ordinary workdays, 4 in school holidays and 9 other days', () => {
  const kinds = Array.from({ length: 31 }, (_, day) => december.kindOf(midnightOf('2015-12-01', 1) + day * 86_400_000));
  expect(kinds.filter((kind) => kind === 'workday')).toHaveLength(18);
  expect(kinds.filter((kind) => kind === 'schoolHoliday')).toHaveLength(4);
});
