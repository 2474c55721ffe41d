import { describe, expect, test } from 'vitest';
import { holdingOf } from '../src/pages/lists/holding.ts';
import { limitsTyped, typedOf } from '../src/pages/lists/limits.ts';
import { amountIn, decimalOf } from '../src/words/amount.ts';

test.each([
  ['12.50', 2, 1_250],
  ['12,5', 2, 1_250],
  [' 12 ', 2, 1_200],
  ['-0.07', 2, -7],
  ['−3', 0, -3],
  ['1.234', 3, 1_234],
  ['1.234', 2, null],
  ['1.5', 0, null],
  ['1,000.00', 2, null],
  ['12.', 2, null],
  ['', 2, null],
  ['1e3', 2, null],
])('%j is an amount with %i digits: %j', (text, digits, amount) => {
  expect(amountIn(text, digits)).toBe(amount);
});

test('an amount is read again as it was written', () => {
  for (const amount of [0, 7, -7, 99, 100, -12_345, 10 ** 12]) expect(amountIn(decimalOf(amount, 2), 2)).toBe(amount);
});

describe('limits as they are typed', () => {
  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    return data;
  };

  test('money with its decimals, an age in hours; what is empty is no limit', () => {
    const typed = form({ tapAmountMax: '20,5', dayTapsMax: '12', unsentAgeMax: '1.5', minimumBalance: ' ' });
    expect(limitsTyped(typed, 2)).toEqual({ tapAmountMax: 2_050, dayTapsMax: 12, unsentAgeMax: 5_400_000 });
    expect(typedOf('unsentAgeMax', 5_400_000, 2)).toBe('1.5');
    expect(typedOf('tapAmountMax', 2_050, 2)).toBe('20.50');
    expect(typedOf('dayTapsMax', 12, 2)).toBe('12');
  });

  test.each([
    ['dayTapsMax', '1.5'],
    ['dayTapsMax', '-1'],
    ['unsentAgeMax', 'two'],
    ['tapAmountMax', '1.234'],
  ])('%s of %s is none', (name, value) => {
    expect(limitsTyped(form({ [name]: value }), 2)).toEqual({ wrong: name });
  });
});

test('who holds the newest version, an older one, or none; the longest behind comes first', () => {
  const terminal = (number: number, version: number, behind?: { versions: number; since: number }) => ({
    ...{ terminal: number, at: null, versions: { deny: version, actions: 0, limits: 0, tariff: 0 } },
    behind: behind ? { deny: behind } : {},
  });
  const status = {
    newest: { deny: null, actions: null, limits: null, tariff: null },
    terminals: [
      terminal(1, 3),
      terminal(2, 2, { versions: 1, since: 900 }),
      terminal(3, 0, { versions: 3, since: 100 }),
    ],
  };
  expect(holdingOf(status, 'deny')).toMatchObject({ all: 3, newest: 1, older: 1, none: 1 });
  expect(holdingOf(status, 'deny').behind.map((each) => each.terminal)).toEqual([3, 2]);
  expect(holdingOf(status, 'limits')).toMatchObject({ all: 3, newest: 3, behind: [] });
});
