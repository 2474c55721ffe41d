/** Random lives of a card at a terminal: after every tap the card holds what the model says, and every commit is proved. */

import {
  accountAfter,
  amountOf,
  firstAccount,
  type MediumAccount,
  PRODUCTS_MAX,
  productsLeft,
  signedAmount,
  type TapRequest,
} from '@retap/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AesKey, KeyStore } from '../../src/port.ts';
import { verifyProof } from '../../src/proof.ts';
import type { CardMedium } from '../../src/reader/card-medium.ts';
import {
  accountOn,
  EVERYTHING,
  insert,
  MEDIUM,
  mediumAt,
  NOTHING_MORE,
  openedImage,
  readingOf,
  START,
  storeOf,
  TERMINAL,
  TERMINAL_KEYS,
  transactionMacKey,
  UID,
} from './desk.ts';

const amount = fc.integer({ min: 0, max: 90 }).map(amountOf);
const step: fc.Arbitrary<{ request: TapRequest; isLogRead: boolean; isBlocking: boolean }> = fc.record({
  request: fc.oneof(
    fc.record({ type: fc.constant('debit' as const), amount }),
    fc.record({ type: fc.constant('refill' as const), amount: amount.map((value) => amountOf(value + 1)) }),
    fc.record({
      type: fc.constant('purchase' as const),
      price: amount,
      product: fc.record({ code: fc.constantFrom('a', 'b', 'c'), maxUses: fc.integer({ min: 1, max: 2 }) }),
    }),
    fc.record({ type: fc.constant('validation' as const), codes: fc.subarray(['a', 'b', 'c'], { minLength: 1 }) }),
  ),
  isLogRead: fc.boolean(),
  isBlocking: fc.boolean(),
});

test.each(['full', 'mac'] as const)('in %s', async (mode) => {
  const image = await openedImage(5000, mode);
  const key = transactionMacKey();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { memory, channel } = insert(image);
      const medium = mediumAt(channel, { mode });
      let truth = firstAccount(MEDIUM, amountOf(5000), START, TERMINAL);
      for (const [index, each] of steps.entries()) truth = await lived(medium, truth, each, index + 1, key);
      expect((await accountOn(memory.read(), mode)).account).toEqual(truth);
    }),
    { numRuns: 15 },
  );
});

/** @returns the account after the tap, as the model has it */
async function lived(
  medium: CardMedium,
  truth: MediumAccount,
  { request, isLogRead, isBlocking }: { request: TapRequest; isLogRead: boolean; isBlocking: boolean },
  serial: number,
  key: AesKey,
): Promise<MediumAccount> {
  const { type } = request;
  const stamp = { time: START + serial, terminal: TERMINAL, productId: `${TERMINAL}-${serial}` };
  const used = type === 'validation' ? truth.products.find(({ code }) => request.codes.includes(code)) : undefined;
  if (type === 'validation' && !used) return truth;
  if (type === 'purchase' && productsLeft(truth, stamp.time).length >= PRODUCTS_MAX) return truth;
  const product = type === 'purchase' ? { ...request.product, id: stamp.productId } : undefined;
  const a = signedAmount(request);
  const after = accountAfter(truth, a, stamp, product, used?.id);

  expect(await medium.authenticate(type === 'refill' ? 'refill' : 'debit')).toBe('authenticated');
  const reading = readingOf(
    await medium.read({ products: type !== 'debit' && type !== 'refill', log: () => isLogRead }),
  );
  expect(reading.account.log).toEqual(isLogRead ? truth.log : truth.log.slice(0, 1));
  const action = isBlocking ? { serial, kind: serial % 2 === 0 ? 'block' : 'unblock' } : undefined;
  const change = {
    type,
    amount: a,
    after,
    ...(product && { product }),
    ...(used && { productId: used.id }),
    ...(action && { action }),
  };
  const { answer, proof } = await medium.commit(change);
  expect(answer).toBe('committed');
  const { lastTime, lastTerminal } = truth;
  const identity = { terminal: TERMINAL, serial, medium: MEDIUM, time: stamp.time, lastTime, lastTerminal };
  const status = {
    amount: a,
    balance: after.balance,
    mediumSerial: after.mediumSerial,
    status: 'successful',
    ...(action && { action }),
  };
  const record = { ...identity, ...status, type, product, productId: used?.id, proof } as unknown as Parameters<
    typeof verifyProof
  >[0];
  expect(verifyProof(record, key, UID)).toBe('valid');
  return after;
}

/** A key store that knows which of the keys made from its masters were not given up. */
function watched(store: KeyStore): { readonly keys: KeyStore; readonly alive: Set<AesKey> } {
  const alive = new Set<AesKey>();
  const watch = (key: AesKey): AesKey => ({
    encrypt: (iv, data) => key.encrypt(iv, data),
    decrypt: (iv, data) => key.decrypt(iv, data),
    cmac: (message) => key.cmac(message),
    derive(input) {
      const made = watch(key.derive(input));
      alive.add(made);
      return made;
    },
    discard() {
      alive.delete(this);
      key.discard();
    },
  });
  const master: KeyStore['master'] = (purpose, version) => {
    const key = store.master(purpose, version);
    return key && watch(key);
  };
  return { keys: { versions: store.versions, master }, alive };
}

test('a token has little room: after a commit, a refusal or a card that left, no key made for it is kept', async () => {
  const image = await openedImage();
  const { keys, alive } = watched(TERMINAL_KEYS);
  const { channel } = insert(image);
  const medium = mediumAt(channel, { keys });
  await medium.authenticate('refill');
  const reading = readingOf(await medium.read(NOTHING_MORE));
  expect(alive.size).toBe(2);
  const stamp = { time: START + 1, terminal: TERMINAL, productId: '17-1' };
  const after = accountAfter(reading.account, amountOf(5), stamp, undefined, undefined);
  expect((await medium.commit({ type: 'refill', amount: amountOf(5), after })).answer).toBe('committed');
  expect(alive.size).toBe(0);
  await medium.authenticate('debit');
  await medium.authenticate('debit');
  expect(alive.size).toBe(2);
  medium.close();
  expect(alive.size).toBe(0);
  for (let exchange = 0; exchange < 5; exchange += 1) {
    channel.restore({ exchange, when: 'after' });
    if ((await medium.authenticate('debit')) === 'authenticated') await medium.read(EVERYTHING);
    expect(alive.size).toBe(0);
  }
  const foreign = watched(storeOf({ debit: [5, 6] }));
  channel.restore();
  expect(await mediumAt(channel, { keys: foreign.keys }).authenticate('debit')).toBe('foreign');
  expect(foreign.alive.size).toBe(0);
});
