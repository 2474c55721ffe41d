/** Invariants of what the centre believes: each holds in cities honest and not, and is seen to break where one thing is changed. */
import type { TransactionRecord } from '@retap/model';
import { beforeAll, describe, expect, test } from 'vitest';
import { commitCountedOnce } from '../../src/auditor/commit-counted-once.ts';
import { copyEqualsCard } from '../../src/auditor/copy-equals-card.ts';
import { doubtSettledAsTruth } from '../../src/auditor/doubt-settled-as-truth.ts';
import { fraudsFound } from '../../src/auditor/frauds-found.ts';
import { placeOf } from '../../src/auditor/insight.ts';
import { moneyInCopies } from '../../src/auditor/money-conserved.ts';
import { noFalseAlarm } from '../../src/auditor/no-false-alarm.ts';
import { type Draft, oneOf, type Scene, sceneOf, seenBy } from './scene.ts';

const INVARIANTS = {
  commitCountedOnce,
  copyEqualsCard,
  doubtSettledAsTruth,
  fraudsFound,
  moneyInCopies,
  noFalseAlarm,
};

let honest: Scene;
let fraudulent: Scene;
beforeAll(async () => {
  honest = await sceneOf();
  fraudulent = await sceneOf({ clones: 2, forged: 2, silent: 1, lostJournals: 2 });
});

/** A torn tap whose end the centre knows by now. */
function settledTorn({ witness, belief }: Scene, did: boolean): TransactionRecord {
  const statuses = new Map(belief.transactions.map((each) => [`${each.terminal}-${each.serial}`, each.status]));
  const { arrivedOf, commits } = witness.insight;
  const isSettled = (record: TransactionRecord): boolean =>
    record.status === 'unverified' &&
    commits.has(placeOf(record.terminal, record.time)) === did &&
    statuses.get(`${record.terminal}-${record.serial}`) !== 'unverified';
  const records = [...arrivedOf.values()].flat() as TransactionRecord[];
  return oneOf(records, isSettled);
}

function settle(draft: Draft, { terminal, serial }: TransactionRecord, status: TransactionRecord['status']): void {
  oneOf(draft.transactions, (each) => each.terminal === terminal && each.serial === serial).status = status;
}

describe.each(Object.entries(INVARIANTS))('%s', (_, invariant) => {
  test('holds in an honest city and in one with frauds', () => {
    expect(seenBy(invariant, honest)).toEqual([]);
    expect(fraudulent.belief.alerts.length).toBeGreaterThan(4);
    expect(seenBy(invariant, fraudulent)).toEqual([]);
  });
});

describe('what breaks', () => {
  test('a commit that is held to be none: it counts no longer', () => {
    const torn = settledTorn(honest, true);
    const [breach] = seenBy(commitCountedOnce, honest, (draft) => settle(draft, torn, 'unsuccessful'));
    expect(breach).toMatchObject({ invariant: 'commit-counted-once', medium: torn.medium, terminal: torn.terminal });
  });

  test('a tap that never committed, and counts', () => {
    const torn = settledTorn(honest, false);
    const [breach] = seenBy(commitCountedOnce, honest, (draft) => settle(draft, torn, 'successful'));
    expect(breach?.says).toContain('never committed');
  });

  test('a transaction that is listed twice, or not at all', () => {
    const twice = seenBy(commitCountedOnce, honest, ({ transactions }) =>
      transactions.push({ ...(transactions[0] as Draft['transactions'][number]) }),
    );
    expect(twice.map(({ says }) => says)).toEqual([expect.stringContaining('listed twice')]);
    const none = seenBy(commitCountedOnce, honest, ({ transactions }) => transactions.pop());
    expect(none.map(({ says }) => says)).toEqual([expect.stringContaining('does not list it')]);
  });

  test.each([
    [true, 'unsuccessful', 'did commit'],
    [true, 'unverified', 'left open'],
    [false, 'successful', 'never committed'],
    [false, 'unverified', 'left open'],
  ] as const)('a torn tap that did commit (%s), and ends as %s', (did, status, says) => {
    const torn = settledTorn(honest, did);
    const [breach] = seenBy(doubtSettledAsTruth, honest, (draft) => settle(draft, torn, status));
    expect(breach).toMatchObject({ invariant: 'doubt-settled-as-truth', medium: torn.medium });
    expect(breach?.says).toContain(says);
  });

  test.each<readonly [string, (account: Draft['accounts'][number]) => void, string]>([
    ['a balance that is off by one', (account) => (account.balance = account.balance + 1), 'in the copy'],
    ['a commit too old', (account) => (account.lastTime = 1), 'its last commit'],
    ['another terminal', (account) => (account.lastTerminal = 999), 'its last commit'],
    ['a use too many', ({ products }) => products.push({ id: '1-1', uses: 1 }), 'products and uses'],
    ['an unexplained row', (a) => a.synchronization.push({ time: 1, amount: 0, kind: 'gap' }), 'out of sync'],
    ['a pending validation', (a) => a.pendingValidations.push({ terminal: 1, serial: 1, productId: 'x' }), 'pending'],
  ])('an account copy with %s', (_, change, says) => {
    const whole = oneOf(honest.belief.accounts, (account) =>
      honest.belief.transactions.every((t) => t.medium !== account.medium || t.status !== 'unverified'),
    );
    const [breach] = seenBy(copyEqualsCard, honest, ({ accounts }) =>
      change(oneOf(accounts, ({ medium }) => medium === whole.medium)),
    );
    expect(breach).toMatchObject({ invariant: 'copy-equals-card', medium: whole.medium });
    expect(breach?.says).toContain(says);
  });

  test('an account copy whose balance is not the sum of what it counts', () => {
    const [breach] = seenBy(moneyInCopies, fraudulent, ({ accounts }) => {
      const account = accounts[0] as Draft['accounts'][number];
      account.balance = account.balance - 1;
    });
    expect(breach).toMatchObject({ invariant: 'money-conserved', medium: fraudulent.belief.accounts[0]?.medium });
  });

  test('an alert in an honest city, and one of somebody else in a city with frauds', () => {
    const medium = honest.belief.accounts[0]?.medium as string;
    const raise = ({ alerts }: Draft): number => alerts.push({ kind: 'unknown-medium', medium });
    expect(seenBy(noFalseAlarm, honest, raise)).toMatchObject([{ invariant: 'no-false-alarm', medium }]);
    const stranger = oneOf(fraudulent.witness.insight.byMedium.keys(), (name) =>
      fraudulent.terms.frauds.every((fraud) => !('medium' in fraud) || fraud.medium !== name),
    );
    const clone = ({ alerts }: Draft): number =>
      alerts.push({ kind: 'cloned-medium', medium: stranger, transactions: [] });
    expect(seenBy(noFalseAlarm, fraudulent, clone)).toMatchObject([{ medium: stranger }]);
  });

  test.each(['missing-transaction', 'balance-mismatch'] as const)('no %s, though it is due', (kind) => {
    const breaches = seenBy(fraudsFound, fraudulent, (draft) => {
      draft.alerts = draft.alerts.filter((alert) => alert.kind !== kind);
    });
    expect(breaches.length).toBeGreaterThan(0);
    expect(new Set(breaches.map(({ invariant }) => invariant))).toEqual(new Set(['frauds-found']));
  });
});
