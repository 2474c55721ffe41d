/** The phone of packages/phone against the centre as it is: over HTTP and its socket, with a database behind. */
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { amountOf } from '@retap/model';
import { type PhoneLink, type SyncOutcome, synchronize } from '@retap/phone';
import {
  type CentreSays,
  encodePhoneSays,
  PAYMENT_VALID_MS,
  PHONE_SOCKET_PROTOCOL,
  type PhoneKind,
  parseCentreSays,
} from '@retap/protocol';
import { randomOf } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ENROLLED, REASON } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { CENTRE } from '../../../../packages/central/test/phones/pocket.ts';
import { Handset } from '../../../../packages/phone/test/handset.ts';
import { messageIn } from '../../../../packages/phone/test/world.ts';
import { type Service, startService } from '../../src/index.ts';

const DAY = 86_400_000;
let now = Date.UTC(2026, 10, 26, 8);
let central: Central;
let service: Service;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: CENTRE.publicKey });
  await central.phones.set({ topUp: 'free', admission: 'anybody' }, REASON);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, checkAnswers: true, signer: CENTRE });
});
afterAll(async () => {
  expect(await central.integrityAlerts({ limit: 9 })).toEqual([]);
  await service?.stop();
  await central?.close();
});

async function post(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${service.url}/phones`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return new Uint8Array(await answer.arrayBuffer());
}

const handset = (name: string, kind: PhoneKind = 'person'): Promise<Handset> =>
  new Handset({ name, kind, post, random: randomOf(name), clock: () => now }).register();

/** Connected, and known to the centre: what it says from now on. */
async function waiting({ phone }: Handset): Promise<{ readonly heard: CentreSays[]; close(): void }> {
  const heard: CentreSays[] = [];
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/phones/socket`, PHONE_SOCKET_PROTOCOL);
  await new Promise((resolve) => socket.once('open', resolve));
  let listener: (message: Uint8Array | null) => void = () => {};
  socket.on('message', (data: Buffer) => {
    const says = parseCentreSays(Uint8Array.from(data));
    if (says?.kind === 'payment') heard.push(says);
    listener(Uint8Array.from(data));
  });
  const link: PhoneLink = {
    send: (message) => socket.send(message),
    onMessage: (given) => {
      listener = given;
    },
    close: () => socket.close(),
  };
  expect(await synchronize(phone, link, () => new Promise(() => {}))).toBe('done');
  return { heard, close: () => socket.close() };
}

async function sync({ phone }: Handset): Promise<SyncOutcome> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/phones/socket`, PHONE_SOCKET_PROTOCOL);
  await new Promise((resolve) => socket.once('open', resolve));
  const link: PhoneLink = {
    send: (message) => socket.send(message),
    onMessage(listener) {
      socket.on('message', (data: Buffer) => listener(Uint8Array.from(data)));
      socket.once('close', () => listener(null));
    },
    close: () => socket.close(),
  };
  const outcome = await synchronize(phone, link, () => new Promise(() => {}));
  link.close();
  return outcome;
}

const wish = (phone: Handset, wanted: Partial<Parameters<Handset['phone']['wish']>[0]>) =>
  phone.phone.wish({ kind: 'top-up', amount: amountOf(0), serial: 0, code: '', ...wanted });

async function loaded(name: string, amount: number): Promise<Handset> {
  const phone = await handset(name);
  await wish(phone, { amount: amountOf(amount) });
  expect(await sync(phone)).toBe('done');
  expect(phone.balance).toBe(amount);
  now += 1_000;
  return phone;
}

const wanted = (amount: number) => ({ amount: amountOf(amount), note: '2 × coffee', product: null });

test('a top-up, a payment with both offline, and both synchronised: settled, and all of the money is there', async () => {
  const [ana, kiosk] = [await loaded('Ana', 4_000), await handset('Kiosk', 'merchant')];
  expect(await sync(kiosk)).toBe('done');
  const request = messageIn(await kiosk.phone.ask(wanted(350)));
  const taken = await kiosk.phone.take(messageIn(await ana.phone.pay(request)));
  expect(taken).toMatchObject({ outcome: 'taken' });
  expect(await sync(ana)).toBe('done');
  expect(ana.phone.view.items[0]).toMatchObject({ state: 'reported' });
  expect(await sync(kiosk)).toBe('done');
  expect(await sync(ana)).toBe('done');
  expect(ana.phone.view.items[0]).toMatchObject({ state: 'taken' });
  expect([ana.phone.view.unsent, kiosk.phone.view.unsent]).toEqual([0, 0]);
  await central.drain();
  expect(await central.account(`P${ana.terminal}`)).toMatchObject({ balance: 3_650 });
  expect(await central.account(`P${kiosk.terminal}`)).toMatchObject({ balance: 350 });
});

test('a payment that nobody scanned: reclaimed when the merchant has reported, and not twice', async () => {
  const [ana, kiosk] = [await loaded('Berta', 4_000), await handset('Kiosk 2', 'merchant')];
  const request = messageIn(await kiosk.phone.ask(wanted(900)));
  await ana.phone.pay(request);
  await sync(ana);
  now += PAYMENT_VALID_MS + 200_000;
  await sync(kiosk);
  await sync(ana);
  const item = ana.phone.view.items[0];
  expect(item).toMatchObject({ state: 'reclaimable', amount: -900 });
  await wish(ana, { kind: 'reclaim', serial: item?.serial ?? 0 });
  expect(await sync(ana)).toBe('done');
  expect(ana.balance).toBe(4_000);
  expect(ana.phone.view.items.some(({ kind, amount }) => kind === 'reclaim' && amount === 900)).toBe(true);
  await wish(ana, { kind: 'reclaim', serial: item?.serial ?? 0 });
  await sync(ana);
  expect(ana.balance).toBe(4_000);
});

test('a lost phone: told so, and its balance moves to the new one after the offline window', async () => {
  const old = await loaded('Cilka', 2_000);
  const fresh = await handset('Cilka again');
  await wish(fresh, { kind: 'move', code: 'recover Cilka' });
  await sync(fresh);
  expect(fresh.phone.view.document.wishes).toMatchObject([{ answer: 'waits' }]);
  expect(await sync(old)).toBe('refused');
  expect(old.phone.view.document.standing).toBe('lost');
  now += 11 * DAY;
  await central.drain();
  await sync(fresh);
  expect(await sync(fresh)).toBe('done');
  expect(fresh.balance).toBe(2_000);
});

test('a phone restored from a copy of before is told so', async () => {
  const ana = await loaded('Dana', 2_000);
  const copy = await ana.copy();
  await wish(ana, { amount: amountOf(100) });
  await sync(ana);
  expect(await sync(copy)).toBe('refused');
  expect(copy.phone.view.document.standing).toBe('rolled-back');
});

test('where both are online the centre hands the payment on; scanned as well, it is taken once', async () => {
  const [ana, kiosk] = [await loaded('Nika', 4_000), await handset('Stall', 'merchant')];
  const request = messageIn(await kiosk.phone.ask(wanted(250)));
  const till = await waiting(kiosk);
  const shown = messageIn(await ana.phone.pay(request));
  expect(await sync(ana)).toBe('done');
  await expect.poll(() => till.heard.length).toBe(1);
  const [handed] = till.heard as [CentreSays & { readonly kind: 'payment' }];
  expect(handed.message).toEqual(shown);
  expect(await kiosk.phone.take(handed.message)).toMatchObject({ outcome: 'taken' });
  // The camera saw it, too.
  expect(await kiosk.phone.take(shown)).toMatchObject({ outcome: 'taken-already' });
  till.close();
  expect(await sync(kiosk)).toBe('done');
  expect(await sync(ana)).toBe('done');
  expect([ana.balance, kiosk.balance]).toEqual([3_750, 250]);
  expect(ana.phone.view.items[0]).toMatchObject({ state: 'taken' });
});

test('a link that breaks in the middle of it: what is on the screen is the same payment', async () => {
  const [ana, kiosk] = [await loaded('Oto', 4_000), await handset('Booth', 'merchant')];
  expect(await sync(kiosk)).toBe('done');
  const request = messageIn(await kiosk.phone.ask(wanted(250)));
  const shown = messageIn(await ana.phone.pay(request));
  // The centre has it, and its answer is lost.
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/phones/socket`, PHONE_SOCKET_PROTOCOL);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(encodePhoneSays({ number: 1, kind: 'payment', bytes: shown }));
  await new Promise((resolve) => socket.once('message', resolve));
  socket.terminate();
  expect(await kiosk.phone.take(shown)).toMatchObject({ outcome: 'taken' });
  for (const each of [kiosk, ana]) expect(await sync(each)).toBe('done');
  expect([ana.balance, kiosk.balance]).toEqual([3_750, 250]);
});

test('what is no payment is refused, and handed to nobody', async () => {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/phones/socket`, PHONE_SOCKET_PROTOCOL);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(encodePhoneSays({ number: 1, kind: 'payment', bytes: Uint8Array.of(0x80) }));
  const says = await new Promise<CentreSays | null>((resolve) => {
    socket.once('message', (data: Buffer) => resolve(parseCentreSays(Uint8Array.from(data))));
  });
  expect(says).toMatchObject({ kind: 'refused', code: 'message-malformed' });
  socket.terminate();
});
