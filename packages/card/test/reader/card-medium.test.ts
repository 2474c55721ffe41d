import { amountOf, firstAccount, type TapRequest } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { counted } from '../../src/reader/counted.ts';
import { SoftwareCard } from '../../src/software/card.ts';
import { channelOf } from '../../src/software/channel.ts';
import { MemoryCardMemory } from '../../src/software/memory.ts';
import { keyOfValue } from '../aes.ts';
import {
  accountOn,
  blankImage,
  changeOf,
  EVERYTHING,
  factoryImage,
  insert,
  MEDIUM,
  mediumAt,
  NOTHING_MORE,
  openedImage,
  randomBytes,
  readingOf,
  START,
  storeOf,
  TERMINAL,
  tap,
} from './desk.ts';

const debit = (amount: number): TapRequest => ({ type: 'debit', amount: amountOf(amount) });
const refill = (amount: number): TapRequest => ({ type: 'refill', amount: amountOf(amount) });
const DAY = {
  type: 'purchase',
  price: amountOf(300),
  product: { code: 'day', validUntil: START + 86_400_000 },
} as const;

describe.each(['full', 'mac'] as const)('in %s', (mode) => {
  test('an account is opened, debited, refilled, bought for, validated: each time the card holds what was decided', async () => {
    const { memory, channel } = insert(await openedImage(1000, mode));
    const medium = mediumAt(channel, { mode });
    const requests: TapRequest[] = [
      debit(120),
      refill(500),
      DAY,
      { type: 'validation', codes: ['day'] },
      debit(0),
      debit(7),
    ];
    for (const [index, request] of requests.entries()) {
      const { change, result } = await tap(medium, request, START + index + 1, index + 1);
      expect(result.answer).toBe('committed');
      const { account } = await accountOn(memory.read(), mode);
      const expected = await withProducts(change.after, memory.read(), request.type, mode);
      expect(account).toEqual(expected);
    }
  });

  async function withProducts(after: { products: unknown }, image: Uint8Array, type: string, as: 'full' | 'mac') {
    // Where P was not read, the tap knows nothing of it and leaves it as it is.
    const { account } = await accountOn(image, as);
    return type === 'purchase' || type === 'validation'
      ? { ...after, log: account.log }
      : { ...after, log: account.log, products: account.products };
  }
});

/** @returns exchanges, bytes to the card, bytes back */
async function costOf(request: TapRequest, mode: 'full' | 'mac', wish = NOTHING_MORE) {
  const channel = counted(insert(await openedImage(1000, mode)).channel);
  const { result } = await tap(mediumAt(channel, { mode }), request, START + 1, 1, wish);
  expect(result.answer).toBe('committed');
  return [channel.exchanges, channel.bytesSent, channel.bytesReceived];
}

test('cost of a debit, its log entry included: 10 exchanges; 460 bytes in FULL, 428 in MAC', async () => {
  expect(await costOf(debit(120), 'full')).toEqual([10, 260, 200]);
  expect(await costOf(debit(120), 'mac')).toEqual([10, 241, 187]);
});

test('reading the log costs two exchanges more: the log, and the abort that keeps it out of the proof', async () => {
  const withLog = { products: false, log: () => true };
  expect((await costOf(debit(120), 'full', withLog))[0]).toBe(12);
});

test('what the log is asked for: time and terminal of the last commit', async () => {
  const medium = mediumAt(insert(await openedImage()).channel);
  await medium.authenticate('debit');
  let asked: unknown;
  const log = (last: unknown): boolean => {
    asked = last;
    return false;
  };
  await medium.read({ products: false, log });
  expect(asked).toEqual({ lastTime: START, lastTerminal: TERMINAL });
});

describe('who may what', () => {
  test('a terminal without the refill key reads no card with it, and is told before the card is asked', async () => {
    const { channel } = insert(await openedImage());
    const gate = mediumAt(channel, { keys: storeOf({ read: [1], debit: [1] }) });
    expect(await gate.authenticate('refill')).toBe('key-missing');
    expect(channel.exchanges).toBe(0);
    expect(await gate.authenticate('debit')).toBe('authenticated');
  });

  test('with the read key the account is read, log and products too, and nothing can be written', async () => {
    const image = await openedImage();
    const { memory, channel } = insert(image);
    const inspector = mediumAt(channel, { keys: storeOf({ read: [1] }) });
    expect(await inspector.authenticate('read')).toBe('authenticated');
    const reading = readingOf(await inspector.read(EVERYTHING));
    expect(reading.account).toEqual(firstAccount(MEDIUM, amountOf(1000), START, TERMINAL));
    const result = await inspector.commit(changeOf(reading.account, debit(0), START + 1, 1));
    expect(result).toEqual({ answer: 'declined' });
    expect(memory.read()).toEqual(image);
  });

  test('the debit key credits nothing', async () => {
    const image = await openedImage();
    const { memory, channel } = insert(image);
    const medium = mediumAt(channel);
    await medium.authenticate('debit');
    const { account } = readingOf(await medium.read(NOTHING_MORE));
    expect((await medium.commit(changeOf(account, refill(5), START + 1, 1))).answer).toBe('declined');
    expect(memory.read()).toEqual(image);
  });

  test('keys of another issuer, a card without our application, and no card at all', async () => {
    const foreign = mediumAt(insert(await openedImage()).channel, { keys: storeOf({ debit: [2, 3] }) });
    expect(await foreign.authenticate('debit')).toBe('foreign');
    expect(await mediumAt(insert(factoryImage()).channel).authenticate('debit')).toBe('foreign');
    const { memory, channel } = insert(await openedImage());
    channel.restore({ exchange: 0, when: 'before' });
    expect(memory.writes).toBe(0);
    expect(await mediumAt(channel).authenticate('debit')).toBe('unreadable');
  });

  test('a terminal with newer keys still opens a card with older ones', async () => {
    const medium = mediumAt(insert(await openedImage()).channel, { keys: storeOf({ debit: [1, 2, 3] }) });
    expect(await medium.authenticate('debit')).toBe('authenticated');
    expect(readingOf(await medium.read(NOTHING_MORE)).account.balance).toBe(1000);
  });

  test('other versions are tried only where the card says that the key is wrong', async () => {
    const { channel } = insert(await openedImage());
    let authentications = 0;
    const transmit = async (command: Uint8Array) => {
      if (command[1] !== 0x71) return channel.transmit(command);
      authentications += 1;
      return Uint8Array.of(0x91, 0x40);
    };
    const medium = mediumAt({ uid: channel.uid, transmit }, { keys: storeOf({ debit: [1, 2, 3] }) });
    expect(await medium.authenticate('debit')).toBe('foreign');
    expect(authentications).toBe(1);
  });
});

describe('opening', () => {
  test('a personalised card is blank until it is opened, and opened once', async () => {
    const { channel } = insert(await blankImage());
    const medium = mediumAt(channel);
    await medium.authenticate('debit');
    expect(await medium.read(NOTHING_MORE)).toBe('blank');
    const first = firstAccount(MEDIUM, amountOf(700), START, TERMINAL);
    await medium.authenticate('refill');
    expect(await medium.open(first)).toEqual({ answer: 'committed' });
    await medium.authenticate('refill');
    expect(await medium.open(first)).toEqual({ answer: 'declined' });
    await medium.authenticate('refill');
    expect(readingOf(await medium.read(EVERYTHING)).account).toEqual(first);
  });

  test('a debit key opens nothing, and no account begins beyond what a value file holds', async () => {
    const image = await blankImage();
    const { memory, channel } = insert(image);
    const medium = mediumAt(channel);
    await medium.authenticate('debit');
    expect((await medium.open(firstAccount(MEDIUM, amountOf(0), START, TERMINAL))).answer).toBe('declined');
    for (const balance of [2 ** 31, -(2 ** 31), 100_001]) {
      await medium.authenticate('refill');
      expect((await medium.open(firstAccount(MEDIUM, amountOf(balance), START, TERMINAL))).answer).toBe('declined');
    }
    expect(memory.read()).toEqual(image);
  });
});

describe('commits', () => {
  test('what the card refuses before the commit is declined, and the next tap finds nothing of it', async () => {
    const image = await openedImage(100);
    const { memory, channel } = insert(image);
    const medium = mediumAt(channel);
    // 100 − 700 is below the card's own limit of −500: the terminal would have refused, the card does so too.
    expect((await tap(medium, debit(700), START + 1, 1)).result).toEqual({ answer: 'declined' });
    expect(memory.read()).toEqual(image);
    expect((await tap(medium, debit(30), START + 2, 1)).result.answer).toBe('committed');
    expect((await accountOn(memory.read())).account).toMatchObject({ balance: 70, mediumSerial: 1 });
  });

  test('what a tap left undone, the next one on the same powered card does not commit', async () => {
    const { memory, channel } = insert(await openedImage(1000));
    // The debit and the last transaction are written; the next command never reaches the card, which stays in the field.
    let left = 8;
    const torn = {
      uid: channel.uid,
      transmit: async (command: Uint8Array) => {
        left -= 1;
        return left < 0 ? new Uint8Array(0) : channel.transmit(command);
      },
    };
    expect((await tap(mediumAt(torn), debit(120), START + 1, 1)).result).toEqual({ answer: 'declined' });
    expect((await tap(mediumAt(channel), debit(5), START + 2, 2)).result.answer).toBe('committed');
    expect((await accountOn(memory.read())).account.balance).toBe(995);
  });

  test('a change that does not follow the account that was read is declined', async () => {
    const medium = mediumAt(insert(await openedImage()).channel);
    await medium.authenticate('debit');
    const { account } = readingOf(await medium.read(NOTHING_MORE));
    const change = changeOf({ ...account, mediumSerial: 5 }, debit(1), START + 1, 1);
    expect(await medium.commit(change)).toEqual({ answer: 'declined' });
  });

  test('a conversation is authenticate, read, commit: whoever leaves one out made a mistake', async () => {
    const medium = mediumAt(insert(await openedImage()).channel);
    await expect(medium.read(NOTHING_MORE)).rejects.toThrow('begins with its authentication');
    await medium.authenticate('debit');
    const change = changeOf(firstAccount(MEDIUM, amountOf(1000), START, TERMINAL), debit(1), START + 1, 1);
    await expect(medium.commit(change)).rejects.toThrow('a commit follows a read');
    await medium.read(NOTHING_MORE);
    const use = { ...change, productId: '17-1' };
    await expect(medium.commit(use)).rejects.toThrow('products are changed that were not read');
  });

  test('actions: serial and block are read back; an ordinary transaction leaves the serial', async () => {
    const { channel } = insert(await openedImage());
    const medium = mediumAt(channel);
    const state = async () => {
      await medium.authenticate('debit');
      const { actionSerial, isBlocked } = readingOf(await medium.read(NOTHING_MORE));
      return { actionSerial, isBlocked };
    };
    await tap(medium, debit(0), START + 1, 1, NOTHING_MORE, { serial: 1, kind: 'block' });
    expect(await state()).toEqual({ actionSerial: 1, isBlocked: true });
    await tap(medium, debit(0), START + 2, 2, NOTHING_MORE, { serial: 2, kind: 'unblock' });
    expect(await state()).toEqual({ actionSerial: 2, isBlocked: false });
    await tap(medium, refill(50), START + 3, 3, NOTHING_MORE, { serial: 3, kind: 'refund' });
    await tap(medium, DAY, START + 4, 4);
    expect(await state()).toEqual({ actionSerial: 3, isBlocked: false });
  });
});

describe('products', () => {
  const single = (code: string): TapRequest => ({
    type: 'purchase',
    price: amountOf(1),
    product: { code, maxUses: 1 },
  });

  test('eight fit; the next takes the place of spent ones, which all are gone, and the order is that of purchase', async () => {
    const { memory, channel } = insert(await openedImage());
    const medium = mediumAt(channel);
    let time = START;
    const at = async (request: TapRequest) => {
      time += 1;
      const { change, result } = await tap(medium, request, time, time - START);
      expect(result.answer).toBe('committed');
      const { products } = (await accountOn(memory.read())).account;
      expect(products).toEqual(change.after.products);
      return products.map(({ code }) => code).join('');
    };
    for (const code of 'abcdefgh') await at(single(code));
    for (const code of 'ceh') await at({ type: 'validation', codes: [code] });
    expect(await at(single('i'))).toBe('abdfgi');
    expect(await at(single('j'))).toBe('abdfgij');
    expect(await at({ type: 'validation', codes: ['j'] })).toBe('abdfgij');
  });

  test('what can be held: ids of two numbers, codes of 1 to 16 characters that a record takes, at most 65,535 uses', async () => {
    const medium = mediumAt(insert(await blankImage()).channel);
    const fits = (product: object) => medium.canHold({ id: '17-1', code: 'day', ...product });
    expect(
      [{}, { id: '4294967295-4294967295' }, { code: 'x'.repeat(16) }, { maxUses: 65_535 }].map(fits),
    ).not.toContain(false);
    const tooMuch = [
      { id: 'P1' },
      { id: '17-01' },
      { id: '17-4294967296' },
      { id: '1-2-3' },
      { code: 'x'.repeat(17) },
      { code: '' },
      { code: 'week+2' },
    ];
    expect([...tooMuch, { maxUses: 65_536 }, { validUntil: 2 ** 48 }].map(fits)).not.toContain(true);
  });
});

test('another card behind the same channel has other keys: no key of one opens the other', async () => {
  const { memory } = insert(await openedImage());
  const card = SoftwareCard.powerOn({ memory: new MemoryCardMemory(memory.read()), keyOfValue, random: randomBytes() });
  const channel = channelOf(card);
  const claimed = {
    uid: Uint8Array.of(4, 0, 0, 0, 0, 0, 1),
    transmit: (command: Uint8Array) => channel.transmit(command),
  };
  expect(await mediumAt(claimed).authenticate('debit')).toBe('foreign');
});
