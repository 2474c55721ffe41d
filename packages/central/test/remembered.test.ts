/** What a process remembers is used only where the database says that nobody has changed it since. */
import { amountOf, type JournalRecord } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { newAccount } from '../src/reconcile/account.ts';
import { type RecordedRow, Remembered } from '../src/remembered.ts';

const EPOCH = 3;

function row(receipt: number, mediumId: number, serial: number): RecordedRow {
  const amount = amountOf(5);
  const record: JournalRecord = {
    ...{ terminal: 1, serial, type: 'open', medium: `M${mediumId}`, time: serial },
    ...{ amount, balance: amount, status: 'successful' },
  };
  return { receipt, mediumId, record };
}

const recorded = (rows: readonly RecordedRow[], epoch = EPOCH) => ({ epoch, rows, media: new Map([['M', 7]]) });
const claim = (cursors: Record<number, number>, target: number, { epoch = EPOCH, rounds = 0 } = {}) => {
  const partitions = Object.entries(cursors).map(([id, reconciled]) => ({
    ...{ id: Number(id), reconciled, rounds, indexed: reconciled },
  }));
  return { epoch, partitions, from: Math.min(...Object.values(cursors)), target };
};
const serialsOf = ({ facts }: { facts: readonly { serial: number }[] }) => facts.map(({ serial }) => serial).sort();

describe('records', () => {
  test('wait for whoever claims their partition, after its cursor and up to the target', () => {
    const remembered = new Remembered();
    remembered.keepRecorded(recorded([row(1, 64, 1), row(2, 65, 2), row(2, 128, 3), row(3, 64, 4)]), [1, 2, 3]);
    expect(serialsOf(remembered.waiting(claim({ 0: 0 }, 2)))).toEqual([1, 3]);
    expect(serialsOf(remembered.waiting(claim({ 0: 1, 1: 0 }, 3)))).toEqual([2, 3, 4]);
    expect(remembered.waiting(claim({ 0: 1, 1: 0 }, 3)).missing).toEqual([]);
  });

  test('of receipts that others received are read', () => {
    const remembered = new Remembered();
    remembered.keepRecorded(recorded([row(2, 64, 1)]), [2]);
    expect(remembered.waiting(claim({ 0: 0 }, 3)).missing).toEqual([1, 3]);
  });

  test('of a receipt without any are none, and need not be read', () => {
    const remembered = new Remembered();
    remembered.keepRecorded(recorded([]), [1]);
    expect(remembered.waiting(claim({ 0: 0 }, 1))).toEqual({ facts: [], missing: [] });
  });

  test('are gone with the round that decided them, others are not', () => {
    const remembered = new Remembered();
    remembered.keepRecorded(recorded([row(1, 64, 1), row(1, 65, 2)]), [1]);
    remembered.keepRound(claim({ 0: 0 }, 1), []);
    expect(serialsOf(remembered.waiting(claim({ 1: 0 }, 1)))).toEqual([2]);
    remembered.keepRound(claim({ 1: 0 }, 1), []);
    expect(remembered.waiting(claim({ 1: 0 }, 1)).missing).toEqual([1]);
  });

  test('beyond what memory is for are read', () => {
    const remembered = new Remembered();
    const many = Array.from({ length: 100_000 }, (_, i) => row(1, 64, i + 1));
    remembered.keepRecorded(recorded(many), [1]);
    remembered.keepRecorded(recorded(many.map((each) => ({ ...each, receipt: 2 }))), [2]);
    const { facts, missing } = remembered.waiting(claim({ 0: 0 }, 2));
    expect([facts.length, missing]).toEqual([100_000, [2]]);
  });

  test('are made into facts anew each time, so that a round that failed decides nothing', () => {
    const remembered = new Remembered();
    remembered.keepRecorded(recorded([row(1, 64, 1)]), [1]);
    const [first] = remembered.waiting(claim({ 0: 0 }, 1)).facts;
    Object.assign(first ?? {}, { effective: true });
    expect(remembered.waiting(claim({ 0: 0 }, 1)).facts[0]?.effective).toBe(false);
  });
});

describe('accounts', () => {
  const ask = (remembered: Remembered, of: ReturnType<typeof claim>, media: readonly number[]) => {
    const found: number[] = [];
    return { others: remembered.accounts(of, media, ({ mediumId }) => found.push(mediumId)), found };
  };

  test('are those of the last round, while no other round is counted', () => {
    const remembered = new Remembered();
    remembered.media(EPOCH);
    remembered.keepRound(claim({ 0: 0 }, 1, { rounds: 4 }), [newAccount(64)]);
    expect(ask(remembered, claim({ 0: 1 }, 2, { rounds: 5 }), [64, 128])).toEqual({ others: [128], found: [64] });
    expect(ask(remembered, claim({ 0: 1 }, 2, { rounds: 6 }), [64])).toEqual({ others: [64], found: [] });
  });

  test('are handed out once: of a round that failed they are read', () => {
    const remembered = new Remembered();
    remembered.media(EPOCH);
    remembered.keepRound(claim({ 0: 0 }, 1), [newAccount(64)]);
    const next = claim({ 0: 1 }, 2, { rounds: 1 });
    expect(ask(remembered, next, [64])).toEqual({ others: [], found: [64] });
    expect(ask(remembered, next, [64])).toEqual({ others: [64], found: [] });
  });

  test('are not those of before a process that counts no rounds', () => {
    const remembered = new Remembered();
    remembered.media(EPOCH);
    remembered.keepRound(claim({ 0: 0 }, 1, { rounds: 4 }), [newAccount(64)]);
    expect(ask(remembered, claim({ 0: 3 }, 4, { rounds: 5 }), [64])).toEqual({ others: [64], found: [] });
  });

  test('of before another process had the partition do not come back with a later round', () => {
    const remembered = new Remembered();
    remembered.media(EPOCH);
    remembered.keepRound(claim({ 0: 0 }, 1, { rounds: 4 }), [newAccount(64)]);
    remembered.keepRound(claim({ 0: 2 }, 3, { rounds: 6 }), [newAccount(128)]);
    expect(ask(remembered, claim({ 0: 3 }, 4, { rounds: 7 }), [64, 128])).toEqual({ others: [64], found: [128] });
  });
});

test('a rebuild is another epoch: nothing from before it is known', () => {
  const remembered = new Remembered();
  remembered.keepRecorded(recorded([row(1, 64, 1)]), [1]);
  expect(remembered.media(EPOCH).get('M')).toBe(7);
  expect(remembered.media(EPOCH + 1).get('M')).toBeUndefined();
  expect(remembered.waiting(claim({ 0: 0 }, 1, { epoch: EPOCH + 1 })).missing).toEqual([1]);
});

test('what is forgotten is read again', () => {
  const remembered = new Remembered();
  remembered.keepRecorded(recorded([row(1, 64, 1)]), [1]);
  remembered.keepRound(claim({ 1: 0 }, 1), [newAccount(65)]);
  remembered.forget();
  expect(remembered.waiting(claim({ 0: 0 }, 1)).missing).toEqual([1]);
  expect(remembered.accounts(claim({ 1: 1 }, 1, { rounds: 1 }), [65], () => expect.fail('remembered'))).toEqual([65]);
});
