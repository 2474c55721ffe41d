import { amountOf } from '@retap/model';
import { expect, test } from 'vitest';
import { formatAge, formatAmount, formatCounted, formatTime, printable, tableLines } from '../src/text.ts';

test.each([
  [0, '0.00'],
  [7, '0.07'],
  [-7, '-0.07'],
  [-120, '-1.20'],
  [123_456_789, '1,234,567.89'],
  [2 ** 53 - 1, '90,071,992,547,409.91'],
])('%i minor units → %s', (amount, text) => {
  expect(formatAmount(amountOf(amount))).toBe(text);
});

test('one of a thing is told as one', () => {
  const counted = [0, 1, 2, 1_000].map((count) => formatCounted(count, 'batch', 'batches'));
  expect(counted).toEqual(['0 batches', '1 batch', '2 batches', '1,000 batches']);
  expect(formatCounted(2, 'record')).toBe('2 records');
});

test('times are ISO in UTC; what no date can be stays a number', () => {
  expect([0, 2 ** 48 - 1, 9e15].map(formatTime)).toEqual([
    '1970-01-01T00:00:00.000Z',
    '+010889-08-02T05:31:50.655Z',
    '9000000000000000',
  ]);
});

test('an age is told in the largest unit of which there are two', () => {
  const ages = [-5, 0, 119_999, 120_000, 7_199_000, 7_200_000, 172_799_000, 172_800_000, 90 * 86_400_000];
  expect(ages.map(formatAge)).toEqual(['0 s', '0 s', '119 s', '2 min', '119 min', '2 h', '47 h', '2 d', '90 d']);
});

test('what a journal says cannot steer the screen', () => {
  expect(printable('a\u001b[31mb\r\n\u202e')).toBe('a\\u001b[31mb\\u000d\\u000a\\u202e');
});

test('tables are aligned: words at their beginning, numbers at their end', () => {
  const columns = [{ title: 'medium' }, { title: 'balance', numeric: true }];
  const lines = tableLines(columns, [
    ['M1', '5.00'],
    ['04a1b2c3', '1,234.00'],
  ]);
  expect(lines).toEqual(['medium     balance', 'M1            5.00', '04a1b2c3  1,234.00']);
});
