/** Cards whose files contradict each other: written by a terminal with keys and without honesty, or by a fault. */
import { amountOf, firstAccount } from '@retap/model';
import { describe, expect, test } from 'vitest';
import type { CardWrite } from '../../src/commit-writes.ts';
import { readerIdOf, writesOf } from '../../src/commit-writes.ts';
import { abortTransaction, commitReaderId, commitTransaction, write } from '../../src/reader/commands.ts';
import { authenticateWith, selectAccount } from '../../src/reader/conversation.ts';
import { readCard } from '../../src/reader/reading.ts';
import type { SecureSession } from '../../src/reader/session.ts';
import {
  blankImage,
  changeOf,
  EVERYTHING,
  insert,
  MEDIUM,
  mediumAt,
  NOTHING_MORE,
  openedImage,
  randomBytes,
  readingOf,
  START,
  TERMINAL,
  TERMINAL_KEYS,
} from './desk.ts';

const DEBIT = {
  type: 'debit',
  amount: amountOf(-10),
  balance: amountOf(990),
  mediumSerial: 1,
  terminal: 17,
  time: START + 1,
  held: 0,
} as const;
const WRITES = writesOf(DEBIT) as readonly [CardWrite, CardWrite, CardWrite];

/** Commits only some of what a transaction writes. */
async function written(image: Uint8Array, writes: readonly CardWrite[]) {
  const { memory, channel } = insert(image);
  expect(await selectAccount(channel)).toBe('selected');
  const session = (await authenticateWith('debit', channel, TERMINAL_KEYS, randomBytes())) as SecureSession;
  for (const each of writes) expect((await session.send(write(each), 'full')).outcome).toBe('answered');
  expect((await session.send(commitReaderId(readerIdOf(TERMINAL)), 'mac')).outcome).toBe('answered');
  expect((await session.send(commitTransaction(), 'mac')).outcome).toBe('answered');
  return memory.read();
}

async function reads(image: Uint8Array, wish = NOTHING_MORE): Promise<string> {
  const medium = mediumAt(insert(image).channel);
  await medium.authenticate('debit');
  const reading = await medium.read(wish);
  return typeof reading === 'string' ? reading : 'read';
}

describe('inconsistent', () => {
  const [value, last, log] = WRITES;

  test('all of a transaction is consistent', async () => {
    expect(await reads(await written(await openedImage(), [value, last, log]), EVERYTHING)).toBe('read');
  });

  test('a value without its last transaction, and a last transaction without its value', async () => {
    expect(await reads(await written(await openedImage(), [value]))).toBe('inconsistent');
    expect(await reads(await written(await openedImage(), [last, log]))).toBe('inconsistent');
  });

  test('a log that does not name the last transaction, where it is read', async () => {
    const image = await written(await openedImage(), [value, last]);
    expect(await reads(image)).toBe('read');
    expect(await reads(image, EVERYTHING)).toBe('inconsistent');
  });

  test('a card that was never opened and has a value', async () => {
    expect(await reads(await written(await blankImage(), [value]))).toBe('inconsistent');
    expect(await reads(await blankImage())).toBe('blank');
  });
});

test('an answer that is valid and has another length than was asked for is not read', async () => {
  const answer = { outcome: 'answered', data: new Uint8Array(3) };
  const session = { send: async () => answer } as unknown as SecureSession;
  expect(await readCard({ session, access: 'read', mode: 'full' }, NOTHING_MORE)).toBe('unreadable');
});

test('nothing to abort: the card refuses, and keeps no secret of it', async () => {
  const { channel } = insert(await openedImage());
  await selectAccount(channel);
  const session = (await authenticateWith('debit', channel, TERMINAL_KEYS, randomBytes())) as SecureSession;
  expect(await session.send(abortTransaction(), 'mac')).toEqual({ outcome: 'refused', status: 0x910c });
});

test('a terminal commits under its own number only', async () => {
  const medium = mediumAt(insert(await openedImage()).channel, { terminal: TERMINAL + 1 });
  await medium.authenticate('debit');
  const { account } = readingOf(await medium.read(NOTHING_MORE));
  expect(account).toEqual(firstAccount(MEDIUM, amountOf(1000), START, TERMINAL));
  const change = changeOf(account, { type: 'debit', amount: amountOf(1) }, START + 1, 1);
  expect(await medium.commit(change)).toEqual({ answer: 'declined' });
});
