import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryHistory, type History, history, NO_FAULTS, oracle, relocated } from '../src/index.ts';
import { expectWellFormed } from './well-formed.ts';

const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);
const reportOf = ({ records, asOf, configuration }: History) => oracle(records, { asOf, ...configuration });

const ALL_ALERTS = [
  'balance-mismatch',
  'cloned-medium',
  'commit-contradiction',
  'conflicting-record',
  'duplicate-open',
  'duplicate-product',
  'future-time',
  'invalid-amount',
  'invalid-time',
  'invalid-validation',
  'medium-serial-mismatch',
  'missing-transaction',
  'stale-medium',
  'terminal-chain-mismatch',
  'terminal-serial-gap',
  'terminal-time-order',
  'unknown-medium',
  'validation-without-purchase',
];

describe('random histories', () => {
  test.each(['adversarial', 'realistic'] as const)(
    '%s: the same seed gives the same history, another another',
    (mode) => {
      expect(history(5, { mode })).toEqual(history(5, { mode }));
      expect(history(5, { mode, size: 20 }).records).not.toEqual(history(6, { mode, size: 20 }).records);
    },
  );

  test.each(['adversarial', 'realistic'] as const)('%s: every record is well-formed', (mode) => {
    for (const seed of seeds(100)) for (const record of history(seed, { mode }).records) expectWellFormed(record);
  });

  test.each(['adversarial', 'realistic'] as const)('%s: all the specification speaks of comes up', (mode) => {
    const reports = seeds(mode === 'realistic' ? 600 : 300).map((seed) => reportOf(history(seed, { mode })));
    const alerts = reports.flatMap((report) => report.alerts.map((alert) => alert.kind));
    expect([...new Set(alerts)].sort()).toEqual(ALL_ALERTS);
    const rows = reports.flatMap((report) => report.accounts.flatMap((account) => account.synchronization));
    expect([...new Set(rows.map((row) => row.kind))].sort()).toEqual(['fork', 'gap', 'mismatch']);
    const statuses = reports.flatMap((report) => report.transactions.map((transaction) => transaction.status));
    expect([...new Set(statuses)].sort()).toEqual(['successful', 'unsuccessful', 'unverified']);
    const accounts = reports.flatMap((report) => report.accounts);
    expect(accounts.some((account) => account.pendingValidations.length > 0)).toBe(true);
    expect(accounts.some((account) => account.products.some((product) => product.uses > 1))).toBe(true);
  });

  test('the adversarial mode may fix the clock tolerance, as a database does', () => {
    for (const seed of seeds(20)) {
      const { configuration } = history(seed, { mode: 'adversarial', clockTolerance: 3 });
      expect(configuration.clockTolerance).toBe(3);
    }
  });

  test('in an honest city no alert of any kind appears, however its taps are torn', () => {
    let torn = 0;
    for (const seed of seeds(200)) {
      const honest = history(seed, { mode: 'realistic', size: 40, faults: NO_FAULTS });
      const { alerts, accounts } = reportOf(honest);
      expect({ name: honest.name, alerts }).toEqual({ name: honest.name, alerts: [] });
      expect(accounts.flatMap((account) => account.synchronization)).toEqual([]);
      torn += honest.records.filter((record) => record.type !== 'observation' && record.status === 'unverified').length;
    }
    expect(torn).toBeGreaterThan(500);
  });
});

describe('fast-check histories', () => {
  test('every record is well-formed', () => {
    fc.assert(
      fc.property(arbitraryHistory(), ({ records }) => {
        for (const record of records) expectWellFormed(record);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('a failure shrinks to the few records that matter', () => {
    const noClone = fc.property(
      arbitraryHistory(),
      (drawn) => !reportOf(drawn).alerts.some((alert) => alert.kind === 'cloned-medium'),
    );
    const { counterexample } = fc.check(noClone, { numRuns: 500, seed: 1 });
    const records = counterexample?.[0].records ?? [];
    expect(records.length).toBeGreaterThanOrEqual(2);
    expect(records.length).toBeLessThanOrEqual(3);
  });

  test('the clock tolerance may be fixed', () => {
    const [drawn] = fc.sample(arbitraryHistory({ clockTolerance: 2, maxRecords: 3 }), { numRuns: 1, seed: 1 });
    expect(drawn?.configuration.clockTolerance).toBe(2);
    expect(drawn?.records.length).toBeLessThanOrEqual(3);
  });
});

describe('relocated histories', () => {
  test('share no medium and no terminal with others, and mean the same', () => {
    for (const seed of seeds(50)) {
      const original = history(seed);
      const moved = relocated(original, 3);
      for (const record of moved.records) {
        expectWellFormed(record);
        expect(record.medium.startsWith('h3.')).toBe(true);
        expect(Math.floor(record.terminal / 64)).toBe(3);
      }
      const [before, after] = [reportOf(original), reportOf(moved)];
      expect(after.transactions.map((transaction) => transaction.status)).toEqual(
        before.transactions.map((transaction) => transaction.status),
      );
      expect(after.accounts.map((account) => account.synchronization)).toEqual(
        before.accounts.map((account) => account.synchronization),
      );
      expect(after.alerts.map((alert) => alert.kind)).toEqual(before.alerts.map((alert) => alert.kind));
    }
  });

  test('two in one place give the reports of both', () => {
    const options = { mode: 'realistic', size: 30 } as const;
    const [a, b] = [relocated(history(1, options), 0), relocated(history(2, options), 1)];
    const both = reportOf({ ...a, records: [...a.records, ...b.records] });
    const inB = reportOf({ ...b, asOf: a.asOf });
    expect(both.accounts).toEqual([...reportOf(a).accounts, ...inB.accounts]);
    expect(both.transactions).toEqual([...reportOf(a).transactions, ...inB.transactions]);
  });
});
