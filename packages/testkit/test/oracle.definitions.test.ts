import { describe, expect, test } from 'vitest';
import { history, type OracleRecord, oracle } from '../src/index.ts';
import { debit, observation, opening, purchase, validation } from './chain-words.ts';

const configuration = { asOf: 1000, maxDelay: 100_000, clockTolerance: 20, minimumBalance: 0 };
const reportOf = (...records: OracleRecord[]) => oracle(records, configuration);
const statusesOf = (...records: OracleRecord[]): string[] =>
  reportOf(...records).transactions.map(({ status }) => status);
const rowsOf = (...records: OracleRecord[]) => reportOf(...records).accounts[0]?.synchronization;

const root = opening();

describe('predecessor', () => {
  const twins = [debit(root, { serial: 2, balance: 80 }), debit(root, { serial: 1 })] as const;

  test('of two records with the time and terminal read, the smaller serial', () => {
    expect(rowsOf(root, ...twins, debit(twins[1], { terminal: 3 }))).toContainEqual({
      time: 200,
      amount: 10,
      kind: 'fork',
    });
  });

  test('a record of the terminal read comes before a successful one of another', () => {
    const read = debit(root, { terminal: 5, status: 'unverified' });
    const other = debit(root, { terminal: 2 });
    expect(statusesOf(root, other, read, debit(read, { terminal: 6 }))).toEqual([
      'successful',
      'successful',
      'successful',
    ]);
  });

  test('of another terminal than the one read, only the root or one reported successful', () => {
    const doubtful = debit(root, { status: 'unverified' });
    const follows = debit(doubtful, { terminal: 3, lastTerminal: 9 });
    expect(rowsOf(root, doubtful, follows)).toEqual([{ time: 200, amount: -10, kind: 'gap' }]);
    expect(rowsOf(root, debit(root), follows)).toEqual([]);
    expect(rowsOf(root, debit(root, { lastTerminal: 9 }))).toEqual([]);
  });

  test('is never the record itself', () => {
    expect(rowsOf(debit(root, { lastTime: 200, lastTerminal: 2 }))).toEqual([{ time: 200, amount: 100, kind: 'gap' }]);
  });
});

describe('resolved status of a tap reported unverified', () => {
  const doubtful = debit(root, { serial: 5, status: 'unverified' });
  const later = { terminal: 3, time: 900 };

  test('nothing more known: in doubt', () => expect(statusesOf(root, doubtful)).toEqual(['unverified']));

  test.each([
    ['somebody read its commit', observation(doubtful, { terminal: 3 }), 'successful'],
    ['a failed tap read its commit', debit(doubtful, { terminal: 3, status: 'unsuccessful' }), 'successful'],
    ['a log names it', debit(root, { ...later, lastTime: 850, log: [{ time: 200, terminal: 2 }] }), 'successful'],
    ['another commit follows the same one', debit(root, { terminal: 3, time: 150 }), 'unsuccessful'],
    ['its terminal saw the medium unchanged', observation(root, { serial: 6, time: 201 }), 'unsuccessful'],
    ['its terminal saw it unchanged, but earlier', observation(root, { serial: 4, time: 190 }), 'unverified'],
    ['the medium unchanged after the tolerance', observation(root, { terminal: 3, time: 220 }), 'unsuccessful'],
    ['the medium unchanged within the tolerance', observation(root, { terminal: 3, time: 219 }), 'unverified'],
    [
      'a log passes it over',
      debit(root, { ...later, lastTime: 850, log: [{ time: 199, terminal: 9 }] }),
      'unsuccessful',
    ],
    [
      'a log begins after it',
      debit(root, { ...later, lastTime: 850, log: [{ time: 200, terminal: 9 }] }),
      'unverified',
    ],
    [
      'a log read no later',
      debit(root, { ...later, lastTime: 200, lastTerminal: 9, log: [{ time: 199, terminal: 9 }] }),
      'unverified',
    ],
  ])('%s', (_, evidence, expected) => expect(statusesOf(root, doubtful, evidence)[0]).toBe(expected));

  test('one reported unsuccessful is successful once its commit was read', () => {
    const failed = debit(root, { status: 'unsuccessful' });
    expect(statusesOf(root, failed)).toEqual(['unsuccessful']);
    expect(statusesOf(root, failed, observation(failed, { terminal: 3 }))).toEqual(['successful']);
  });
});

describe('account copy and synchronization set', () => {
  test('of several openings the earliest counts', () => {
    const account = reportOf(opening({ serial: 2, time: 90, amount: 5, balance: 5 }), root).accounts[0];
    expect(account).toMatchObject({ opened: true, balance: 5, lastTime: 90, lastTerminal: 1, synchronization: [] });
  });

  test('an opening that does not come first is a gap at its own time', () => {
    expect(rowsOf(debit(root, { time: 50, lastTime: 40 }), root)).toEqual([
      { time: 40, amount: 100, kind: 'gap' },
      { time: 100, amount: -90, kind: 'gap' },
    ]);
  });

  test('a medium only looked at has an account without a node', () => {
    expect(reportOf(observation(root)).accounts).toEqual([
      {
        medium: 'M',
        opened: false,
        balance: 0,
        lastTime: null,
        lastTerminal: null,
        synchronization: [],
        products: [],
        pendingValidations: [],
      },
    ]);
  });

  test('a fork is a row even where no credit moved', () => {
    const [first, second] = [debit(root, { amount: 0 }), debit(root, { terminal: 3, time: 250, amount: 0 })];
    expect(rowsOf(root, first, second)).toEqual([{ time: 100, amount: 0, kind: 'fork' }]);
  });

  test('at every moment W′ = opening balance + Σ amount of effective transactions + Σ D', () => {
    for (let seed = 0; seed < 300; seed++) {
      const { name, records, asOf, configuration } = history(seed);
      const { accounts, transactions } = oracle(records, { asOf, ...configuration });
      const standing = new Map([...records].reverse().map((record) => [`${record.terminal}-${record.serial}`, record]));
      for (const account of accounts) {
        const opens = [...standing.values()].filter(
          (record) => record.type === 'open' && record.medium === account.medium,
        );
        const openedWith =
          opens.sort((a, b) => a.time - b.time || a.terminal - b.terminal || a.serial - b.serial)[0]?.balance ?? 0;
        const effective = transactions.filter(
          ({ medium, status }) => medium === account.medium && status === 'successful',
        );
        const amounts = effective.map(({ terminal, serial }) => {
          const record = standing.get(`${terminal}-${serial}`);
          return record === undefined || record.type === 'observation' ? Number.NaN : record.amount;
        });
        const moved = account.synchronization.map(({ amount }) => amount);
        const explained = [openedWith, ...amounts, ...moved].reduce((sum: number, amount) => sum + amount, 0);
        expect([name, account.medium, account.balance]).toEqual([name, account.medium, explained]);
      }
    }
  });
});

describe('products', () => {
  test('uses count valid and invalid validations of the earliest purchase; a validation before it is pending', () => {
    const bought = purchase(root, { maxUses: 1 });
    const again = purchase(bought, {}, { terminal: 3 });
    const early = validation(root, { terminal: 4, time: 199 });
    const used = validation(again, { terminal: 5 });
    const [account] = reportOf(root, bought, again, early, used, validation(used, { terminal: 6 })).accounts;
    expect(account?.products).toEqual([{ id: 'p', uses: 2 }]);
    expect(account?.pendingValidations).toEqual([{ terminal: 4, serial: 1, productId: 'p' }]);
  });

  test('a purchase that did not commit gives no product', () => {
    const failed = purchase(root, {}, { status: 'unsuccessful' });
    expect(reportOf(root, failed).accounts[0]?.products).toEqual([]);
  });
});

describe('records that arrive again', () => {
  test('equal values in another order of keys are a duplicate, other values a conflict, and the first stands', () => {
    const first = purchase(root, { maxUses: 2 });
    const reordered = Object.fromEntries(Object.entries(first).reverse()) as unknown as OracleRecord;
    expect(reportOf(root, first, reordered).alerts).toEqual([]);
    const other = debit(root, { medium: 'N', amount: -99, balance: 1 });
    const report = reportOf(root, first, other, other);
    expect(report.alerts).toEqual([{ kind: 'conflicting-record', terminal: 2, serial: 1 }]);
    expect(report.accounts.map(({ medium, balance }) => [medium, balance])).toEqual([['M', 90]]);
  });
});
