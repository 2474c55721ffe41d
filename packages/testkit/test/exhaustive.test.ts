import { describe, expect, test } from 'vitest';
import { type ExhaustiveCase, exhaustiveAsOf, exhaustiveCases, exhaustiveCount, oracle } from '../src/index.ts';

const TAPS = 3;
const asOf = exhaustiveAsOf(TAPS);
const configuration = { asOf, maxDelay: 259_200_000, clockTolerance: 120_000, minimumBalance: 0 };

const cases = [...exhaustiveCases(TAPS)];
const reportOf = ({ records }: ExhaustiveCase) => oracle(records, configuration);
const historyOf = ({ truth }: ExhaustiveCase): string => JSON.stringify([truth.outcomes, truth.clonedAfter]);

describe('every history of one medium with three taps', () => {
  test('there are 6,144 cases, and 153,600 with four taps', () => {
    expect(cases.length).toBe(6144);
    expect([exhaustiveCount(3), exhaustiveCount(4)]).toEqual([6144, 153_600]);
    expect(new Set(cases.map(historyOf)).size).toBe(4 ** 3 * 4);
  });

  test('no medium and no identity belongs to two cases', () => {
    expect(new Set(cases.map((drawn) => drawn.medium)).size).toBe(6144);
    const identities = cases.flatMap(({ records }) => records.map(({ terminal, serial }) => `${terminal}-${serial}`));
    expect(new Set(identities).size).toBe(6144 * 4);
  });

  test('every order of arrival of a history gives the same account', () => {
    const accounts = new Map<string, Set<string>>();
    for (const drawn of cases) {
      const { transactions, accounts: read, alerts } = reportOf(drawn);
      const { lastTerminal: _, medium: __, ...account } = read[0] ?? {};
      const meaning = JSON.stringify([
        account,
        transactions.map(({ status }) => status),
        alerts.map(({ kind }) => kind),
      ]);
      accounts.set(historyOf(drawn), (accounts.get(historyOf(drawn)) ?? new Set()).add(meaning));
    }
    expect([...accounts.values()].every((meanings) => meanings.size === 1)).toBe(true);
  });

  const firstOf = new Map(cases.map((drawn) => [historyOf(drawn), drawn]));
  const honest = [...firstOf.values()].filter(({ truth }) => truth.clonedAfter === null);
  const cloned = [...firstOf.values()].filter(({ truth }) => truth.clonedAfter !== null);

  test('of an honest medium the centre believes nothing that is not true, and alerts nobody', () => {
    for (const drawn of honest) {
      const { transactions, alerts, accounts } = reportOf(drawn);
      expect({ name: drawn.name, alerts }).toEqual({ name: drawn.name, alerts: [] });
      expect(accounts[0]?.synchronization).toEqual([]);
      const taps = drawn.records.filter((record) => record.type !== 'open').sort((a, b) => a.time - b.time);
      for (const [tap, { terminal, serial }] of taps.entries()) {
        const resolved = transactions.find((one) => one.terminal === terminal && one.serial === serial)?.status;
        const allowed = drawn.truth.committed[tap] ? ['successful', 'unverified'] : ['unsuccessful', 'unverified'];
        expect(allowed, drawn.name).toContain(resolved);
      }
      const inDoubt = transactions.some(({ status }) => status === 'unverified');
      if (!inDoubt) expect([drawn.name, accounts[0]?.balance]).toEqual([drawn.name, drawn.truth.balance]);
    }
  });

  test('a tap in doubt is the last thing known of the medium, or too near to it', () => {
    const doubtful = honest.filter((drawn) =>
      reportOf(drawn).transactions.some(({ status }) => status === 'unverified'),
    );
    // Nothing is in doubt for ever: a success at the last tap settles all before it.
    expect(doubtful.length).toBeGreaterThan(0);
    for (const { truth } of doubtful) expect(truth.outcomes.at(-1)).not.toBe('successful');
  });

  test('a clone is found as soon as medium and copy are both known to have paid after the copying', () => {
    let paidByBoth = 0;
    for (const drawn of cloned) {
      const { alerts, transactions } = reportOf(drawn);
      const isFound = alerts.some(({ kind }) => kind === 'cloned-medium');
      const { outcomes, clonedAfter } = drawn.truth;
      const after = outcomes.slice(clonedAfter ?? 0);
      const bothPaid = [0, 1].every((which) => after.some((outcome, n) => n % 2 === which && outcome === 'successful'));
      if (bothPaid) expect([drawn.name, isFound]).toEqual([drawn.name, true]);
      if (isFound) expect(transactions.filter(({ status }) => status === 'successful').length).toBeGreaterThan(1);
      paidByBoth += bothPaid ? 1 : 0;
    }
    // Copied before any tap: the copy's one tap pays, and one of the medium's two or both (4² − 3² = 7); after one: both (4).
    expect(paidByBoth).toBe(11);
  });

  test('each way to refute a tap in doubt decides somewhere alone', () => {
    const outcomesOf = (...said: string[]) => honest.find(({ truth }) => truth.outcomes.join() === said.join());
    const statusOf = (tap: number, ...said: string[]) => {
      const drawn = outcomesOf(...said) as ExhaustiveCase;
      const told = drawn.records.filter((record) => record.type !== 'open').sort((a, b) => a.time - b.time)[tap - 1];
      return reportOf(drawn).transactions.find((one) => one.terminal === told?.terminal && one.serial === told.serial)
        ?.status;
    };
    const [torn, failed] = ['unverified, not committed', 'unsuccessful'];
    expect(statusOf(2, failed, torn, failed)).toBe('unsuccessful'); // a re-tap on its terminal
    expect(statusOf(1, torn, failed, failed)).toBe('unsuccessful'); // the tolerance
    expect(statusOf(1, torn, 'successful', failed)).toBe('unsuccessful'); // another commit
    expect(statusOf(3, failed, failed, torn)).toBe('unverified');
  });

  test('four taps start with the same medium state, under terminals of their own', () => {
    const [first] = exhaustiveCases(4, { firstTerminal: 1_000_000 });
    expect(first?.records.map(({ terminal }) => terminal)).toEqual([
      1_000_000, 1_000_001, 1_000_002, 1_000_002, 1_000_003,
    ]);
    expect(first?.truth).toMatchObject({ balance: 985, clonedAfter: null, copyBalance: null });
  });
});
