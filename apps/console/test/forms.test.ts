import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../src/address.ts';
import { hourly, newsBy, problemsOf, rates, ratesNow, type TodayAnswer } from '../src/pages/today/figures.ts';
import { sorted } from '../src/parts/list.tsx';
import { amountIn, decimalOf } from '../src/words/amount.ts';
import { formsOf } from '../src/words/forms.tsx';

const EUR = { code: 'EUR', digits: 2 };
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('money is written to the last cent, however much it is, as the currency writes it', () => {
  const { money } = formsOf('en-GB', 'UTC', EUR);
  expect(money(1)).toBe('€0.01');
  expect(money(-105)).toBe('-€1.05');
  expect(money(9_007_199_254_740_991)).toBe('€90,071,992,547,409.91');
  expect(plain(formsOf('sl', 'UTC', EUR).money(1_234_567))).toBe('12.345,67 €');
  expect(plain(formsOf('en', 'UTC', { code: 'JPY', digits: 0 }).money(1_234))).toBe('¥1,234');
  expect(plain(formsOf('en', 'UTC', { code: 'KWD', digits: 3 }).money(-1))).toBe('-KWD 0.001');
});

test('a change has its sign, and none where nothing changed', () => {
  const { change } = formsOf('en-GB', 'UTC', EUR);
  expect([change(200), change(-200), change(0)]).toEqual(['+€2.00', '-€2.00', '€0.00']);
});

test('what is written as decimal is read back as the same amount', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999_999_999 }), fc.constantFrom(0, 2, 3), (amount, digits) => {
      const text = decimalOf(amount, digits);
      // The field takes nine digits before the mark.
      fc.pre(text.split('.')[0]?.length !== undefined && (text.split('.')[0] as string).length <= 9);
      expect(amountIn(text, digits)).toBe(amount);
      expect(amountIn(text.replace('.', ','), digits)).toBe(amount);
    }),
  );
});

test.each(['', '1.2.3', '1.234', 'two', '1e3', '1 000', '−', '1.'])('%j is no amount in euros', (text) => {
  expect(amountIn(text, 2)).toBeNull();
});

test('half a unit is not more than was written', () => {
  expect([amountIn('2', 2), amountIn('2.5', 2), amountIn(' 2,05 ', 2)]).toEqual([200, 250, 205]);
});

test('a duration is said in its two largest units', () => {
  const { duration } = formsOf('en-GB', 'UTC', EUR);
  expect(duration(0)).toBe('0 secs');
  expect(duration(59_999)).toBe('59 secs');
  expect(duration(61_000)).toBe('1 min 1 sec');
  expect(duration(86_400_000 + 3 * 3_600_000 + 59_000)).toBe('1 day 3 hrs');
  expect(duration(3_600_000)).toBe('1 hr');
});

test('times are the site’s, whatever the reader’s clock', () => {
  const time = Date.UTC(2026, 6, 1, 22, 30);
  expect(formsOf('en-GB', 'Europe/Ljubljana', EUR).momentText(time)).toBe('2 Jul 2026, 00:30:00');
  expect(formsOf('en-GB', 'UTC', EUR).day(time)).toBe('1 Jul 2026');
});

test('an address says its values as people write them, and says them again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), (values) => {
      // A record with such a name is none that one can make by assigning.
      fc.pre(!Object.hasOwn(values, '__proto__'));
      expect(parseSearch(stringifySearch(values))).toEqual({ ...values });
    }),
  );
  expect(stringifySearch({ terminal: '17', sort: '-seen', empty: '' })).toBe('?terminal=17&sort=-seen');
});

test('a list is sorted up and down, and what has no value comes last', () => {
  const column = { id: 'a', name: 'A', cell: () => null, sort: (row: number | null) => row };
  const rows = [2, null, 3, 1];
  expect(sorted(rows, { column, isDown: false })).toEqual([1, 2, 3, null]);
  expect(sorted(rows, { column, isDown: true })).toEqual([3, 2, 1, null]);
  expect(rows).toEqual([2, null, 3, 1]);
});

const minutes = (counts: readonly number[]) => ({ from: 0, until: 86_400_000, counts });

test('taps a minute are a mean of five, and the minute that has not ended does not count', () => {
  expect(rates(minutes([5, 0, 0, 0, 0, 10, 10, 10, 10, 10, 99]))).toEqual([1, 10]);
  const today = minutes([1, 1, 1, 1, 1, 6, 50]);
  expect(ratesNow({ today, before: minutes([2, 2, 2, 2, 2, 2, 2, 0]), lastDay: 0 })).toEqual({ now: 2, before: 2 });
  expect(ratesNow({ today: minutes([]), before: minutes([]), lastDay: 0 })).toEqual({ now: 0, before: 0 });
});

test('hours are sums of their minutes, the last of what there is', () => {
  expect(hourly(minutes(Array.from({ length: 90 }, () => 1)))).toEqual([
    { from: 0, count: 60 },
    { from: 3_600_000, count: 30 },
  ]);
});

const WELL: TodayAnswer = {
  at: 0,
  taps: null,
  doubt: { all: { count: 0, amount: 0 }, lastDay: { count: 0, amount: 0 } },
  queue: { batches: 3, oldestMs: 2_000 },
  terminals: { active: 9, silent: 0, silentMs: 1, clockOff: 0, licenceEnding: 0, licenceExpired: 0, withMissing: 0 },
  cases: { new: 0, acknowledged: 4 },
  news: { last: 0, counts: {} },
};

test('all is well while records wait for seconds, and alerts are being seen to', () => {
  expect(problemsOf(WELL, true)).toEqual([]);
});

test('what to look at comes the gravest first', () => {
  const terminals = { ...WELL.terminals, silent: 2, licenceEnding: 1 };
  const answer = { ...WELL, terminals, cases: { new: 7 }, queue: { batches: 3, oldestMs: 61_000 } };
  expect(problemsOf(answer, false)).toEqual([
    { what: 'connection' },
    { what: 'queue', time: 61_000 },
    { what: 'alerts', count: 7 },
    { what: 'silent', count: 2 },
    { what: 'ending', count: 1 },
  ]);
});

test('news are told by what they are about', () => {
  const counts = { 'alert.worked': 2, 'alert.changed': 1, 'terminal.enrolled': 1, 'person.changed': 0 };
  expect(newsBy(counts)).toEqual([
    ['newsWorked', 3],
    ['newsTerminals', 1],
  ]);
});
