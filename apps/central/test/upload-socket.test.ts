/** Batches over a web socket: taken as over HTTP, and nobody can hold the centre's memory or its end. */

import { type AddressInfo, connect, type Socket } from 'node:net';
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import {
  encodeSignedPayload,
  encodeSocketBatch,
  parseSocketAnswer,
  SIGNED_BATCH_CONTENT_TYPE,
  SOCKET_IN_FLIGHT_MAX,
  SOCKET_MESSAGE_BYTES_MAX,
  type SocketAnswer,
  signedBatch,
  UPLOAD_SOCKET_PROTOCOL,
} from '@retap/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Device, ENROLLED, REASON } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { Held, UploadsFull } from '../src/body.ts';
import { type Service, startService } from '../src/index.ts';
import { SOCKET_LIMITS, type SocketLimits, UploadSocket } from '../src/upload-socket/socket.ts';
import { batchOf, open } from './records.ts';

const NOW = 1_000_000;
let central: Central;
let service: Service;
let terminals = 100;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => NOW, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: new Device(1).publicKey });
  service = await started();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const started = (socketLimits: Partial<SocketLimits> = {}, of: Central = central): Promise<Service> =>
  startService({ central: of, now: () => NOW, port: 0, log: () => {}, checkAnswers: true, socketLimits });
async function limited(limits: Partial<SocketLimits>, of: Central = central): Promise<Service> {
  const other = await started({ lookMs: 20, ...limits }, of);
  ends.push(() => other.stop());
  return other;
}
const joined = (records: number): Promise<Device> => {
  terminals += 1;
  return new Device(terminals).work(records).join(central);
};

interface Opened {
  readonly socket: WebSocket;
  readonly answers: SocketAnswer[];
  readonly closed: Promise<string>;
  send(number: number, batch: Uint8Array): void;
  answer(number: number): Promise<SocketAnswer>;
}

async function opened(
  to: Service = service,
  headers: Record<string, string> = {},
  protocol = UPLOAD_SOCKET_PROTOCOL,
): Promise<Opened> {
  const socket = new WebSocket(`${to.url.replace('http', 'ws')}/batches/socket`, protocol, { headers });
  ends.push(() => socket.terminate());
  const answers: SocketAnswer[] = [];
  socket.on('message', (data: Buffer) =>
    answers.push(parseSocketAnswer(data) ?? expect.fail('no answer of the protocol')),
  );
  const closed = new Promise<string>((resolve) => socket.once('close', (code, why) => resolve(`${code} ${why}`)));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  const of = (number: number) => answers.find((each) => each.number === number);
  return {
    ...{ socket, answers, closed },
    send: (number, batch) => socket.send(encodeSocketBatch({ number, sentAt: NOW - 7, batch })),
    answer: async (number) => {
      await expect.poll(() => of(number), { timeout: 60_000 }).toBeDefined();
      return of(number) as SocketAnswer;
    },
  };
}
const overHttp = async (body: Uint8Array): Promise<unknown> => {
  const headers = { 'content-type': SIGNED_BATCH_CONTENT_TYPE };
  return (await fetch(`${service.url}/batches`, { method: 'POST', headers, body: new Uint8Array(body) })).json();
};

describe('over a socket a terminal', () => {
  test('sends several batches at a time, each answered when it is durable with what there is of its journal', async () => {
    const device = await joined(60);
    const { send, answer } = await opened();
    for (let batch = 1; batch <= 12; batch += 1) send(batch, (await device.batch(5 * batch - 4, 5 * batch)).body);
    for (let batch = 1; batch <= 12; batch += 1) {
      expect(await answer(batch)).toMatchObject({ kind: 'acknowledged', accepted: 5, quarantined: 0, time: NOW });
    }
    expect(await answer(12)).toMatchObject({ received: { last: 60, missing: [] } });
    expect(await central.registry.terminal(device.terminal)).toMatchObject({
      lastSerial: 60,
      missing: 0,
      clockOffset: 7,
    });
  });

  test('may send the same batch by HTTP as well, at the same moment: each is answered, each record counts once', async () => {
    const device = await joined(40);
    const { send, answer } = await opened();
    const before = (await central.totals(0)).records;
    const batches = await Promise.all(Array.from({ length: 20 }, (_, at) => device.batch(2 * at + 1, 2 * at + 2)));
    const both = batches.map(async ({ body }, at) => {
      send(at + 1, body);
      return [await overHttp(body), await answer(at + 1)] as const;
    });
    for (const [http, socket] of await Promise.all(both)) {
      expect(socket).toMatchObject({
        kind: 'acknowledged',
        receipt: (http as { receipt: number }).receipt,
        accepted: 2,
      });
    }
    expect((await central.totals(0)).records).toBe(before + 40);
    expect(await central.integrityAlerts({ limit: 9 })).toEqual([]);
  });

  test.each<[string, (device: Device) => Promise<Uint8Array>]>([
    [
      'signature-invalid',
      async (device) =>
        (await Object.assign(new Device(device.terminal), { journal: device.journal }).batch(1, 2)).body,
    ],
    ['terminal-unknown', async () => (await new Device(9_999).work(2).batch(1, 2)).body],
    [
      'terminal-mismatch',
      async (device) => {
        const other = new Device(5_555).work(2);
        const { terminal, journal: records } = other;
        const before = other.linkBefore(1);
        return signedBatch(encodeSignedPayload({ terminal, from: 1, before, records }), device.terminal, device.sign);
      },
    ],
    ['batch-malformed', async (device) => (await device.batch(1, 2)).body.subarray(0, 90)],
    ['batch-unsigned', async () => batchOf([open(7, 1, 'M7', 0, 100)])],
    [
      'terminal-suspended',
      async (device) => {
        await central.registry.suspend(device.terminal, REASON);
        return (await device.batch(1, 2)).body;
      },
    ],
  ])('is refused as over HTTP: %s; and the next batch is taken', async (code, bytesOf) => {
    const [device, other] = [await joined(2), await joined(2)];
    const body = await bytesOf(device);
    const { send, answer } = await opened();
    send(1, body);
    send(2, (await other.batch(1, 2)).body);
    expect(await answer(1)).toMatchObject({ kind: 'refused', code, retryAfterMs: 0 });
    expect(await answer(2)).toMatchObject({ kind: 'acknowledged', accepted: 2 });
  });

  test('is told when to come again where the database is gone; it stays connected', async () => {
    const gone = Object.assign(new Error('the password is secret'), { code: 'database-unreachable' });
    const broken = await limited({}, { ...central, receive: () => Promise.reject(gone) });
    const device = await joined(2);
    const { send, answer, socket } = await opened(broken);
    send(1, (await device.batch(1, 2)).body);
    const refused = await answer(1);
    expect(refused).toMatchObject({ kind: 'refused', code: 'central-unavailable' });
    expect('retryAfterMs' in refused && refused.retryAfterMs).toBeGreaterThan(0);
    expect(JSON.stringify(refused)).not.toContain('secret');
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('nobody is let in', () => {
  test.each<[string, Record<string, string>, string, string]>([
    ['from a page of a browser', { origin: 'https://evil.example' }, UPLOAD_SOCKET_PROTOCOL, '403'],
    ['with another protocol', {}, 'chat', '400'],
  ])('%s', async (_what, headers, protocol, status) => {
    await expect(opened(service, headers, protocol)).rejects.toThrow(status);
  });

  test('without asking for a socket: the answer says what to do', async () => {
    const answer = await fetch(`${service.url}/batches/socket`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'socket-expected']);
  });

  test('beyond the limit, where all who are there have brought something; who has not makes room', async () => {
    const few = await limited({ socketsMax: 2 });
    const device = await joined(4);
    const stranger = await opened(few);
    const first = await opened(few);
    first.send(1, (await device.batch(1, 2)).body);
    await first.answer(1);
    const second = await opened(few);
    expect(await stranger.closed).toContain('1013');
    second.send(1, (await device.batch(3, 4)).body);
    await second.answer(1);
    await expect(opened(few)).rejects.toThrow('503');
    first.socket.terminate();
    await first.closed;
    await expect
      .poll(() =>
        opened(few).then(
          () => 'in',
          () => 'full',
        ),
      )
      .toBe('in');
  });
});

describe('a peer that', () => {
  test('sends what is no message is shown out: 1007, text 1003, too long 1009', async () => {
    const malformed = await opened();
    malformed.socket.send(Buffer.from('830102', 'hex'));
    expect(await malformed.closed).toContain('1007');
    const text = await opened();
    text.socket.send('[1, 2, 3]');
    expect(await text.closed).toContain('1003');
    const long = await opened();
    long.socket.send(new Uint8Array(300_000));
    expect(await long.closed).toContain('1009');
  });

  test('brings nothing that is taken is not kept; nor is one that brings nothing any more, or is silent', async () => {
    const short = await limited({ strangerMs: 300, idleMs: 100_000 });
    expect(await (await opened(short)).closed).toBe('1008 no batch was taken');
    const idle = await limited({ idleMs: 1_000 });
    const device = await joined(2);
    const quiet = await opened(idle);
    quiet.send(1, (await device.batch(1, 2)).body);
    await quiet.answer(1);
    expect(await quiet.closed).toBe('1000 idle');
    const mute = await limited({ silentMs: 1_500 });
    const answering = await opened(mute);
    const dead = await opened(mute);
    // It answers no ping, as one whose network is gone.
    (dead.socket as unknown as { _socket: Socket })._socket.pause();
    let isEnded = false;
    void answering.closed.then(() => {
      isEnded = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    (dead.socket as unknown as { _socket: Socket })._socket.resume();
    expect(await dead.closed).toContain('1006');
    expect(isEnded).toBe(false);
  });

  test('has batch after batch refused is shown out', async () => {
    const strict = await limited({ refusalsMax: 3 });
    const { send, closed, answers } = await opened(strict);
    const { body } = await new Device(9_998).work(1).batch(1, 1);
    for (let number = 1; number <= 5; number += 1) send(number, body);
    expect(await closed).toContain('1008');
    expect(answers.length).toBeGreaterThanOrEqual(3);
  });

  test('sends a message that is long in coming makes room for others, pings or none', async () => {
    let elapsed = 0;
    const held = new Held(200 * 2 ** 10, 9, () => elapsed);
    const server = new WebSocketServer({ port: 0, maxPayload: SOCKET_MESSAGE_BYTES_MAX });
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    const take = () => Promise.reject(new Error('nothing came'));
    const options = { take, held, now: () => NOW, elapsed: () => elapsed, random: () => 0, onFault: () => {} };
    server.on('connection', (socket, { socket: transport }) => {
      new UploadSocket(socket, transport, 'a client', { ...options, limits: SOCKET_LIMITS });
    });
    const client = new WebSocket(`ws://localhost:${(server.address() as AddressInfo).port}`);
    ends.push(() => client.terminate());
    const closed = new Promise((resolve) => client.once('close', resolve));
    await new Promise((resolve) => client.once('open', resolve));
    client.send(new Uint8Array(150 * 2 ** 10), { fin: false });
    await expect.poll(() => held.bytes).toBeGreaterThan(150 * 2 ** 10);
    elapsed = 4_999;
    expect(() => held.claim(100 * 2 ** 10)).toThrow(UploadsFull);
    await new Promise((resolve) => {
      client.once('pong', resolve);
      client.ping();
    });
    elapsed = 5_000;
    held.claim(100 * 2 ** 10);
    await closed;
    expect(held.bytes).toBe(100 * 2 ** 10);
  });

  test('drips a message, or begins one and is silent, is cut off, and what it held is given back', async () => {
    const short = await limited({ messageMs: 150, silentMs: 60_000 });
    const begun = await Promise.all([1, 2, 3].map(() => rawSocket(short)));
    for (const socket of begun) {
      // A binary frame, masked, of 200,000 bytes, of which 10,000 come.
      const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 3, 0x0d, 0x40, 1, 2, 3, 4]);
      socket.write(Buffer.concat([head, Buffer.alloc(10_000)]));
    }
    const drip = setInterval(() => begun[0]?.write('x'), 20);
    await Promise.all(begun.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    clearInterval(drip);
  });

  test('sends faster than batches become durable is not read on: its batches wait where they come from', async () => {
    let underWay = 0;
    let most = 0;
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const verify: Central['verify'] = async (batch) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await held;
      underWay -= 1;
      return central.verify(batch);
    };
    const slow = await limited({}, { ...central, verify });
    const device = await joined(120);
    const { send, answer } = await opened(slow);
    for (let number = 1; number <= 30; number += 1) send(number, (await device.batch(4 * number - 3, 4 * number)).body);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([underWay, most]).toEqual([SOCKET_IN_FLIGHT_MAX, SOCKET_IN_FLIGHT_MAX]);
    go();
    await answer(30);
    expect(most).toBe(SOCKET_IN_FLIGHT_MAX);
  });
});

test('a service that stops answers what it has read, then says that it leaves', async () => {
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const receive: Central['receive'] = async (batches) => {
    await held;
    return central.receive(batches);
  };
  const stopping = await started({}, { ...central, receive });
  const device = await joined(2);
  const { send, closed, answers } = await opened(stopping);
  const idle = await opened(stopping);
  send(1, (await device.batch(1, 2)).body);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const stopped = stopping.stop();
  setTimeout(go, 100);
  await stopped;
  expect([await closed, await idle.closed]).toEqual(['1001 the centre is stopping', '1001 the centre is stopping']);
  expect(answers).toMatchObject([{ number: 1, kind: 'acknowledged' }]);
});

/** A socket of which every byte is the test's own. */
async function rawSocket(to: Service): Promise<Socket> {
  const { hostname, port } = new URL(to.url);
  const socket = connect(Number(port), hostname);
  ends.push(() => socket.destroy());
  socket.on('error', () => {});
  socket.write(
    `GET /batches/socket HTTP/1.1\r\nhost: ${hostname}:${port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
      `sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: ${UPLOAD_SOCKET_PROTOCOL}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}
