/** What a tap does to the account, eqs. (3)–(8), and what stays on a medium that is small. */
import { describe, expect, test } from 'vitest';
import {
  accountAfter,
  amountOf,
  commitStatusOf,
  firstAccount,
  type HeldProduct,
  isSpent,
  isValid,
  LOG_ENTRIES_MAX,
  type MediumAccount,
  PRODUCTS_MAX,
  productsLeft,
  signedAmount,
} from '../src/index.ts';

const opened = firstAccount('M', amountOf(500), 1_000, 7);
const stamp = (time: number) => ({ time, terminal: 9, productId: `9-${time}` });
const week = { id: 'w', code: 'week', validFrom: 100, validUntil: 200, maxUses: 2 };
const heldWeek = (uses: number): HeldProduct => ({ ...week, uses });

test('a medium is opened with its first commit in its log, number 0, and no product', () => {
  expect(opened).toEqual({
    medium: 'M',
    balance: 500,
    products: [],
    lastTime: 1_000,
    lastTerminal: 7,
    mediumSerial: 0,
    log: [{ time: 1_000, terminal: 7, amount: 500, balance: 500, mediumSerial: 0 }],
  });
});

describe('value moves', () => {
  test.each([
    ['refill of 300', { type: 'refill', amount: amountOf(300) }, 300],
    ['debit of 120', { type: 'debit', amount: amountOf(120) }, -120],
    ['free debit', { type: 'debit', amount: amountOf(0) }, 0],
    ['purchase for 400', { type: 'purchase', price: amountOf(400), product: { code: 'week' } }, -400],
    ['validation', { type: 'validation', codes: ['week'] }, 0],
  ] as const)('%s', (_, request, amount) => {
    expect(signedAmount(request)).toBe(amount);
  });

  test('what is no whole number of minor units is no amount', () => {
    expect(() => amountOf(1.5)).toThrow('1.5 is not an amount');
    expect(() => amountOf(2 ** 53)).toThrow(RangeError);
    expect(Object.is(amountOf(-0), 0)).toBe(true);
  });
});

describe('after a commit', () => {
  test('a debit takes its amount, and time, terminal, counter and log say that it was the last', () => {
    const after = accountAfter(opened, amountOf(-120), stamp(2_000), undefined, undefined);
    expect(after).toEqual({
      medium: 'M',
      balance: 380,
      products: [],
      lastTime: 2_000,
      lastTerminal: 9,
      mediumSerial: 1,
      log: [{ time: 2_000, terminal: 9, amount: -120, balance: 380, mediumSerial: 1 }, ...opened.log],
    });
  });

  test(`the log keeps the last ${LOG_ENTRIES_MAX} commits, the newest first`, () => {
    let account = opened;
    for (let time = 1_001; time <= 1_020; time += 1) {
      account = accountAfter(account, amountOf(-1), stamp(time), undefined, undefined);
    }
    expect(account.log.map(({ time }) => time)).toEqual(Array.from({ length: LOG_ENTRIES_MAX }, (_, i) => 1_020 - i));
    expect(account.mediumSerial).toBe(20);
  });

  test('a purchase adds the product with no uses, a validation counts a use of that product alone', () => {
    const bought = accountAfter(opened, amountOf(-400), stamp(150), week, undefined);
    expect(bought.products).toEqual([heldWeek(0)]);
    const second = accountAfter(bought, amountOf(0), stamp(160), { ...week, id: 'x' }, undefined);
    const used = accountAfter(second, amountOf(0), stamp(170), undefined, 'x');
    expect(used.products).toEqual([heldWeek(0), { ...heldWeek(1), id: 'x' }]);
    expect(used.balance).toBe(100);
  });
});

describe('a product', () => {
  test.each([
    ['before it begins', 99, 0, false, false],
    ['at its begin', 100, 0, true, false],
    ['at its last moment', 199, 0, true, false],
    ['at its end', 200, 0, false, true],
    ['with one use left', 150, 1, true, false],
    ['with none left', 150, 2, false, true],
  ] as const)('%s', (_, time, uses, valid, spent) => {
    expect(isValid(heldWeek(uses), time)).toBe(valid);
    expect(isSpent(heldWeek(uses), time)).toBe(spent);
  });

  test('without conditions is valid for ever', () => {
    const free: HeldProduct = { id: 'f', code: 'free', uses: 1_000 };
    expect([isValid(free, 0), isSpent(free, 2 ** 47)]).toEqual([true, false]);
  });
});

describe('room for products', () => {
  const holding = (...products: HeldProduct[]): MediumAccount => ({ ...opened, products });
  const spent = Array.from({ length: PRODUCTS_MAX - 1 }, (_, i) => ({ ...heldWeek(2), id: `s${i}` }));

  test('while there is some, what is spent stays: people ask what they had', () => {
    expect(productsLeft(holding(...spent), 150)).toEqual(spent);
  });

  test('when there is none, what is spent makes room, and nothing else does', () => {
    expect(productsLeft(holding(...spent, heldWeek(0)), 150)).toEqual([heldWeek(0)]);
    const after = accountAfter(
      holding(...spent, heldWeek(0)),
      amountOf(0),
      stamp(150),
      { ...week, id: 'n' },
      undefined,
    );
    expect(after.products.map(({ id }) => id)).toEqual(['w', 'n']);
  });
});

test.each([
  ['committed', 'successful'],
  ['declined', 'unsuccessful'],
  ['torn', 'unverified'],
] as const)('a commit that was %s is %s', (answer, status) => {
  expect(commitStatusOf(answer)).toBe(status);
});
