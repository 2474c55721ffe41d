import { expect, test } from 'vitest';
import { businessDayOf } from '../src/business-day.ts';

const LJUBLJANA = { timeZone: 'Europe/Ljubljana', dayStart: '04:00', currency: { code: 'EUR', digits: 2 } };
const iso = ({ from, until }: { from: number; until: number }) =>
  [from, until].map((time) => new Date(time).toISOString());
const dayOf = (text: string, settings = LJUBLJANA, before = 0) =>
  iso(businessDayOf(Date.parse(text), settings, before));

test('a day begins when the site says, by its own clocks', () => {
  expect(dayOf('2026-01-15T12:00:00Z')).toEqual(['2026-01-15T03:00:00.000Z', '2026-01-16T03:00:00.000Z']);
  expect(dayOf('2026-07-15T12:00:00Z')).toEqual(['2026-07-15T02:00:00.000Z', '2026-07-16T02:00:00.000Z']);
});

test('a night bus belongs to the day before, to the millisecond', () => {
  expect(dayOf('2026-01-15T02:59:59.999Z')[0]).toBe('2026-01-14T03:00:00.000Z');
  expect(dayOf('2026-01-15T03:00:00Z')[0]).toBe('2026-01-15T03:00:00.000Z');
});

test('where clocks are put forward a day has 23 hours, back 25', () => {
  expect(dayOf('2026-03-28T12:00:00Z')).toEqual(['2026-03-28T03:00:00.000Z', '2026-03-29T02:00:00.000Z']);
  expect(dayOf('2026-10-24T12:00:00Z')).toEqual(['2026-10-24T02:00:00.000Z', '2026-10-25T03:00:00.000Z']);
});

test('a week before it begins at the same time of day, whatever the clocks did between', () => {
  expect(dayOf('2026-04-02T12:00:00Z', LJUBLJANA, 7)[0]).toBe('2026-03-26T03:00:00.000Z');
  expect(dayOf('2026-04-02T12:00:00Z')[0]).toBe('2026-04-02T02:00:00.000Z');
});

test('in UTC from midnight it is the calendar’s day', () => {
  expect(dayOf('2026-02-28T23:59:59Z', { ...LJUBLJANA, timeZone: 'UTC', dayStart: '00:00' })).toEqual([
    '2026-02-28T00:00:00.000Z',
    '2026-03-01T00:00:00.000Z',
  ]);
});

test('a zone of half hours, and one ahead of the date', () => {
  const zone = (timeZone: string) => ({ ...LJUBLJANA, timeZone, dayStart: '00:00' });
  expect(dayOf('2026-05-01T20:00:00Z', zone('Asia/Kolkata'))[0]).toBe('2026-05-01T18:30:00.000Z');
  expect(dayOf('2026-05-01T20:00:00Z', zone('Pacific/Kiritimati'))[0]).toBe('2026-05-01T10:00:00.000Z');
});
