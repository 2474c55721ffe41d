import { describe, expect, test } from 'vitest';
import { alertKey, canonicalReport, type OracleAlert, type OracleRecord, oracle } from '../src/index.ts';
import { debit, observation, opening, purchase, validation } from './chain-words.ts';

const configuration = { asOf: 1000, maxDelay: 100_000, clockTolerance: 20, minimumBalance: 0 };
const alertsOf = (
  records: readonly OracleRecord[],
  changed: Partial<typeof configuration> = {},
): readonly OracleAlert[] => oracle(records, { ...configuration, ...changed }).alerts;

const root = opening();
const first = debit(root);
const second = debit(first, { terminal: 3 });
const bought = purchase(root, { validFrom: 250, validUntil: 400, maxUses: 1 });
const counted = debit(root, { mediumSerial: 1 });
const of = (terminal: number, serial = 1) => ({ medium: 'M', terminal, serial });

interface Case {
  readonly alert: OracleAlert;
  readonly records: readonly OracleRecord[];
  readonly changed?: Partial<typeof configuration>;
  /** The same, but for the condition. */
  readonly without: readonly OracleRecord[];
}

const due = { maxDelay: 700 }; // asOf 1000: what happened before 300 is late, what happened at 300 is not
const both = [of(2), of(3)].map(({ terminal, serial }) => ({ terminal, serial }));

const CASES: readonly Case[] = [
  {
    alert: { kind: 'cloned-medium', medium: 'M', transactions: both },
    records: [root, first, debit(root, { terminal: 3, time: 300 })],
    without: [root, first, second],
  },
  {
    alert: { kind: 'cloned-medium', medium: 'M', transactions: both },
    records: [root, counted, debit(counted, { terminal: 3, mediumSerial: 1 })],
    without: [root, counted, debit(counted, { terminal: 3, mediumSerial: 2 })],
  },
  {
    alert: { kind: 'stale-medium', ...of(3) },
    records: [root, first, observation(root, { terminal: 3, time: 220 })],
    without: [root, first, observation(root, { terminal: 3, time: 219 })],
  },
  {
    alert: { kind: 'missing-transaction', medium: 'M', terminal: 9, time: 150 },
    records: [root, debit(root, { time: 299, lastTime: 150, lastTerminal: 9 })],
    without: [root, debit(root, { time: 300, lastTime: 150, lastTerminal: 9 })],
    changed: due,
  },
  {
    alert: { kind: 'balance-mismatch', ...of(2), amount: 5 },
    records: [root, debit(root, { balance: 95 })],
    without: [root, first],
  },
  {
    alert: { kind: 'balance-mismatch', ...of(3), amount: -1 },
    records: [root, first, observation(first, { terminal: 3, balance: 89 })],
    without: [root, first, observation(first, { terminal: 3 })],
  },
  {
    alert: { kind: 'medium-serial-mismatch', ...of(2) },
    records: [root, debit(root, { mediumSerial: 2 })],
    without: [root, counted],
  },
  {
    alert: { kind: 'medium-serial-mismatch', ...of(3) },
    records: [root, counted, observation(counted, { terminal: 3, mediumSerial: 2 })],
    without: [root, counted, observation(counted, { terminal: 3, mediumSerial: 1 })],
  },
  {
    alert: { kind: 'terminal-chain-mismatch', ...of(2) },
    records: [root, debit(root, { lastTerminal: 9 })],
    without: [root, first],
  },
  {
    alert: { kind: 'commit-contradiction', ...of(2) },
    records: [root, debit(root, { status: 'unsuccessful' }), second],
    without: [root, debit(root, { status: 'unverified' }), second],
  },
  {
    alert: { kind: 'invalid-time', ...of(2) },
    records: [root, debit(root, { time: 100 })],
    without: [root, debit(root, { time: 101 })],
  },
  {
    alert: { kind: 'future-time', ...of(1) },
    records: [opening({ time: 1021 })],
    without: [opening({ time: 1020 })],
  },
  {
    alert: { kind: 'terminal-time-order', terminal: 2, serial: 3 },
    records: [root, first, observation(first, { serial: 3, time: 200, lastTime: 100, lastTerminal: 1, balance: 100 })],
    without: [root, first, observation(first, { serial: 3, time: 201 })],
  },
  {
    alert: { kind: 'invalid-amount', ...of(2) },
    records: [root, debit(root, { amount: -101 })],
    without: [root, debit(root, { amount: -100 })],
  },
  ...(['refill', 'debit', 'purchase', 'validation'] as const).map((type, n) => ({
    alert: { kind: 'invalid-amount', ...of(3) },
    records: [root, bought, debit(bought, { ...used(type), amount: [0, 1, 1, -1][n] })],
    without: [root, bought, debit(bought, { ...used(type), amount: [1, 0, 0, 0][n] })],
  })),
  {
    alert: { kind: 'validation-without-purchase', ...of(3) },
    records: [root, validation(root, { terminal: 3, time: 299 })],
    without: [root, validation(root, { terminal: 3, time: 300 })],
    changed: due,
  },
  {
    alert: { kind: 'invalid-validation', ...of(3) },
    records: [root, bought, validation(bought, { terminal: 3, time: 249 })],
    without: [root, bought, validation(bought, { terminal: 3, time: 250 })],
  },
  {
    alert: { kind: 'invalid-validation', ...of(3) },
    records: [root, bought, validation(bought, { terminal: 3, time: 400 })],
    without: [root, bought, validation(bought, { terminal: 3, time: 399 })],
  },
  {
    alert: { kind: 'invalid-validation', ...of(3, 2) },
    records: usedTwice(1),
    without: usedTwice(2),
  },
  {
    alert: { kind: 'duplicate-product', ...of(3) },
    records: [root, bought, purchase(bought, {}, { terminal: 3 })],
    without: [root, bought, purchase(bought, { id: 'q' }, { terminal: 3 })],
  },
  {
    alert: { kind: 'unknown-medium', medium: 'M' },
    records: [debit(root, { time: 299 }), observation(root, { terminal: 3, time: 900 })],
    without: [debit(root, { time: 300 }), observation(root, { terminal: 3, time: 900 })],
    changed: due,
  },
  {
    alert: { kind: 'duplicate-open', medium: 'M' },
    records: [root, opening({ serial: 2, time: 110 })],
    without: [root, opening({ serial: 2, time: 110, medium: 'N' })],
  },
  {
    alert: { kind: 'terminal-serial-gap', terminal: 2, from: 2, to: 4 },
    records: [root, first, debit(first, { serial: 5, time: 299 })],
    without: [root, first, debit(first, { serial: 5, time: 300 })],
    changed: due,
  },
  {
    alert: { kind: 'terminal-serial-gap', terminal: 2, from: 1, to: 1 },
    records: [root, debit(root, { serial: 2 })],
    without: [root, first],
    changed: due,
  },
  {
    alert: { kind: 'conflicting-record', terminal: 1, serial: 1 },
    records: [root, opening({ time: 101 })],
    without: [root, opening()],
  },
];

function used(type: string): object {
  const product = type === 'purchase' ? { product: { id: 'q', code: 'DAY' } } : {};
  return { type, terminal: 3, ...product, ...(type === 'validation' && { productId: 'p' }) };
}

function usedTwice(maxUses: number): OracleRecord[] {
  const product = purchase(root, { maxUses });
  const use = validation(product, { terminal: 3 });
  return [root, product, use, validation(use, { terminal: 3, serial: 2 })];
}

describe('an alert stands as long as its condition, and no longer', () => {
  test.each(CASES.map((one) => [`${one.alert.kind} ${JSON.stringify(one.alert)}`, one] as const))('%s', (_, one) => {
    const ofKind = (records: readonly OracleRecord[]) =>
      alertsOf(records, one.changed).filter((alert) => alert.kind === one.alert.kind);
    expect(ofKind(one.records)).toEqual([one.alert]);
    expect(ofKind(one.without)).toEqual([]);
  });

  test('an overdue transaction that two records miss is one alert', () => {
    const missed = { lastTime: 150, lastTerminal: 9, time: 200 };
    const alerts = alertsOf([root, debit(root, missed), debit(root, { ...missed, terminal: 3 })], { maxDelay: 0 });
    expect(alerts.filter(({ kind }) => kind === 'missing-transaction').length).toBe(1);
  });
});

test('a report compares in whatever order its alerts were written', () => {
  const report = alertsOf([debit(root, { serial: 2, balance: -1 })], { maxDelay: 0 });
  expect(report.length).toBeGreaterThan(2);
  expect(canonicalReport({ alerts: report.toReversed() })).toEqual(canonicalReport({ alerts: report }));
  expect(alertKey({ kind: 'a', medium: 'M' })).toBe(alertKey({ medium: 'M', kind: 'a' }));
});
