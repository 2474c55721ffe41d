/** Phones over HTTP and their socket, as a real one would speak: the bytes are those of packages/protocol. */

import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { amountOf } from '@retap/model';
import {
  type CentreSays,
  encodePhoneSays,
  encodeRegistration,
  openCertificate,
  openOrder,
  PHONE_MESSAGE_BYTES_MAX,
  PHONE_SOCKET_PROTOCOL,
  type PhoneSays,
  parseCentreSays,
  parseRegistered,
  registrationToBeSigned,
} from '@retap/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ENROLLED, REASON } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { CENTRE, Pocket, wishId } from '../../../../packages/central/test/phones/pocket.ts';
import { type Service, startService } from '../../src/index.ts';
import type { PhoneSocketLimits } from '../../src/phones/socket.ts';

const DAY = 86_400_000;
let now = 1_800_000_000_000;
let central: Central;
let service: Service;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: CENTRE.publicKey });
  await central.phones.set({ topUp: 'free', admission: 'anybody' }, REASON);
  service = await started();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const started = (phoneSocketLimits: Partial<PhoneSocketLimits> = {}, of: Central = central): Promise<Service> =>
  startService({
    ...{ central: of, now: () => now, port: 0, log: () => {}, checkAnswers: true, signer: CENTRE },
    phoneSocketLimits: { newsMs: 50, ...phoneSocketLimits },
  });
async function limited(limits: Partial<PhoneSocketLimits>): Promise<Service> {
  const other = await started({ lookMs: 20, ...limits });
  ends.push(() => other.stop());
  return other;
}

/** Registered over HTTP. */
async function registered(to: Service = service): Promise<Pocket> {
  const phone = new Pocket();
  const said = {
    ...{ kind: phone.kind, name: 'Ana', code: null, publicKey: phone.key.publicKey },
    recoveryDigest: Uint8Array.from(createHash('sha256').update(phone.code).digest()),
  };
  const signature = phone.key.sign(registrationToBeSigned(said));
  const answer = await post('/phones', encodeRegistration({ ...said, signature }), to);
  expect(answer.status).toBe(200);
  const { terminal, certificate, centre } = parseRegistered(new Uint8Array(await answer.arrayBuffer()));
  expect([...centre]).toEqual([...CENTRE.publicKey]);
  expect(openCertificate(certificate).certificate).toMatchObject({ terminal, name: 'Ana', kind: 'person' });
  return phone.as(terminal);
}

function post(path: string, body: Uint8Array | string, to: Service = service): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(to.url + path, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

interface Opened {
  readonly socket: WebSocket;
  readonly heard: CentreSays[];
  readonly closed: Promise<string>;
  /** @returns its answer */
  say(kind: PhoneSays['kind'], bytes: Uint8Array): Promise<CentreSays>;
}

async function opened(to: Service = service, headers: Record<string, string> = {}): Promise<Opened> {
  const socket = new WebSocket(`${to.url.replace('http', 'ws')}/phones/socket`, PHONE_SOCKET_PROTOCOL, { headers });
  ends.push(() => socket.terminate());
  const heard: CentreSays[] = [];
  socket.on('message', (data: Buffer) => heard.push(parseCentreSays(data) ?? expect.fail('no word of the centre')));
  const closed = new Promise<string>((resolve) => socket.once('close', (code, why) => resolve(`${code} ${why}`)));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  let last = 0;
  return {
    ...{ socket, heard, closed },
    async say(kind, bytes) {
      last += 1;
      const number = last;
      socket.send(encodePhoneSays({ number, kind, bytes }));
      const of = () => heard.find((each) => 'number' in each && each.number === number);
      await expect.poll(of, { timeout: 30_000 }).toBeDefined();
      return of() as CentreSays;
    },
  };
}

describe('a phone', () => {
  test('registers, tops up, brings its records and gets a certificate of the new balance', async () => {
    const phone = await registered();
    const { say } = await opened();
    expect(await say('standing', await phone.standing())).toMatchObject({
      kind: 'account',
      certificate: null,
      orders: [],
    });
    expect(await say('batch', (await phone.batch(1, 1)).body)).toEqual({ kind: 'kept', number: 2, time: now });
    expect(await say('standing', await phone.standing())).toMatchObject({ standing: 'active', lastSerial: 1 });
    const wish = await phone.wishBytes({ kind: 'top-up', id: wishId(), amount: amountOf(1_500) });
    expect(await say('wish', wish)).toMatchObject({ kind: 'kept' });
    expect(await say('wish', wish)).toMatchObject({ kind: 'kept' });
    const account = await say('standing', await phone.standing());
    if (account.kind !== 'account') return expect.fail(account.kind);
    expect(account.orders.map((bytes) => openOrder(bytes).order.amount)).toEqual([1_500]);
    phone.commit(1_500, now, 'centre', 1);
    expect(await say('batch', (await phone.batch(2, 2)).body)).toMatchObject({ kind: 'kept' });
    const after = await say('standing', await phone.standing());
    if (after.kind !== 'account' || after.certificate === null) return expect.fail('no certificate');
    const { certificate, toBeSigned, signature } = openCertificate(after.certificate);
    expect(certificate).toMatchObject({ balance: 1_500, mediumSerial: 1 });
    expect(verifySignature(CENTRE.publicKey, toBeSigned, signature)).toBe(true);
  });

  test('is answered in the order in which it speaks: a standing knows of the batch before it', async () => {
    const phone = await registered();
    const { say } = await opened();
    const [batch, standing] = [(await phone.batch(1, 1)).body, await phone.standing()];
    const answers = await Promise.all([say('batch', batch), say('standing', standing)]);
    expect(answers).toMatchObject([{ kind: 'kept' }, { kind: 'account', lastSerial: 1 }]);
  });

  test('brings another phone’s batch, which is that one’s', async () => {
    const [phone, other] = [await registered(), await registered()];
    const { say } = await opened();
    await say('standing', await phone.standing());
    expect(await say('batch', (await other.batch(1, 1)).body)).toMatchObject({ kind: 'kept' });
    expect(await other.hear(central)).toMatchObject({ lastSerial: 1 });
  });

  test('is told that there is news: an order of a clerk, and a suspension', async () => {
    const phone = await registered();
    const { say, heard } = await opened();
    await say('standing', await phone.standing());
    const news = () => heard.filter(({ kind }) => kind === 'news').length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(news()).toBe(0);
    await central.lists.order({ medium: `P${phone.terminal}`, kind: 'refill', amount: amountOf(5) }, REASON);
    await expect.poll(news).toBe(1);
    await central.registry.suspend(phone.terminal, REASON);
    await expect.poll(news).toBe(2);
    expect(await say('standing', await phone.standing())).toMatchObject({ standing: 'suspended', orders: [] });
  });

  test('is refused in words, and goes on: a forged batch, a forged standing, a wish that is not granted', async () => {
    const phone = await registered();
    const stranger = new Pocket().as(phone.terminal);
    const { say, socket } = await opened();
    for (const [kind, bytes] of [
      ['batch', (await stranger.batch(1, 1)).body],
      ['standing', await stranger.standing()],
      ['wish', await stranger.wishBytes({ kind: 'top-up', id: wishId(), amount: amountOf(1) })],
    ] as const) {
      expect(await say(kind, bytes)).toMatchObject({ kind: 'refused', code: 'signature-invalid', retryAfterMs: 0 });
    }
    expect(await say('standing', Uint8Array.of(1))).toMatchObject({ kind: 'refused', code: 'standing-malformed' });
    const wish = await phone.wishBytes({ kind: 'reclaim', id: wishId(), serial: 7 });
    expect(await say('wish', wish)).toMatchObject({ code: 'payment-not-reclaimable', retryAfterMs: 0 });
    expect(await say('standing', await phone.standing())).toMatchObject({ standing: 'active' });
    expect(socket.readyState).toBe(socket.OPEN);
  });

  test('a move that is too early waits, and says until when', async () => {
    const [old, fresh] = [await registered(), await registered()];
    const { say } = await opened();
    const wish = await fresh.wishBytes({ kind: 'move', id: wishId(), code: old.code });
    expect(await say('wish', wish)).toMatchObject({ kind: 'refused', code: 'waits', retryAfterMs: DAY });
  });
});

describe('the socket', () => {
  test('is for pages of this centre, and for no page of another', async () => {
    const { host } = new URL(service.url);
    await opened(service, { origin: `http://${host}` });
    await opened(service, { origin: service.origin });
    await expect(opened(service, { origin: 'https://elsewhere.example' })).rejects.toThrow('403');
    await expect(opened(service, { origin: 'null' })).rejects.toThrow('403');
  });

  test('of another protocol is none', async () => {
    const answer = await fetch(`${service.url}/phones/socket`);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'socket-expected' }]);
  });

  test('ends by what is no message, and by one that is too long', async () => {
    const one = await opened();
    one.socket.send(Uint8Array.of(0xff));
    expect(await one.closed).toContain('1007');
    const text = await opened();
    text.socket.send('hello');
    expect(await text.closed).toContain('1003');
    const long = await opened();
    long.socket.send(new Uint8Array(PHONE_MESSAGE_BYTES_MAX + 1));
    expect(await long.closed).toContain('1009');
  });

  test('of who has not said a good standing in time ends; of who has, it stays', async () => {
    const other = await limited({ strangerMs: 300 });
    const phone = await registered(other);
    const [known, stranger] = [await opened(other), await opened(other)];
    await known.say('standing', await phone.standing());
    expect(await stranger.closed).toBe('1008 no standing');
    expect(known.socket.readyState).toBe(known.socket.OPEN);
  });

  test('that is silent is asked for a byte, and gone without', async () => {
    const other = await limited({ silentMs: 100, strangerMs: 60_000 });
    const phone = await registered(other);
    const alive = await opened(other);
    await alive.say('standing', await phone.standing());
    const dead = await opened(other);
    dead.socket.pong = () => {};
    Object.assign(dead.socket, { _autoPong: false });
    expect(await dead.closed).toContain('1006');
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });

  test('whose message never becomes whole is cut off, and holds no memory then', async () => {
    const other = await limited({ messageMs: 200 });
    const { socket, closed } = await opened(other);
    const transport = (socket as unknown as { _socket: Socket })._socket;
    // The head of a masked frame of 200,000 bytes, and half of it.
    transport.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x03, 0x0d, 0x40, 0, 0, 0, 0]));
    transport.write(Buffer.alloc(100_000));
    expect(await closed).toContain('1006');
    expect(await (await opened(other)).say('standing', Uint8Array.of(1))).toMatchObject({ code: 'standing-malformed' });
  });

  test('of whom nothing is taken ends after some refusals', async () => {
    const other = await limited({ refusalsMax: 3 });
    const { say, closed } = await opened(other);
    for (let each = 0; each < 3; each += 1) await say('standing', Uint8Array.of(each));
    expect(await closed).toBe('1008 too much was refused');
  });

  test('gives way to another one where there are too many', async () => {
    const other = await limited({ socketsMax: 1 });
    const phone = await registered(other);
    const stranger = await opened(other);
    const known = await opened(other);
    expect(await stranger.closed).toContain('1013');
    await known.say('standing', await phone.standing());
    await expect(opened(other)).rejects.toThrow('503');
  });

  test('answers what it has read before the centre stops', async () => {
    let read = () => {};
    const isRead = new Promise<void>((resolve) => {
      read = resolve;
    });
    const slow: Central = {
      ...central,
      async receive(batches) {
        read();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return central.receive(batches);
      },
    };
    const other = await started({}, slow);
    const phone = await registered(other);
    const { say, closed } = await opened(other);
    const answered = say('batch', (await phone.batch(1, 1)).body);
    await isRead;
    await other.stop();
    expect(await answered).toMatchObject({ kind: 'kept' });
    expect(await closed).toContain('1001');
  });
});

describe('POST /phones', () => {
  test('refuses what is none, and another’s recovery code, in words', async () => {
    const none = await post('/phones', '{}');
    expect([none.status, await none.json()]).toMatchObject([400, { code: 'registration-malformed' }]);
    const phone = await registered();
    const other = new Pocket();
    const said = {
      ...{ kind: other.kind, name: 'Ana', code: null, publicKey: other.key.publicKey },
      recoveryDigest: Uint8Array.from(createHash('sha256').update(phone.code).digest()),
    };
    const signature = other.key.sign(registrationToBeSigned(said));
    const taken = await post('/phones', encodeRegistration({ ...said, signature }));
    expect([taken.status, await taken.json()]).toMatchObject([409, { code: 'recovery-code-used' }]);
    const forged = await post('/phones', encodeRegistration({ ...said, signature: new Uint8Array(64) }));
    expect([forged.status, await forged.json()]).toMatchObject([401, { code: 'signature-invalid' }]);
  });

  test('is not asked by another site’s page', async () => {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
    const answer = await fetch(`${service.url}/phones`, { method: 'POST', headers, body: '{}' });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'origin-foreign' }]);
  });
});

describe('POST /phones/lost', () => {
  test('is answered alike for a code of a phone and of nobody, and seldom', async () => {
    const other = await limited({});
    const phone = await registered(other);
    const ask = async (code: string) => {
      const answer = await post('/phones/lost', JSON.stringify({ code }), other);
      return [answer.status, await answer.json()];
    };
    expect(await ask('nobody’s')).toEqual([200, { movableAt: now + 10 * DAY }]);
    expect(await ask(phone.code)).toEqual([200, { movableAt: now + 10 * DAY }]);
    expect(await phone.hear(central)).toMatchObject({ standing: 'lost' });
    for (let each = 0; each < 3; each += 1) await ask('guess');
    expect(await ask('guess')).toMatchObject([429, { code: 'attempts-exceeded' }]);
    now += DAY;
    expect(await ask(phone.code)).toEqual([200, { movableAt: now + 9 * DAY }]);
  });
});
