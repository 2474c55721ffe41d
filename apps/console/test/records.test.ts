import { describe, expect, test } from 'vitest';
import { whyOf } from '../src/pages/record/why.ts';
import { dayBefore, rangeOf } from '../src/pages/reports/ranges.ts';
import { filtersOf } from '../src/pages/search/filters.ts';
import { hexDump, textOfHex } from '../src/parts/hex.ts';

test('ranges of days are counted from yesterday', () => {
  expect(rangeOf('yesterday', '2026-03-09')).toEqual({ from: '2026-03-09', to: '2026-03-09' });
  expect(rangeOf('week', '2026-03-03')).toEqual({ from: '2026-02-25', to: '2026-03-03' });
  expect(rangeOf('month', '2026-03-09')).toEqual({ from: '2026-03-01', to: '2026-03-10' });
  // On the first of a month the one before is what finance wants.
  expect(rangeOf('month', '2026-02-28')).toEqual({ from: '2026-03-01', to: '2026-03-01' });
  expect(rangeOf('lastMonth', '2026-02-28')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
  expect(rangeOf('lastMonth', '2025-12-31')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
});

test('yesterday is that of the site: by its zone, and from when its day begins', () => {
  const moment = Date.UTC(2026, 2, 5, 1, 30);
  expect(dayBefore(moment, 'UTC', '00:00')).toBe('2026-03-04');
  expect(dayBefore(moment, 'UTC', '04:00')).toBe('2026-03-03');
  expect(dayBefore(moment, 'America/New_York', '00:00')).toBe('2026-03-03');
});

test('bytes are shown sixteen a line, with what can be read beside', () => {
  const hex = Buffer.from('{"terminal":17}\n\u00e9').toString('hex');
  expect(hexDump(hex).split('\n')).toEqual([
    '00000000  7b 22 74 65 72 6d 69 6e 61 6c 22 3a 31 37 7d 0a  {"terminal":17}.',
    `00000010  c3 a9${' '.repeat(42)}  ..`,
  ]);
  expect(textOfHex(hex)).toBe('{"terminal":17}\n\u00e9');
  expect(textOfHex('FF')).toBeNull();
});

describe('why a record counts, or does not', () => {
  const line = { type: 'debit', reported: 'unverified', status: 'unverified', reconciled: true } as const;
  test.each([
    [{ reconciled: false }, 'whyWaiting'],
    [{ type: 'open', status: 'successful' }, 'whyRoot'],
    [{ type: 'open', status: 'unsuccessful' }, 'whySurplus'],
    [{ type: 'observation', status: null }, 'whyObserved'],
    [{}, 'whyDoubt'],
    [{ status: 'successful' }, 'whyConfirmed'],
    [{ status: 'successful', reported: 'successful' }, 'whyReported'],
    [{ status: 'successful', reported: 'unsuccessful' }, 'whyConfirmed'],
    [{ status: 'unsuccessful' }, 'whyRefuted'],
    [{ status: 'unsuccessful', reported: 'unsuccessful' }, 'whyFailed'],
  ] as const)('%j: %s', (changes, why) => {
    expect(whyOf({ ...line, ...changes } as never)).toBe(why);
  });
});

test('what was typed says more than the address beside it, and what is no filter is left out', () => {
  expect(filtersOf({ q: 'x', status: 'successful', terminal: '9', sort: '-time' }, 'status=unverified&x=1')).toEqual({
    status: 'unverified',
    terminal: '9',
  });
  expect(filtersOf({ columns: 'time' }, '')).toEqual({});
});
