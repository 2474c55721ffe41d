import { amountOf, type JournalRecord } from '@retap/model';
import { expect, test } from 'vitest';
import { purposeOf } from '../src/parts/purpose-of.ts';
import { PURPOSE_WORDS } from '../src/parts/purpose-words.ts';

const debit = (said: object): JournalRecord => ({
  ...{ type: 'debit', terminal: 1_000_000_001, serial: 2, medium: 'P1000000001', time: 2, lastTime: 1 },
  ...{ lastTerminal: 1_000_000_001, amount: amountOf(-1), balance: amountOf(0), status: 'successful', ...said },
});

test.each([
  ['a payment by its request', { reason: 'payment-17', counterparty: 'P1000000002' }, 'payment'],
  ['a counterparty and no reason', { counterparty: 'P1000000002' }, 'payment'],
  ['a receipt', { reason: 'received' }, 'received'],
  ['a cash-out', { reason: 'cash-out', counterparty: 'centre' }, 'cashOut'],
  ['a top-up', { reason: 'top-up' }, 'topUp'],
  ['a payment that was had back', { reason: 'reclaim' }, 'reclaim'],
  ['the balance of a lost phone', { reason: 'moved' }, 'moved'],
  ['a reason of somebody else', { reason: 'toString' }, { reason: 'toString' }],
  ['an ordinary tap', {}, null],
])('%s', (_name, said, purpose) => {
  expect(purposeOf(debit(said))).toEqual(purpose);
  if (typeof purpose === 'string') expect(Object.keys(PURPOSE_WORDS.sl)).toContain(purpose);
});
