import { describe, expect, test } from 'vitest';
import { type ParsedSearch, parseSearch } from '../../src/search/parse.ts';
import { textOf } from '../../src/zone/days.ts';

const TODAY = { year: 2026, month: 3, day: 1 };
const parse = (text: string, digits = 2): ParsedSearch => parseSearch(text, { today: TODAY, digits });

function daysIn(text: string): (string | null)[] | undefined {
  return parse(text).filters.days?.map((day) => day && textOf(day));
}

describe('a name or a number', () => {
  test.each([
    [
      '17-4711',
      [
        { kind: 'record', terminal: 17, serial: 4711 },
        { kind: 'medium', prefix: '17-4711' },
      ],
    ],
    [
      '17',
      [
        { kind: 'terminal', terminal: 17 },
        { kind: 'batch', receipt: 17 },
        { kind: 'medium', prefix: '17' },
      ],
    ],
    ['04A1b', [{ kind: 'medium', prefix: '04A1b' }]],
    ['batch 12', [{ kind: 'batch', receipt: 12 }]],
    ['Paket 12', [{ kind: 'batch', receipt: 12 }]],
    ['alert 3', [{ kind: 'alert', id: 3 }]],
    ['opozorilo 3', [{ kind: 'alert', id: 3 }]],
    ['terminal 9', [{ kind: 'terminal', terminal: 9 }]],
    ['nosilec 17', [{ kind: 'medium', prefix: '17' }]],
    ['zapis 1-2', [{ kind: 'record', terminal: 1, serial: 2 }]],
  ])('%s may be %j', (text, lookups) => {
    expect(parse(text)).toEqual({ filters: {}, lookups, filterText: '', notUnderstood: [] });
  });

  test('too large for a number is a name at most', () => {
    expect(parse('9999999999').lookups).toEqual([{ kind: 'medium', prefix: '9999999999' }]);
    expect(parse('0').lookups).toEqual([{ kind: 'medium', prefix: '0' }]);
  });
});

describe('filters', () => {
  test.each([
    ['status:unverified', { status: 'unverified' }],
    ['stanje:dvom', { status: 'unverified' }],
    ['unverified', { status: 'unverified' }],
    ['type:refill', { type: 'refill' }],
    ['vrsta:nakup', { type: 'purchase' }],
    ['terminal:17 medium:AB', { terminal: 17, medium: 'AB' }],
    ['5.00', { amountMin: 500, amountMax: 500 }],
    ['-5,5', { amountMin: 550, amountMax: 550 }],
    ['amount>500', { amountMin: 50_001 }],
    ['amount>=5.00 amount<7', { amountMin: 500, amountMax: 699 }],
    ['znesek:0.05', { amountMin: 5, amountMax: 5 }],
    ['amount<=7', { amountMax: 700 }],
  ])('%s', (text, filters) => {
    expect(parse(text)).toEqual({ filters, lookups: [], filterText: text, notUnderstood: [] });
  });

  test('amounts are typed as the currency writes them', () => {
    expect(parse('amount:500', 0).filters).toEqual({ amountMin: 500, amountMax: 500 });
    expect(parse('1.234', 3).filters).toEqual({ amountMin: 1234, amountMax: 1234 });
    expect(parse('amount:5.001').notUnderstood).toEqual(['amount:5.001']);
  });

  test.each([
    ['today', ['2026-03-01', '2026-03-02']],
    ['včeraj', ['2026-02-28', '2026-03-01']],
    ['Yesterday', ['2026-02-28', '2026-03-01']],
    ['2015-12-24', ['2015-12-24', '2015-12-25']],
    ['24.12.2015', ['2015-12-24', '2015-12-25']],
    ['date:2015-12-24..2015-12-26', ['2015-12-24', '2015-12-27']],
    ['date>2015-12-24', ['2015-12-25', null]],
    ['date>=2015-12-24 date<2016-01-01', ['2015-12-24', '2016-01-01']],
    ['datum<=danes', [null, '2026-03-02']],
  ])('%s is the days %j', (text, days) => {
    expect(daysIn(text)).toEqual(days);
    expect(parse(text).lookups).toEqual([]);
  });

  test('all of them together, in any order', () => {
    expect(parse(' amount>5  yesterday status:unverified terminal:17 ')).toEqual({
      filters: {
        ...{ status: 'unverified', terminal: 17, amountMin: 501 },
        days: [
          { year: 2026, month: 2, day: 28 },
          { year: 2026, month: 3, day: 1 },
        ],
      },
      lookups: [],
      filterText: 'amount>5 yesterday status:unverified terminal:17',
      notUnderstood: [],
    });
  });
});

test('what means nothing is named, and the rest is looked for', () => {
  expect(parse('colour:red status:none 17 ??')).toMatchObject({
    filters: {},
    lookups: [{ terminal: 17 }, { receipt: 17 }, { prefix: '17' }],
    notUnderstood: ['colour:red', 'status:none', '??'],
  });
  for (const text of [
    'terminal:0',
    'terminal>3',
    'amount:x',
    'date:soon',
    'type:__proto__',
    'constructor:x',
    'medium:a/b',
  ]) {
    expect(parse(text).notUnderstood, text).toEqual([text]);
  }
  expect(parse('   ')).toEqual({ filters: {}, lookups: [], filterText: '', notUnderstood: [] });
});
