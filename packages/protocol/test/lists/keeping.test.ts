import { amountOf } from '@retap/model';
import { expect, test } from 'vitest';
import {
  balanceBroken,
  encodeList,
  LIST_HEAD_BYTES,
  type List,
  limitBroken,
  limitDayOf,
  listLength,
  withTap,
} from '../../src/index.ts';

const NOTHING = { taps: 0, amount: 0 };
const SIGNATURE = () => new Uint8Array(64);

test('a limit is kept to the last unit, and broken by one more', () => {
  expect(limitBroken(-500, { tapAmountMax: 500 }, NOTHING)).toBeNull();
  expect(limitBroken(501, { tapAmountMax: 500 }, NOTHING)).toBe('tap-limit');
  expect(limitBroken(0, { dayTapsMax: 2 }, { taps: 1, amount: 0 })).toBeNull();
  expect(limitBroken(0, { dayTapsMax: 2 }, { taps: 2, amount: 0 })).toBe('day-limit');
  expect(limitBroken(-100, { dayAmountMax: 300 }, { taps: 9, amount: 200 })).toBeNull();
  expect(limitBroken(-101, { dayAmountMax: 300 }, { taps: 9, amount: 200 })).toBe('day-limit');
  expect(limitBroken(101, { dayAmountMax: 300 }, { taps: 9, amount: 200 })).toBeNull();
});

test('a balance is held by the way the money goes', () => {
  expect(balanceBroken(-1, 99, { minimumBalance: 100 })).toBe('insufficient-balance');
  expect(balanceBroken(-1, 100, { minimumBalance: 100 })).toBeNull();
  expect(balanceBroken(1, 99, { minimumBalance: 100 })).toBeNull();
  expect(balanceBroken(1, 101, { maximumBalance: 100 })).toBe('balance-limit');
  expect(balanceBroken(-1, 101, { maximumBalance: 100 })).toBeNull();
});

test('a tap counts for its day, a refill does not', () => {
  expect(withTap(NOTHING, { type: 'debit', amount: -130 })).toEqual({ taps: 1, amount: 130 });
  expect(withTap(NOTHING, { type: 'refill', amount: 130 })).toEqual(NOTHING);
  expect([limitDayOf(86_399_999), limitDayOf(86_400_000), limitDayOf(86_400_000, 1)]).toEqual([0, 1, 0]);
});

test.each([0, 1, 23, 24, 300, 70_000])('the head of a list says that it has %i entries', async (count) => {
  const entries = Array.from({ length: count }, (_, index) => String(index).padStart(16, '0'));
  const list: List = { kind: 'deny', version: 70_000, issuedAt: 1_780_000_000_000, expiresAt: 2 ** 45, entries };
  const document = await encodeList(list, SIGNATURE);
  expect(listLength(document.subarray(0, LIST_HEAD_BYTES))).toBe(count);
});

test('of actions and limits too; and what is the head of none is refused', async () => {
  const times = { version: 1, issuedAt: 0, expiresAt: 1 };
  const actions = [{ medium: 'M1', serial: 1, kind: 'refund', amount: amountOf(5) }] as const;
  expect(listLength(await encodeList({ kind: 'actions', ...times, entries: actions }, SIGNATURE))).toBe(1);
  const limits = { minimumBalance: 0, dayTapsMax: 9 };
  expect(listLength(await encodeList({ kind: 'limits', ...times, entries: limits }, SIGNATURE))).toBe(2);
  for (const head of [new Uint8Array(), new Uint8Array(80), new Uint8Array(80).fill(0x5b)]) {
    expect(() => listLength(head)).toThrow(RangeError);
  }
});
