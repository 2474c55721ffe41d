import { amountOf, isTransaction, type JournalRecord, type TapRequest, type TransactionRecord } from '@retap/model';
import { expect, test } from 'vitest';
import { diversified } from '../../src/diversification.ts';
import type { MediumChange } from '../../src/medium.ts';
import { previousReaderOf, verifyProof } from '../../src/proof.ts';
import type { CardMedium } from '../../src/reader/card-medium.ts';
import {
  changeOf,
  EVERYTHING,
  insert,
  masterKey,
  mediumAt,
  NOTHING_MORE,
  openedImage,
  readingOf,
  START,
  type Tapped,
  TERMINAL,
  tap,
  transactionMacKey,
  UID,
} from './desk.ts';

const KEY = transactionMacKey();

/** The record as a terminal journals it. */
function recordOf({ reading: { account }, change, result }: Tapped, serial: number): TransactionRecord {
  const { type, amount, after, product, productId, action } = change;
  const record = {
    type,
    terminal: TERMINAL,
    serial,
    medium: account.medium,
    time: after.lastTime,
    lastTime: account.lastTime,
    lastTerminal: account.lastTerminal,
    amount,
    balance: after.balance,
    status: 'successful',
    mediumSerial: after.mediumSerial,
    ...(result.proof && { proof: result.proof }),
    ...(action && { action }),
    ...(product && { product }),
    ...(productId !== undefined && { productId }),
  } as JournalRecord;
  if (!isTransaction(record)) throw new Error('not a transaction');
  return record;
}

interface Case {
  readonly name: string;
  readonly request: TapRequest;
  readonly wish?: Parameters<typeof tap>[4];
  readonly action?: MediumChange['action'];
}

const PRODUCT = { code: 'week', validFrom: START, validUntil: START + 7, maxUses: 10 };
const CASES: readonly Case[] = [
  { name: 'debit', request: { type: 'debit', amount: amountOf(120) } },
  { name: 'debit with its log read', request: { type: 'debit', amount: amountOf(120) }, wish: EVERYTHING },
  { name: 'free ride', request: { type: 'debit', amount: amountOf(0) } },
  { name: 'refill', request: { type: 'refill', amount: amountOf(500) } },
  { name: 'purchase', request: { type: 'purchase', price: amountOf(300), product: PRODUCT } },
  { name: 'validation', request: { type: 'validation', codes: ['week'] } },
  { name: 'block', request: { type: 'debit', amount: amountOf(0) }, action: { serial: 1, kind: 'block' } },
  { name: 'unblock', request: { type: 'debit', amount: amountOf(0) }, action: { serial: 2, kind: 'unblock' } },
  {
    name: 'product given',
    request: { type: 'purchase', price: amountOf(0), product: { code: 'gift' } },
    action: { serial: 3, kind: 'product' },
  },
];

async function recordsOf(medium: CardMedium): Promise<TransactionRecord[]> {
  const records: TransactionRecord[] = [];
  for (const [index, { request, wish, action }] of CASES.entries()) {
    const tapped = await tap(medium, request, START + 10 * (index + 1), index + 1, wish, action);
    records.push(recordOf(tapped, index + 1));
  }
  return records;
}

test.each(['full', 'mac'] as const)(
  'every transaction in %s has a proof that is valid, small enough for a record',
  async (mode) => {
    const records = await recordsOf(mediumAt(insert(await openedImage(1000, mode)).channel, { mode }));
    for (const [index, record] of records.entries()) {
      expect([CASES[index]!.name, verifyProof(record, KEY, UID)]).toEqual([CASES[index]!.name, 'valid']);
      expect(record.proof!.mac.length).toBeLessThanOrEqual(64);
      // The opening was the first commit.
      expect(record.proof!.counter).toBe(index + 2);
    }
  },
);

/** What the card was told, and so every proof covers. */
const COVERED = ['type', 'medium', 'terminal', 'time', 'amount', 'balance', 'mediumSerial'] as const;
/** Covered where the card was read no further than its last transaction. */
const READ = ['lastTime', 'lastTerminal'] as const;

function altered(record: TransactionRecord, key: (typeof COVERED | typeof READ)[number]): TransactionRecord {
  const other = { debit: 'refill', refill: 'debit', purchase: 'debit', validation: 'debit' } as const;
  const value = key === 'type' ? other[record.type] : key === 'medium' ? '04A1B2C3D4E5F7' : record[key]! + 1;
  return { ...record, [key]: value } as TransactionRecord;
}

test('a proof is invalid when anything it covers is altered', async () => {
  const records = await recordsOf(mediumAt(insert(await openedImage()).channel));
  for (const [index, record] of records.entries()) {
    for (const key of COVERED)
      expect([CASES[index]!.name, key, verifyProof(altered(record, key), KEY, UID)]).toContain('invalid');
    const isReadProved = record.type === 'debit' && CASES[index]!.wish === undefined;
    for (const key of READ) {
      expect([index, key, verifyProof(altered(record, key), KEY, UID)]).toContain(isReadProved ? 'invalid' : 'valid');
    }
  }
});

test('a proof is invalid with another product, use or action', async () => {
  const records = await recordsOf(mediumAt(insert(await openedImage()).channel));
  const invalid = (record: TransactionRecord | undefined, change: object) =>
    expect([change, verifyProof({ ...record, ...change } as TransactionRecord, KEY, UID)]).toContain('invalid');
  const purchase = records[4]!;
  if (purchase.type !== 'purchase') throw new Error('the fifth is a purchase');
  const { validFrom: _, ...withoutStart } = purchase.product;
  invalid(purchase, { product: withoutStart });
  const changes = [{ id: '17-9' }, { code: 'weeks' }, { validFrom: 0 }, { validUntil: START + 8 }, { maxUses: 11 }];
  for (const change of changes) invalid(purchase, { product: { ...purchase.product, ...change } });
  invalid(records[5], { productId: '17-4' });
  invalid(records[6], { action: { serial: 2, kind: 'block' } });
  invalid(records[6], { action: { serial: 1, kind: 'unblock' } });
  invalid(records[6], { action: undefined });
  invalid(records[0], { action: { serial: 1, kind: 'refund' } });
});

test('a proof is invalid when any byte of it is altered, cut or added, and where there is none', async () => {
  const records = await recordsOf(mediumAt(insert(await openedImage()).channel));
  for (const record of records) {
    const { proof, ...unproved } = record;
    expect(verifyProof(unproved as TransactionRecord, KEY, UID)).toBe('invalid');
    const invalid = (change: object) =>
      expect([record.type, change, verifyProof({ ...record, proof: { ...proof!, ...change } }, KEY, UID)]).toContain(
        'invalid',
      );
    for (const counter of [proof!.counter + 1, proof!.counter + 2 ** 32, -1, proof!.counter + 0.5])
      invalid({ counter });
    for (const part of ['mac', 'previousReader'] as const) {
      const text = proof![part]!;
      for (let at = 0; at < text.length; at += 1) {
        invalid({ [part]: `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}` });
      }
      for (const other of [text.slice(2), `${text}00`, '', 'no']) invalid({ [part]: other });
    }
    invalid({ previousReader: undefined });
  }
});

test('an account that was read twice is proved too, though the card counts both reads', async () => {
  const medium = mediumAt(insert(await openedImage()).channel);
  await medium.authenticate('debit');
  await medium.read(NOTHING_MORE);
  const reading = readingOf(await medium.read(NOTHING_MORE));
  const change = changeOf(reading.account, { type: 'debit', amount: amountOf(1) }, START + 1, 1);
  const record = recordOf({ reading, change, result: await medium.commit(change) }, 1);
  expect(verifyProof(record, KEY, UID)).toBe('valid');
});

test('another card, and a terminal that makes proofs with the keys it has', async () => {
  const [record] = await recordsOf(mediumAt(insert(await openedImage()).channel));
  const other = Uint8Array.of(4, 0, 0, 0, 0, 0, 1);
  expect(verifyProof(record!, KEY, other)).toBe('invalid');
  expect(verifyProof({ ...record!, medium: '04000000000001' }, KEY, other)).toBe('invalid');
  expect(verifyProof(record!, diversified(masterKey('debit', 1), 'debit', UID), UID)).toBe('invalid');
});

test('each commit names the terminal before it, to the centre alone', async () => {
  const { channel } = insert(await openedImage());
  const tapAt = async (terminal: number, time: number): Promise<TransactionRecord> => {
    const medium = mediumAt(channel, { terminal });
    await medium.authenticate('debit');
    const reading = readingOf(await medium.read(NOTHING_MORE));
    const own = changeOf(reading.account, { type: 'debit', amount: amountOf(1) }, time, 1);
    const change = { ...own, after: { ...own.after, lastTerminal: terminal } };
    return { ...recordOf({ reading, change, result: await medium.commit(change) }, 1), terminal };
  };
  const records = [await tapAt(18, START + 1), await tapAt(19, START + 2), await tapAt(18, START + 3)] as const;
  expect(records.map((record) => verifyProof(record, KEY, UID))).toEqual(['valid', 'valid', 'valid']);
  expect(records.map((record) => previousReaderOf(record, KEY, UID))).toEqual([TERMINAL, 18, 19]);
  const stranger = diversified(masterKey('debit', 1), 'debit', UID);
  expect(previousReaderOf(records[0], stranger, UID)).toBeNull();
  expect(previousReaderOf({ ...records[0], medium: 'M1' }, KEY, UID)).toBeNull();
});
