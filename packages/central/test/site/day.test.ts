import { expect, test } from 'vitest';
import { businessDays } from '../../src/site/day.ts';

test.each([
  ['2026-11-10T02:59:59Z', 'Europe/Ljubljana', '04:00', '2026-11-09'],
  ['2026-11-10T03:00:00Z', 'Europe/Ljubljana', '04:00', '2026-11-10'],
  ['2026-03-29T01:59:59Z', 'Europe/Ljubljana', '04:00', '2026-03-28'], // the night has no hour from 2 to 3
  ['2026-03-29T02:00:00Z', 'Europe/Ljubljana', '04:00', '2026-03-29'],
  ['2026-10-25T02:59:59Z', 'Europe/Ljubljana', '04:00', '2026-10-24'],
  ['2026-01-01T00:30:00Z', 'UTC', '04:00', '2025-12-31'],
  ['2026-01-01T00:00:00Z', 'UTC', '00:00', '2026-01-01'],
  ['2026-01-01T23:59:59Z', 'America/New_York', '00:00', '2026-01-01'],
])('%s is, in %s from %s on, of %s', (at, timeZone, dayStart, day) => {
  const dayOf = businessDays({ timeZone, dayStart });
  expect([dayOf(Date.parse(at)), dayOf(Date.parse(at))]).toEqual([day, day]);
});
