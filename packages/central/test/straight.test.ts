/** Who goes straight: whatever the account row cannot prove to be the plain next record takes the careful path. */
import { amountOf } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { type AccountRow, newAccount } from '../src/reconcile/account.ts';
import type { Fact } from '../src/reconcile/fact.ts';
import { areStraight } from '../src/reconcile/straight.ts';

const DEBIT: Fact = {
  mediumId: 1,
  terminal: 3,
  serial: 8,
  type: 'debit',
  status: 'successful',
  time: 300,
  lastTime: 200,
  lastTerminal: 2,
  amount: amountOf(-10),
  balance: amountOf(80),
  mediumSerial: 2,
  productId: null,
  bought: null,
  hasLog: false,
  effective: true,
  logged: false,
  logRefuted: false,
  resolved: null,
};
const OPEN: Fact = {
  ...DEBIT,
  type: 'open',
  time: 100,
  lastTime: undefined,
  lastTerminal: undefined,
  mediumSerial: undefined,
};

/** Opened at 100, debited at 200 by terminal 2. */
const ACCOUNT: AccountRow = {
  ...newAccount(1),
  firstTime: 100,
  maxTime: 200,
  maxLastTime: 100,
  maxMediumSerial: 1,
  records: 2,
  opens: 1,
  root: { time: 100, terminal: 1, serial: 1 },
  tip: { time: 200, terminal: 2, serial: 1, balance: 90, mediumSerial: 1 },
  tipAlone: true,
};

describe('a record goes straight', () => {
  test.each<readonly [string, Partial<Fact>, Partial<AccountRow>]>([
    ['that follows the tip', {}, {}],
    ['without a commit counter', { mediumSerial: undefined }, {}],
    ['with a log, where nothing was ever in doubt', { hasLog: true }, {}],
    ['that only reads', { type: 'observation', status: null, mediumSerial: 1 }, {}],
    ['right after an observation of the tip', {}, { maxLastTime: 200, maxTime: 250 }],
    ['after a doubt that is settled', {}, { doubtLastTime: 100 }],
    ['a millisecond after the latest', { time: 201 }, {}],
  ])('%s', (_, fact, account) => {
    expect(areStraight({ ...ACCOUNT, ...account }, [{ ...DEBIT, ...fact }])).toBe(true);
  });

  test('that opens a medium of which nothing is known', () => {
    expect(areStraight(undefined, [OPEN])).toBe(true);
    expect(areStraight(ACCOUNT, [OPEN])).toBe(false);
  });
});

describe('a record is decided carefully', () => {
  test.each<readonly [string, Partial<Fact>, Partial<AccountRow>]>([
    ['without a node before it', {}, { tip: null }],
    ['where something else is of the time of the tip', {}, { tipAlone: false }],
    ['that read another time', { lastTime: 150 }, {}],
    ['that read another terminal', { lastTerminal: 9 }, {}],
    ['of the time of the latest', { time: 250 }, { maxTime: 250 }],
    ['for which another one waits', {}, { maxLastTime: 201, maxTime: 250 }],
    ['that may settle a doubt of the tip', {}, { doubtLastTime: 200 }],
    ['with a log, where something was once in doubt', { hasLog: true }, { doubtLastTime: 50 }],
    ['that is torn', { status: 'unverified' }, {}],
    ['that was declined', { status: 'unsuccessful' }, {}],
    ['with the commit counter of another', { mediumSerial: 1 }, {}],
  ])('%s', (_, fact, account) => {
    expect(areStraight({ ...ACCOUNT, ...account }, [{ ...DEBIT, ...fact }])).toBe(false);
  });
});

describe('several records of a medium', () => {
  const second: Fact = { ...DEBIT, serial: 9, time: 400, lastTime: 300, lastTerminal: 3, mediumSerial: 3 };
  const reads: Fact = {
    ...DEBIT,
    serial: 9,
    type: 'observation',
    status: null,
    time: 350,
    lastTime: 300,
    lastTerminal: 3,
  };

  test('go straight where each follows the one before', () => {
    expect(areStraight(ACCOUNT, [DEBIT, second])).toBe(true);
    expect(areStraight(ACCOUNT, [DEBIT, reads, { ...second, serial: 10 }])).toBe(true);
    expect(areStraight(undefined, [OPEN, { ...DEBIT, lastTime: 100, lastTerminal: 3 }])).toBe(true);
  });

  test('do not where one of them does not, and the account stays as it was', () => {
    const before = structuredClone(ACCOUNT);
    expect(areStraight(ACCOUNT, [DEBIT, { ...second, lastTime: 200 }])).toBe(false);
    expect(areStraight(ACCOUNT, [DEBIT, { ...second, mediumSerial: 2 }])).toBe(false);
    expect(areStraight(ACCOUNT, [{ ...DEBIT, status: 'unverified' }, second])).toBe(false);
    expect(ACCOUNT).toEqual(before);
  });
});
