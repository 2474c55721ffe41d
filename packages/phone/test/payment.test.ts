import { amountOf } from '@retap/model';
import { itemsOfSequence, PAYMENT_VALID_MS, readSignedBatch } from '@retap/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Handset } from './handset.ts';
import { messageIn, said, World } from './world.ts';

const MONTH = 30 * 86_400_000;
let world: World;
let ana: Handset;
let kiosk: Handset;
const wanted = (amount: number, product: { code: string; maxUses?: number } | null = null) => ({
  ...{ amount: amountOf(amount), note: '2 × coffee', product },
});

beforeEach(async () => {
  world = new World();
  ana = await world.handset('Ana');
  kiosk = await world.handset('Kiosk', 'merchant');
  await world.topUp(ana, 4_000);
  await world.sync(kiosk);
  // Both are offline from now on.
});

const ask = async (amount: number) => messageIn(await kiosk.phone.ask(wanted(amount)));

test('two phones pay with no network, and both are told the same', async () => {
  const request = await ask(350);
  const read = await ana.phone.readRequest(request);
  expect(read).toMatchObject({ outcome: 'payable', request: { amount: 350, note: '2 × coffee' } });
  expect(read).toMatchObject({ payee: { name: 'Kiosk', kind: 'merchant' }, paid: null });
  const taken = await kiosk.phone.take(messageIn(await ana.phone.pay(request)));
  expect(taken).toMatchObject({ outcome: 'taken', item: { amount: 350, other: { name: 'Ana' }, note: '2 × coffee' } });
  expect([ana.balance, kiosk.balance]).toEqual([3_650, 350]);
  expect(said(await ana.phone.take(messageIn(taken)))).toBe('receipt');
  expect(ana.phone.view.items[0]).toMatchObject({ state: 'taken', amount: -350 });
});

test('shown again, scanned again, pressed again: it is one payment', async () => {
  const request = await ask(350);
  const first = messageIn(await ana.phone.pay(request));
  await ana.restart();
  expect(messageIn(await ana.phone.pay(request))).toEqual(first);
  expect(ana.phone.messageOf(ana.phone.view.items[0]!.id)).toEqual(first);
  const receipt = messageIn(await kiosk.phone.take(first));
  await kiosk.restart();
  const again = await kiosk.phone.take(first);
  expect(said(again)).toBe('taken-already');
  expect(messageIn(again)).toEqual(receipt);
  expect([ana.balance, kiosk.balance]).toEqual([3_650, 350]);
});

test('sent to the centre before it is scanned, it is taken all the same', async () => {
  await ana.phone.pay(await ask(350));
  await world.sync(ana);
  const shown = ana.phone.messageOf(ana.phone.view.items[0]!.id)!;
  expect(said(await kiosk.phone.take(shown))).toBe('taken');
});

describe('either side’s report alone is enough for the centre', () => {
  test.each(['ana', 'kiosk'] as const)('%s', async (reporter) => {
    const taken = await kiosk.phone.take(messageIn(await ana.phone.pay(await ask(350))));
    await ana.phone.take(messageIn(taken));
    expect(await world.sync(reporter === 'ana' ? ana : kiosk)).toBe('done');
    const { accounts } = world.centre.state(world.now);
    expect(accounts.map(({ balance }) => balance)).toEqual([3_650, 350]);
    expect(world.centre.statesOf(ana.terminal)).toEqual([{ serial: 3, state: 'taken' }]);
    // The other's report changes nothing.
    await world.sync(reporter === 'ana' ? kiosk : ana);
    expect(world.centre.state(world.now + MONTH).alerts).toEqual([]);
    expect(world.centre.state(world.now).accounts).toEqual(accounts);
  });
});

test('a payment that was never scanned is unverified, and reclaimed once nobody can take it any more', async () => {
  const payment = messageIn(await ana.phone.pay(await ask(350)));
  await world.sync(ana);
  const { serial, state } = ana.phone.view.items[0]!;
  expect(state).toBe('reported');
  await ana.phone.wish({ kind: 'reclaim', amount: amountOf(0), serial, code: '' });
  await world.sync(ana);
  expect(ana.balance).toBe(3_650);
  world.pass(PAYMENT_VALID_MS + 121_000);
  await world.sync(kiosk);
  expect(said(await kiosk.phone.take(payment))).toBe('refused: too-late');
  await world.sync(ana);
  expect(ana.balance).toBe(4_000);
  await world.sync(ana);
  expect(ana.phone.view.items.map((item) => [item.kind, item.state])).toEqual([
    ['reclaim', 'reported'],
    ['payment', 'reclaimed'],
    ['top-up', 'reported'],
  ]);
  expect(world.centre.state(world.now + MONTH).alerts).toEqual([]);
});

test('a phone that told the centre the time takes nothing older, though its clock is turned back', async () => {
  const payment = messageIn(await ana.phone.pay(await ask(350)));
  world.pass(PAYMENT_VALID_MS + 121_000);
  await world.sync(kiosk);
  kiosk.skewMs = -100_000;
  expect(said(await kiosk.phone.take(payment))).toBe('refused: too-late');
  kiosk.skewMs = -PAYMENT_VALID_MS;
  expect(said(await kiosk.phone.take(payment))).toBe('refused: clock-turned-back');
});

describe('refunds', () => {
  test('offline, in parts, never more than was paid', async () => {
    await kiosk.phone.take(messageIn(await ana.phone.pay(await ask(350))));
    const { id } = kiosk.phone.view.items[0]!;
    const refund = await kiosk.phone.refund(id, amountOf(200));
    expect(said(refund)).toBe('paid');
    expect(said(await kiosk.phone.refund(id, amountOf(151)))).toBe('refused: refund-too-large');
    expect(ana.phone.view.items[0]!.state).toBe('unreported');
    const back = await ana.phone.take(messageIn(refund));
    // Who gives a payment back has taken it.
    expect(ana.phone.view.items.find(({ amount }) => amount === -350)!.state).toBe('taken');
    expect(back).toMatchObject({ outcome: 'taken', item: { kind: 'refund', amount: 200 } });
    expect([ana.balance, kiosk.balance]).toEqual([3_850, 150]);
    expect(said(await ana.phone.take(messageIn(refund)))).toBe('taken-already');
  });

  test('by merchants only, of what they took only', async () => {
    await kiosk.phone.take(messageIn(await ana.phone.pay(await ask(350))));
    const { id } = ana.phone.view.items[0]!;
    expect(said(await ana.phone.refund(id, amountOf(1)))).toBe('refused: merchants-only');
    expect(said(await kiosk.phone.refund('1-1', amountOf(1)))).toBe('refused: unexpected');
  });
});

describe('tickets', () => {
  const buy = async () => {
    const request = messageIn(await kiosk.phone.ask(wanted(500, { code: 'day', maxUses: 2 })));
    const taken = await kiosk.phone.take(messageIn(await ana.phone.pay(request)));
    return { receipt: messageIn(taken), productId: ana.phone.view.items[0]!.product!.id };
  };

  test('bought, used and looked at with no network', async () => {
    const { receipt, productId } = await buy();
    expect(said(await ana.phone.showTicket(productId, true))).toBe('refused: receipt-missing');
    await ana.phone.take(receipt);
    const inspector = await world.handset('Inspector', 'merchant');
    world.pass(1_000);
    const seen = await inspector.phone.inspect(messageIn(await ana.phone.showTicket(productId, true)));
    expect(seen).toMatchObject({ outcome: 'valid', product: { code: 'day' }, uses: 1, holder: { name: 'Ana' } });
    expect(said(await ana.phone.showTicket(productId, true))).toBe('shown');
    expect(said(await ana.phone.showTicket(productId, true))).toBe('refused: product-not-valid');
    for (const each of [ana, kiosk, inspector]) await world.sync(each);
    const { alerts, accounts } = world.centre.state(world.now + MONTH);
    expect(alerts).toEqual([]);
    expect(accounts[0]).toMatchObject({ products: [{ id: productId, uses: 2 }], pendingValidations: [] });
  });

  test('a picture of it is worth nothing some minutes later', async () => {
    const { receipt, productId } = await buy();
    await ana.phone.take(receipt);
    const shown = messageIn(await ana.phone.showTicket(productId, true));
    world.pass(181_000);
    expect(said(await kiosk.phone.inspect(shown))).toBe('refused: too-late');
  });

  test('a person sells none', async () => {
    expect(said(await ana.phone.ask(wanted(500, { code: 'day' })))).toBe('refused: merchants-only');
  });
});

test('a person is paid within limits, and may spend it at once', async () => {
  const ben = await world.handset('Ben');
  const payment = await ana.phone.pay(messageIn(await ben.phone.ask(wanted(1_000))));
  expect(said(await ben.phone.take(messageIn(payment)))).toBe('taken');
  expect(said(await ben.phone.ask(wanted(99_001)))).toBe('refused: balance-limit');
  world.pass(1_000);
  const onward = await ben.phone.pay(await ask(400));
  expect(said(await kiosk.phone.take(messageIn(onward)))).toBe('taken');
  expect([ana.balance, ben.balance, kiosk.balance]).toEqual([3_000, 600, 400]);
});

test('cash-out goes to the centre', async () => {
  expect(said(await ana.phone.cashOut(amountOf(4_001)))).toBe('refused: insufficient-balance');
  expect(said(await ana.phone.cashOut(amountOf(1_500)))).toBe('paid');
  await world.sync(ana);
  expect(world.centre.state(world.now).accounts[0]).toMatchObject({ balance: 2_500 });
});

test('what cannot be sent is carried by hand', async () => {
  await kiosk.phone.take(messageIn(await ana.phone.pay(await ask(350))));
  const batches = [...itemsOfSequence(await kiosk.phone.exportUnsent())];
  const records = batches.flatMap(({ bytes }) => readSignedBatch(bytes).records);
  expect(records.map(({ record }) => [record.terminal, record.serial])).toEqual([
    [ana.terminal, 3],
    [kiosk.terminal, 2],
  ]);
});
