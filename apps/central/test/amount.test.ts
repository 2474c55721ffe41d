import { expect, test } from 'vitest';
import { formatAmount, formatChange } from '../public/amount.js';

test.each([
  [0, 'en', '0.00'],
  [5, 'en', '0.05'],
  [-5, 'en', '−0.05'],
  [-120, 'en', '−1.20'],
  [123_456_789, 'en', '1,234,567.89'],
  [123_456_789, 'sl', '1.234.567,89'],
  [2 ** 53 - 1, 'en', '90,071,992,547,409.91'],
])('%i minor units in %s → %s', (amount, language, text) => {
  expect(formatAmount(amount, language)).toBe(text);
});

test('a change shows its sign, but nothing is neither plus nor minus', () => {
  expect([120, -120, 0].map((amount) => formatChange(amount, 'en'))).toEqual(['+1.20', '−1.20', '0.00']);
});
