import { type Central, openCentral, type ProofJudge } from '@retap/central';
import {
  amountOf,
  identityOf,
  isTransaction,
  type JournalRecord,
  type TapRequest,
  type TransactionRecord,
} from '@retap/model';
import { formatRecord } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { proofJudgeOf } from '../src/index.ts';
import { type Card, keysOf, newCard, Street } from './issuer.ts';

const DEBIT: TapRequest = { type: 'debit', amount: amountOf(120) };
const REFILL: TapRequest = { type: 'refill', amount: amountOf(500) };
const PURCHASE: TapRequest = { type: 'purchase', price: amountOf(300), product: { code: 'day', maxUses: 9 } };
const VALIDATION: TapRequest = { type: 'validation', codes: ['day'] };

// One for all tests, for a new one takes seconds: each has cards and terminals of its own.
let central: Central;
beforeAll(async () => {
  central = await openCentral({
    database: embeddedDirectory(),
    now: () => 0,
    proofs: proofJudgeOf(keysOf('centre', 2)),
  });
});
afterAll(() => central.close());

async function receive(records: readonly JournalRecord[]): Promise<void> {
  const body = new TextEncoder().encode(records.map((record) => `${formatRecord(record)}\n`).join(''));
  const [answer] = await central.receive([{ form: 'journal', body }]);
  expect(answer).toMatchObject({ accepted: records.length, quarantined: [] });
  await central.drain();
}

/** `proof-missing 17-3`, one an alert. */
async function alerts({ medium }: { readonly medium: string }): Promise<string[]> {
  const found = await central.proofAlerts({ medium, limit: 1_000 });
  return found.map((alert) =>
    'serial' in alert
      ? `${alert.kind} ${identityOf(alert)}`
      : `${alert.kind} ${alert.transactions.map(identityOf).join(' ')}`,
  );
}

const allAlerts = () => central.proofAlerts({ limit: 1_000 });

const unsettled = async () => (await central.totals(0)).proofs?.unsettled;

/** Exchange of the commit in a debit at the terminal that was there last: the last one of a whole tap. */
async function commitOf(street: Street, card: Card): Promise<number> {
  // The first one may read the log of the terminal before.
  for (let tap = 0; tap < 2; tap += 1) expect(await street.tap(17, card, DEBIT)).toBe('successful');
  return card.channel.exchanges - 1;
}

const provedIn = (records: readonly JournalRecord[]): TransactionRecord[] =>
  records.filter(isTransaction).filter(({ proof }) => proof !== undefined);

describe.each([
  ['in a hurry', false],
  ['reading the log', true],
])('real cards at honest terminals, %s', (_, isLogTime) => {
  test('prove everything they do, and nothing is alerted', async () => {
    const street = await Street.open(isLogTime);
    for (let cards = 0; cards < 3; cards += 1) {
      const card = await newCard();
      await street.openAccount(card);
      const outcomes = [
        await street.tap(1, card, REFILL),
        await street.tap(17, card, DEBIT),
        await street.tap(17, card, PURCHASE),
        await street.tap(18, card, VALIDATION),
        await street.tap(17, card, VALIDATION),
        await street.tap(18, card, DEBIT),
        await street.observe(17, card),
        await street.tap(18, card, REFILL),
        await street.tap(1, card, REFILL),
      ];
      expect(outcomes).toEqual([...Array(6).fill('successful'), 'observed', 'key-missing', 'successful']);
    }
    const records = await street.allRecords();
    expect(provedIn(records)).toHaveLength(21);
    await receive(records);
    expect(await allAlerts()).toEqual([]);
    expect((await central.totals(0)).proofs).toEqual({ alerts: {}, unsettled: 0, waiting: 0 });
  });

  test('torn taps have no proof; those that committed are settled by the next one', async () => {
    const street = await Street.open(isLogTime);
    const card = await newCard();
    await street.openAccount(card);
    const commit = await commitOf(street, card);
    expect(await street.torn(17, card, DEBIT, 'before', commit)).toBe('unverified');
    expect(await street.torn(17, card, DEBIT, 'after', commit)).toBe('unverified');
    expect(await street.observe(18, card)).toBe('observed');
    await receive(await street.allRecords());
    expect(await alerts(card)).toEqual([]);
    expect(await unsettled()).toBe(1); // read by another, and proved by nobody
    expect(await street.tap(18, card, DEBIT)).toBe('successful');
    await receive(await street.allRecords());
    expect(await alerts(card)).toEqual([]);
    expect(await unsettled()).toBe(0);
  });
});

describe('a stolen terminal', () => {
  async function robbed(): Promise<{ readonly honest: JournalRecord[]; readonly last: TransactionRecord }> {
    const street = await Street.open();
    const card = await newCard();
    await street.openAccount(card);
    for (let tap = 0; tap < 3; tap += 1) await street.tap(17, card, DEBIT);
    const honest = await street.allRecords();
    const last = provedIn(honest).at(-1) ?? expect.fail('no proof');
    return { honest, last };
  }

  /** A record that fits the chain in every way but that there was no card. */
  const invented = (last: TransactionRecord): TransactionRecord => ({
    terminal: last.terminal,
    serial: last.serial + 1,
    type: 'debit',
    medium: last.medium,
    time: last.time + 1_000,
    lastTime: last.time,
    lastTerminal: last.terminal,
    amount: amountOf(-400),
    balance: amountOf(last.balance - 400),
    mediumSerial: (last.mediumSerial ?? 0) + 1,
    status: 'successful',
  });

  test('invents a tap that fits the chain: the specification sees nothing, the proof is missing', async () => {
    const { honest, last } = await robbed();
    await receive([...honest, invented(last)]);
    expect(await central.alerts(last.time, { medium: last.medium, limit: 9 })).toEqual([]);
    expect(await alerts(last)).toEqual([`proof-missing ${last.terminal}-${last.serial + 1}`]);
  });

  test('gives it an old proof, a made-up one, or one of another card: invalid', async () => {
    const { honest, last } = await robbed();
    const forged = invented(last);
    const { proof } = last;
    const next = { ...proof, counter: (proof?.counter ?? 0) + 1 } as typeof proof;
    const forgeries = [proof, next, { counter: 9, mac: '00' }, { counter: -1, mac: 'F', previousReader: '0' }];
    const records = forgeries.map((each, index) => ({
      ...{ ...forged, serial: forged.serial + index, time: forged.time + index },
      ...(each && { proof: each }),
    }));
    await receive([...honest, ...records]);
    expect(await alerts(last)).toEqual(records.map((record) => `proof-invalid ${identityOf(record)}`));
  });

  test('tells one commit twice: the counter is repeated', async () => {
    const { honest, last } = await robbed();
    await receive([...honest, { ...last, serial: last.serial + 1 }]);
    const { terminal, serial } = last;
    expect(await alerts(last)).toEqual([`proof-repeated ${terminal}-${serial} ${terminal}-${serial + 1}`]);
  });

  test('invents a torn tap and confirms it itself: unsettled at first, then disproved by the card', async () => {
    const street = await Street.open();
    const card = await newCard();
    await street.openAccount(card);
    for (let tap = 0; tap < 2; tap += 1) await street.tap(17, card, DEBIT);
    const honest = await street.allRecords();
    const last = provedIn(honest).at(-1) ?? expect.fail('no proof');
    const lie: TransactionRecord = { ...invented(last), status: 'unverified' };
    const { terminal, medium, balance, mediumSerial = 0 } = lie;
    const serial = lie.serial + 1;
    const read = { medium, balance, mediumSerial, lastTime: lie.time, lastTerminal: terminal };
    await receive([...honest, lie, { type: 'observation', terminal, serial, time: lie.time + 1, ...read }]);
    expect(await alerts(lie)).toEqual([]);
    expect(await unsettled()).toBe(1);
    expect(await street.tap(18, card, DEBIT)).toBe('successful');
    await receive(await street.records(18));
    expect(await alerts(lie)).toEqual([`proof-contradiction ${identityOf(lie)}`]);
    expect(await unsettled()).toBe(0);
  });
});

test('whatever of a proved record is changed, the proof does not hold any more', async () => {
  const street = await Street.open();
  const card = await newCard();
  await street.openAccount(card);
  for (const request of [REFILL, PURCHASE, VALIDATION, DEBIT]) {
    expect(await street.tap(request.type === 'refill' ? 1 : 17, card, request)).toBe('successful');
  }
  const judge = proofJudgeOf(keysOf('centre'));
  const records = provedIn(await street.allRecords());
  const changes: readonly ((record: TransactionRecord) => object)[] = [
    ({ time }) => ({ time: time + 1 }),
    ({ terminal }) => ({ terminal: terminal + 1 }),
    ({ amount, balance }) => ({ amount: amountOf(amount - 1), balance: amountOf(balance - 1) }),
    ({ amount }) => ({ amount: amountOf(amount + 1) }),
    ({ balance }) => ({ balance: amountOf(balance + 1) }),
    ({ mediumSerial = 0 }) => ({ mediumSerial: mediumSerial + 1 }),
    () => ({ mediumSerial: undefined }),
    () => ({ medium: '04000000000008' }),
    ({ type }) => ({ type: type === 'debit' ? 'refill' : 'debit' }),
    () => ({ action: { serial: 1, kind: 'block' } }),
    ({ proof }) => ({ proof: { ...proof, counter: (proof?.counter ?? 0) + 1 } }),
    ({ proof }) => ({ proof: { ...proof, previousReader: undefined } }),
    ({ proof }) => ({ proof: { ...proof, previousReader: `${proof?.previousReader?.slice(0, -2)}00` } }),
  ];
  expect(records.map(({ type }) => type).sort()).toEqual(['debit', 'purchase', 'refill', 'validation']);
  for (const record of records) {
    expect(judge.judge(record), record.type).toMatchObject({ verdict: 'valid', previousReader: record.lastTerminal });
    for (const change of changes) {
      const changed = { ...record, ...change(record) } as TransactionRecord;
      expect(judge.judge(changed), `${change} of a ${record.type}`).toEqual({ verdict: 'invalid' });
    }
    const { proof } = record;
    for (let digit = 0; digit < (proof?.mac.length ?? 0); digit += 1) {
      const mac = [...(proof?.mac ?? '')].map((each, at) => (at === digit ? flipped(each) : each)).join('');
      const changed = { ...record, proof: { ...proof, mac } } as TransactionRecord;
      expect(judge.judge(changed), `digit ${digit} of a ${record.type}`).toEqual({ verdict: 'invalid' });
    }
  }
  const purchase = records.find(({ type }) => type === 'purchase') as TransactionRecord & { product: object };
  const product = { ...purchase.product, maxUses: 10 };
  expect(judge.judge({ ...purchase, product } as TransactionRecord)).toEqual({ verdict: 'invalid' });
});

const flipped = (digit: string): string => (Number.parseInt(digit, 16) ^ 1).toString(16).toUpperCase();

describe('the keys', () => {
  test('of every version held are tried; another issuer’s open nothing', async () => {
    const street = await Street.open();
    const cards = [await newCard(1), await newCard(2)] as const;
    for (const card of cards) {
      await street.openAccount(card);
      expect(await street.tap(17, card, DEBIT)).toBe('successful');
    }
    const records = provedIn(await street.allRecords());
    const verdictsBy = (judge: ProofJudge) => records.map((record) => judge.judge(record).verdict);
    const one = proofJudgeOf(keysOf('centre', 1));
    const both = proofJudgeOf(keysOf('centre', 2));
    const foreign = proofJudgeOf(keysOf('centre', 'foreign'));
    expect(verdictsBy(one)).toEqual(['valid', 'invalid']);
    expect(verdictsBy(both)).toEqual(['valid', 'valid']);
    expect(verdictsBy(foreign)).toEqual(['invalid', 'invalid']);
    // Of one card after the other, with room for one card's keys.
    const forgetful = proofJudgeOf(keysOf('centre', 2), { cardsKeptMax: 1 });
    for (let round = 0; round < 3; round += 1) expect(verdictsBy(forgetful)).toEqual(['valid', 'valid']);
    expect(new Set([one.keys, both.keys, foreign.keys]).size).toBe(3);
    expect(proofJudgeOf(keysOf('centre', 2)).keys).toBe(both.keys);
  });

  test('of a terminal are none for it', () => {
    expect(() => proofJudgeOf(keysOf('refill'))).toThrow('transaction-mac');
  });

  test('are for cards alone', () => {
    const judge = proofJudgeOf(keysOf('centre'));
    const names = ['04A1B2C3D4E5F6', '04a1b2c3d4e5f6', 'phone.1', '04A1B2C3D4E5F60'];
    expect(names.map((name) => judge.canProve(name))).toEqual([true, false, false, false]);
  });
});
