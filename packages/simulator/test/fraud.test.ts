import { describe, expect, test } from 'vitest';
import { FRAUD_KNOBS, type Frauds } from '../src/index.ts';
import { alertsOf, falseAlarmsOf, livedWithCentre } from './kept-centre.ts';
import { HOUR, lived, reportOf } from './lived.ts';

const city = { seed: 5, days: 8, media: 40, terminals: 12 } as const;

test('without frauds the same city has no alert', async () => {
  const { city: honest, received } = await lived(city);
  expect(honest.truth().frauds).toEqual([]);
  expect(reportOf(received, honest.truth().asOf + 1000 * HOUR).alerts).toEqual([]);
});

test('a medium carried by two people is a cloned-medium', async () => {
  const { city: with2, received } = await lived({ ...city, frauds: { clones: 2 } });
  const media = with2.truth().frauds.map((fraud) => fraud.kind === 'clone' && fraud.medium);
  const found = reportOf(received, with2.truth().asOf).alerts.filter(({ kind }) => kind === 'cloned-medium');
  expect(found.map((alert) => 'medium' in alert && alert.medium).sort()).toEqual([...media].sort());
  expect(media).toHaveLength(2);
});

test('a balance raised behind the back of the terminals is a balance-mismatch of that amount', async () => {
  const { city: forged, received } = await lived({ ...city, frauds: { forged: 2 } });
  const { frauds } = forged.truth();
  const alerts = reportOf(received, forged.truth().asOf).alerts;
  expect(frauds).toHaveLength(2);
  for (const fraud of frauds) {
    if (fraud.kind !== 'forged-balance') throw new Error(`${fraud.kind} was not asked for`);
    const { medium, amount } = fraud;
    expect(alerts).toContainEqual(expect.objectContaining({ kind: 'balance-mismatch', medium, amount }));
  }
  expect(forged.violations()).toEqual([]);
});

test('a terminal whose records never arrive is named by missing-transaction, when its records are late', async () => {
  const { city: silent, received } = await lived({ ...city, frauds: { silent: 1 } });
  const { alerts } = reportOf(received, silent.truth().asOf + 1000 * HOUR);
  expect(silent.truth().frauds).toMatchObject([{ kind: 'silent-terminal', terminal: 12 }]);
  expect(alerts.length).toBeGreaterThan(10);
  expect(new Set(alerts.map(({ kind }) => kind))).toEqual(new Set(['missing-transaction']));
  expect(new Set(alerts.map((alert) => 'terminal' in alert && alert.terminal))).toEqual(new Set([12]));
});

test('a terminal that lost its journal goes on under a new number, and what was lost is missing', async () => {
  const { city: lost, received } = await lived({ ...city, frauds: { lostJournals: 4 }, faults: { offlineShare: 0.5 } });
  const { frauds, asOf } = lost.truth();
  expect(frauds).toHaveLength(4);
  const { alerts } = reportOf(received, asOf + 1000 * HOUR);
  const losers = frauds.map((fraud) => fraud.kind === 'lost-journal' && fraud.terminal);
  const missing = alerts.map((alert) => 'terminal' in alert && alert.terminal);
  expect(missing.length).toBeGreaterThan(0);
  for (const terminal of missing) expect(losers).toContain(terminal);
  expect(received.some(({ terminal }) => terminal > city.terminals)).toBe(true);
});

describe.each<[keyof Frauds, string | null]>([
  ['clones', 'cloned-medium'],
  ['forged', 'balance-mismatch'],
  ['rolledBack', 'cloned-medium'],
  ['silent', 'missing-transaction'],
  ['lostJournals', 'missing-transaction'],
  ['stolen', 'missing-transaction'],
  ['restored', 'conflicting-record'],
  ['forgedBatches', 'cloned-medium'],
  ['editedRows', null],
])('%s', (name, alarm) => {
  const faults = { tornShare: 0.02, offlineShare: 0.3 };

  test('is counted, told and found', async () => {
    const lived = await livedWithCentre({ ...city, terminals: 20, faults, frauds: { [name]: 2 } });
    expect(lived.city.counts[name]).toBe(2);
    expect(lived.city.truth().frauds).toHaveLength(2);
    expect(lived.city.truth().grants.map(({ because }) => because)).toEqual([name, name]);
    expect(new Set(alertsOf(lived).map(({ kind }) => kind)).has(alarm ?? '')).toBe(alarm !== null);
    expect(falseAlarmsOf(lived)).toEqual([]);
    expect([lived.city.violations(), lived.unkept]).toEqual([[], []]);
  });

  test('raises nothing that is not granted for it, 12 seeds', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const lived = await livedWithCentre({ seed, days: 5, media: 10, terminals: 9, faults, frauds: { [name]: 1 } });
      expect([seed, falseAlarmsOf(lived), lived.city.violations()]).toEqual([seed, [], []]);
    }
  });
});

test('every fraud has a row of the table, and says in words what it is', () => {
  expect(FRAUD_KNOBS.map(({ name }) => name)).toHaveLength(9);
  for (const { meaning, max, mixMax } of FRAUD_KNOBS) {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(mixMax).toBeLessThanOrEqual(max);
  }
});
