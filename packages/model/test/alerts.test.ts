import { describe, expect, test } from 'vitest';
import { ALERT_KINDS, type Alert, amountOf, centralState, firstReceived } from '../src/index.ts';
import { ALERT_CASES, CASES_AS_OF, CASES_CLOCK_TOLERANCE, CASES_MAX_DELAY, withoutCondition } from './alert-cases.ts';
import { told } from './told.ts';

const CONFIGURATION = {
  maxDelay: CASES_MAX_DELAY,
  clockTolerance: CASES_CLOCK_TOLERANCE,
  minimumBalance: amountOf(0),
};

function alertsOf(lines: readonly string[], asOf = CASES_AS_OF): readonly Alert[] {
  const received = firstReceived(told(lines), (a, b) => JSON.stringify(a) === JSON.stringify(b));
  return centralState(received, asOf, CONFIGURATION).alerts;
}

describe('an alert stands as long as its condition, and no longer', () => {
  test.each(ALERT_CASES.map((one) => [one.alert.kind, one.condition, one] as const))('%s: %s', (kind, _, one) => {
    const ofKind = (lines: readonly string[]) => alertsOf(lines).filter((alert) => alert.kind === kind);
    expect(ofKind(one.told)).toEqual([one.alert]);
    expect(ofKind(withoutCondition(one))).toEqual([]);
  });

  test('and the table has every kind', () => {
    expect(new Set(ALERT_CASES.map((one) => one.alert.kind))).toEqual(new Set(ALERT_KINDS));
  });
});

test('what is late by a millisecond is an alert, and what is not is none', () => {
  const lines = ['300: T3 uses p, from terminal 9 at 150, balance 0'];
  const kinds = (asOf: number) => alertsOf(lines, asOf).map((alert) => alert.kind);
  expect(kinds(300 + CASES_MAX_DELAY)).toEqual([]);
  expect(kinds(301 + CASES_MAX_DELAY)).toEqual([
    'missing-transaction',
    'validation-without-purchase',
    'unknown-medium',
  ]);
});
