/** Invariants of single taps, of journals and of queues: each is told something by hand, once as it must be and once as it must not. */
import { amountOf, type DebitRecord, firstAccount, type MediumAccount, type OpenRecord } from '@retap/model';
import type { SealedBatch } from '@retap/terminal';
import { beforeEach, describe, expect, test } from 'vitest';
import { bounded } from '../../src/auditor/bounded.ts';
import { cloneFlagged } from '../../src/auditor/clone-flagged.ts';
import { drains } from '../../src/auditor/drains.ts';
import { editUnfound } from '../../src/auditor/frauds-found.ts';
import { moneyOnCards } from '../../src/auditor/money-conserved.ts';
import { acknowledgedAtCentre, keptUntilAcknowledged } from '../../src/auditor/no-acknowledged-record-lost.ts';
import { serialsWithoutHoles } from '../../src/auditor/serials-without-holes.ts';
import { Witness } from '../../src/auditor/witness.ts';
import type { Fraud } from '../../src/truth.ts';
import type { Carrier, Served } from '../../src/watch.ts';

const M1: Carrier = { name: 'M1', medium: { account: null } };
const COPY: Carrier = { name: 'M1', medium: { account: null } };
const opened = firstAccount('M1', amountOf(1000), 100, 1);
const open: OpenRecord = {
  terminal: 1,
  serial: 1,
  type: 'open',
  medium: 'M1',
  time: 100,
  amount: amountOf(1000),
  balance: amountOf(1000),
  status: 'successful',
};

/** T7 takes 120 of M1 at a time. */
function debit(before: MediumAccount, serial: number, time: number, terminal = 7): [MediumAccount, DebitRecord] {
  const [amount, balance] = [amountOf(-120), amountOf(before.balance - 120)];
  const mediumSerial = before.mediumSerial + 1;
  const log = [{ time, terminal, amount, balance, mediumSerial }, ...before.log];
  const { lastTime, lastTerminal } = before;
  const named = { terminal, serial, type: 'debit', medium: 'M1', time, lastTime, lastTerminal } as const;
  const after = { ...before, balance, lastTime: time, lastTerminal: terminal, mediumSerial, log };
  return [after, { ...named, amount, balance, mediumSerial, status: 'successful' }];
}

let frauds: Fraud[];
let witness: Witness;
const broken = (): string[] => witness.breaches.map(({ invariant }) => invariant);
const [afterDebit, debited] = debit(opened, 1, 200);

beforeEach(() => {
  frauds = [];
  witness = new Witness(
    () => 1000,
    () => frauds,
  );
  witness.committed(M1, null, opened);
  witness.served(M1, 1, { outcome: 'opened', record: open });
  expect(broken()).toEqual([]);
});

function arrive(...records: readonly (OpenRecord | DebitRecord)[]): void {
  for (const record of records) {
    const body = new TextEncoder().encode(JSON.stringify({ terminal: record.terminal, records: [record] }));
    witness.insight.arrived(body, new Set(), 1000);
  }
}

describe('a tap of M1 at T7, debit 120', () => {
  const unverified = { ...debited, status: 'unverified' } as const;
  const observation = { ...debited, type: 'observation' } as never;
  test.each<readonly [string, boolean, Served, readonly string[]]>([
    ['successful, card committed', true, { outcome: 'successful', record: debited }, []],
    ['unverified, card committed', true, { outcome: 'unverified', record: unverified }, []],
    ['unverified, card did not', false, { outcome: 'unverified', record: unverified }, []],
    ['refused, card did not', false, { outcome: 'refused', reason: 'journal-full' }, []],
    ['successful, card did not', false, { outcome: 'successful', record: debited }, ['tap-told-as-it-was']],
    ['unsuccessful, card committed', true, { outcome: 'unsuccessful', record: unverified }, ['tap-told-as-it-was']],
    ['completed, card committed', true, { outcome: 'completed', record: observation }, ['tap-told-as-it-was']],
    [
      'refused, card committed',
      true,
      { outcome: 'refused', reason: 'journal-full' },
      ['terminal-refuses-before-write'],
    ],
  ])('%s', (_, did, outcome, expected) => {
    if (did) witness.committed(M1, opened, afterDebit);
    witness.served(M1, 7, outcome);
    expect(broken()).toEqual(expected);
  });

  test('another amount than the card committed, or two commits of one tap', () => {
    witness.committed(M1, opened, afterDebit);
    witness.served(M1, 7, { outcome: 'successful', record: { ...debited, amount: amountOf(-121) } });
    const [afterNext, next] = debit(afterDebit, 2, 300);
    witness.committed(M1, afterDebit, afterNext);
    const [afterThird] = debit(afterNext, 3, 400);
    witness.committed(M1, afterNext, afterThird);
    witness.served(M1, 7, { outcome: 'successful', record: next });
    expect(broken()).toEqual(['tap-told-as-it-was', 'tap-told-as-it-was']);
  });

  test('under a serial that T7 has given before; a disk that was put back excuses it', () => {
    witness.committed(M1, opened, afterDebit);
    witness.served(M1, 7, { outcome: 'successful', record: debited });
    const [afterNext, next] = debit(afterDebit, 1, 300);
    witness.committed(M1, afterDebit, afterNext);
    witness.served(M1, 7, { outcome: 'successful', record: next });
    expect(broken()).toEqual(['never-minted-again']);
    frauds.push({ kind: 'restored-terminal', terminal: 7, at: 250 });
    const [afterThird, third] = debit(afterNext, 1, 400);
    witness.committed(M1, afterNext, afterThird);
    witness.served(M1, 7, { outcome: 'successful', record: third });
    expect(broken()).toEqual(['never-minted-again']);
  });

  test('not later than the commit it read, or than the record before it', () => {
    const [after, early] = debit(opened, 1, 100);
    witness.committed(M1, opened, after);
    witness.served(M1, 7, { outcome: 'successful', record: early });
    expect(broken()).toEqual(['time-monotone']);
    const [afterNext, next] = debit({ ...after, lastTime: 50 }, 2, 90);
    witness.committed(M1, after, afterNext);
    witness.served(M1, 7, { outcome: 'successful', record: next });
    expect(broken()).toEqual(['time-monotone', 'time-monotone']);
  });
});

describe('money', () => {
  const invariant = (): string[] => [...moneyOnCards(witness.insight, 1000)].map(({ says }) => says);

  test('is conserved, also where some was forged and stands apart', () => {
    witness.committed(M1, opened, afterDebit);
    const forged = { ...afterDebit, balance: amountOf(5880) };
    const [after, next] = debit(forged, 2, 300);
    witness.committed(M1, forged, after);
    witness.served(M1, 7, { outcome: 'successful', record: next });
    expect(invariant()).toEqual([]);
  });

  test('is not, where a commit took more than it says, or the terminal wrote down less', () => {
    witness.committed(M1, opened, { ...afterDebit, balance: amountOf(870) });
    expect(invariant()[0]).toContain('870 on the card, and its commits come to 880');
    witness.committed(M1, afterDebit, debit(afterDebit, 2, 300)[0]);
    witness.insight.journal(7).made.set(2, { ...debit(afterDebit, 2, 300)[1], amount: amountOf(-1) });
    expect(invariant().at(-1)).toContain('by what terminals wrote down');
  });
});

describe('a journal', () => {
  const batch = { from: 1, to: 1 } as SealedBatch;

  test('may forget what has arrived, and nothing before', () => {
    witness.served(M1, 7, { outcome: 'unverified', record: { ...debited, status: 'unverified' } });
    witness.acknowledged(7, batch);
    expect(broken()).toEqual(['no-acknowledged-record-lost']);
    arrive(open);
    witness.acknowledged(1, batch);
    expect(broken()).toEqual(['no-acknowledged-record-lost']);
    expect([...acknowledgedAtCentre(witness.insight, new Set(), 1000)]).toMatchObject([{ terminal: 7, medium: 'M1' }]);
    expect([...acknowledgedAtCentre(witness.insight, new Set([7]), 1000)]).toEqual([]);
  });

  test('arrives as it was told; where the power went with the outcome, that may be known after all', () => {
    witness.served(M1, 7, { outcome: 'unverified', record: { ...debited, status: 'unverified' } });
    arrive(debited);
    expect([...acknowledgedAtCentre(witness.insight, new Set(), 1000)]).toEqual([]);
    arrive({ ...open, balance: amountOf(999) });
    expect([...acknowledgedAtCentre(witness.insight, new Set(), 1000)]).toMatchObject([{ terminal: 1 }]);
  });

  test('holds what is not acknowledged', () => {
    const kept = (count: number) => [
      ...keptUntilAcknowledged(witness.insight, [{ terminal: 1, count }], new Set(), 1000),
    ];
    expect(kept(1)).toEqual([]);
    expect(kept(0)).toMatchObject([{ invariant: 'no-acknowledged-record-lost', terminal: 1 }]);
  });

  test('has no holes but where its terminal is gone', () => {
    witness.served(M1, 7, { outcome: 'unverified', record: { ...debited, serial: 3, status: 'unverified' } });
    arrive({ ...debited, serial: 2 });
    const holes = (linked: readonly number[]) => [...serialsWithoutHoles(witness.insight, new Set(linked), 1000)];
    expect(holes([1, 7])).toMatchObject([{ invariant: 'serials-without-holes', says: 'T7#1 is no record' }]);
    expect(holes([1])).toEqual([]);
    arrive(debited);
    expect(holes([1, 7])).toEqual([]);
  });
});

test('a clone is flagged when both cards have told, and not before', () => {
  const [after1, own] = debit(opened, 1, 200);
  const [after2, others] = debit(opened, 1, 300, 8);
  witness.committed(M1, opened, after1);
  witness.committed(COPY, opened, after2);
  const flagged = (isFlagged: boolean) => [...cloneFlagged(witness.insight, 'M1', isFlagged, 1000)];
  arrive(open, own);
  expect(flagged(false)).toEqual([]);
  arrive(others);
  expect(flagged(true)).toEqual([]);
  expect(flagged(false)).toMatchObject([{ invariant: 'clone-flagged-by-second-upload', medium: 'M1' }]);
});

test('an edited row is found by a check', () => {
  expect([...editUnfound(false, 'M1', 1)]).toEqual([]);
  expect([...editUnfound(true, 'M1', 1)]).toMatchObject([{ invariant: 'frauds-found', medium: 'M1' }]);
});

test('queues are bounded by the size of the city, and empty in the end', () => {
  const size = { people: 10, terminals: 2 };
  const queues = { agenda: 100, events: 3, unsent: [{ terminal: 1, count: 0 }] };
  expect([...bounded(queues, size, 1)]).toEqual([]);
  expect([...bounded({ ...queues, agenda: 10_000 }, size, 1)]).toMatchObject([{ invariant: 'bounded' }]);
  expect([...bounded({ ...queues, events: 10_000 }, size, 1)]).toMatchObject([{ invariant: 'bounded' }]);
  const empty = { agenda: 0, events: 0, unsent: [{ terminal: 1, count: 0 }] };
  expect([...drains(empty, 0, 1)]).toEqual([]);
  const unsent = [{ terminal: 1, count: 2 }];
  const says = [...drains({ agenda: 1, events: 1, unsent }, 5, 1)].map((breach) => breach.says);
  expect(says).toHaveLength(4);
});
