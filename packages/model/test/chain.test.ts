/** The chain's rules one by one, at their edges: what histories come to seldom. */
import { describe, expect, test } from 'vitest';
import {
  byCodePoint,
  centralState,
  DEFAULT_CONFIGURATION,
  firstReceived,
  isInvalidUse,
  isLogged,
  isRefutedByLog,
  isRefutedBySibling,
  isStale,
  predecessorOf,
} from '../src/index.ts';
import { told } from './told.ts';

describe('the predecessor of evidence that read terminal 7 at 100', () => {
  const evidence = { terminal: 9, serial: 3, lastTime: 100, lastTerminal: 7 };
  const at = (time: number, terminal: number, serial: number, status: 'successful' | 'unverified' = 'successful') => ({
    time,
    terminal,
    serial,
    status,
  });

  test('is of that time, whatever else is given', () => {
    expect(predecessorOf(evidence, [at(99, 7, 1), at(101, 7, 2)])).toBeUndefined();
  });

  test('is of that terminal rather than of another, and of its records the first', () => {
    const linked = at(100, 7, 2, 'unverified');
    expect(predecessorOf(evidence, [at(100, 1, 1), at(100, 7, 4), linked])).toBe(linked);
  });

  test('of another terminal only where it succeeded, the lowest terminal and serial first', () => {
    const first = at(100, 2, 5);
    const others = [at(100, 1, 1, 'unverified'), at(100, 3, 1), at(100, 2, 6), first];
    expect(predecessorOf(evidence, others)).toBe(first);
    expect(predecessorOf(evidence, [...others].reverse())).toBe(first);
  });

  test('is never itself', () => {
    expect(predecessorOf({ ...evidence, lastTerminal: 9 }, [at(100, 9, 3)])).toBeUndefined();
  });
});

describe('what refutes a torn commit of terminal 7 at 100', () => {
  const torn = { terminal: 7, serial: 5, time: 100 };

  test('a log that reaches back beyond it, of a medium that committed later, and does not name it', () => {
    const log = [
      { time: 150, terminal: 8 },
      { time: 90, terminal: 7 },
    ];
    expect(isRefutedByLog(torn, { lastTime: 150, log })).toBe(true);
    expect(isRefutedByLog(torn, { lastTime: 100, log })).toBe(false);
    expect(isRefutedByLog(torn, { lastTime: 150, log: log.slice(0, 1) })).toBe(false);
    expect(isRefutedByLog(torn, { lastTime: 150, log: [{ time: 100, terminal: 8 }] })).toBe(false);
    expect(isRefutedByLog(torn, { lastTime: 150 })).toBe(false);
  });

  test('not one that names it, among others', () => {
    const log = [
      { time: 150, terminal: 8 },
      { time: 100, terminal: 7 },
      { time: 90, terminal: 7 },
    ];
    expect([isLogged(torn, log), isRefutedByLog(torn, { lastTime: 150, log })]).toEqual([true, false]);
    expect(isLogged(torn, [{ time: 100, terminal: 8 }])).toBe(false);
    expect(isLogged(torn, [{ time: 99, terminal: 7 }])).toBe(false);
  });

  test('a sibling that committed, one of the same terminal later, or one long enough later', () => {
    const sibling = { terminal: 8, serial: 1, time: 119, effective: false };
    expect(isRefutedBySibling(torn, sibling, 20)).toBe(false);
    expect(isRefutedBySibling(torn, { ...sibling, time: 120 }, 20)).toBe(true);
    expect(isRefutedBySibling(torn, { ...sibling, effective: true }, 20)).toBe(true);
    expect(isRefutedBySibling(torn, { ...sibling, terminal: 7, serial: 6 }, 20)).toBe(true);
    expect(isRefutedBySibling(torn, { ...sibling, terminal: 7, serial: 5 }, 20)).toBe(false);
  });
});

test('a medium is stale if it had committed, a tolerance before, what it no longer shows', () => {
  const evidence = { time: 200, lastTime: 100 };
  expect(isStale(evidence, { time: 180 }, 20)).toBe(true);
  expect(isStale(evidence, { time: 181 }, 20)).toBe(false);
  expect(isStale(evidence, { time: 101 }, 20)).toBe(true);
  expect(isStale(evidence, { time: 100 }, 20)).toBe(false);
  expect(isStale(evidence, { time: 50 }, 20)).toBe(false);
});

test('a use is invalid before the product begins, from its end on, and beyond its uses; without such conditions never', () => {
  const product = { validFrom: 100, validUntil: 200, maxUses: 2 };
  expect([99, 100, 199, 200].map((time) => isInvalidUse(product, time, 1))).toEqual([true, false, false, true]);
  expect([2, 3].map((ordinal) => isInvalidUse(product, 150, ordinal))).toEqual([false, true]);
  expect(isInvalidUse({}, 0, 1_000)).toBe(false);
});

test('the default configuration waits three days for a record, lets clocks differ by two minutes, and no balance be below 0', () => {
  expect(DEFAULT_CONFIGURATION).toEqual({ maxDelay: 259_200_000, clockTolerance: 120_000, minimumBalance: 0 });
});

test('strings are ordered by code point, and equal ones are equal', () => {
  expect([byCodePoint('a', 'b'), byCodePoint('b', 'a'), byCodePoint('a', 'a'), byCodePoint('Z', 'a')]).toEqual([
    ...[-1, 1, 0, -1],
  ]);
});

test('the transactions of a medium are reported by terminal and serial, in whatever order they were received', () => {
  const records = told(['100: T2 opens M with 100', '200: T9 debits 10', '300: T1 debits 10', '400: T9 debits 10']);
  const received = firstReceived([...records].reverse(), () => false);
  const { transactions } = centralState(received, 500, DEFAULT_CONFIGURATION);
  expect(transactions.map(({ terminal, serial }) => [terminal, serial])).toEqual([
    [1, 1],
    [9, 1],
    [9, 2],
  ]);
});
