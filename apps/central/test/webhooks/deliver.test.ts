import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeliveryRules, deliver } from '../../src/webhooks/deliver.ts';

let receiver: Server;
let port: number;
let connections = 0;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  receiver = createServer((request, response) => answer(request, response));
  receiver.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  port = (receiver.address() as AddressInfo).port;
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const rules = (more: Partial<DeliveryRules> = {}): DeliveryRules => ({
  ...{ toLoopback: true, timeoutMs: 5_000, answerBytesMax: 1_000 },
  resolve: () => Promise.reject(new Error('nobody may ask')),
  ...more,
});
const send = (more?: Partial<DeliveryRules>, url = `http://127.0.0.1:${port}/hook`) =>
  deliver(url, { 'webhook-id': 'evt_1' }, '{"type":"alert.raised"}', rules(more));

describe('a receiver that', () => {
  test('takes the message has delivered it', async () => {
    let heard = '';
    answer = async (request, response) => {
      for await (const bytes of request) heard += bytes;
      heard = `${request.method} ${request.url} ${request.headers['webhook-id']} ${heard}`;
      response.writeHead(204).end();
    };
    expect(await send()).toEqual({ outcome: 'delivered', status: 204 });
    expect(heard).toBe('POST /hook evt_1 {"type":"alert.raised"}');
  });

  test.each([
    ['fails', 500, 'refused'],
    ['is busy', 429, 'refused'],
    ['wants no more', 410, 'gone'],
  ])('%s', async (_what, status, outcome) => {
    answer = (_request, response) => response.writeHead(status).end();
    expect(await send()).toEqual({ outcome, status });
  });

  test('leads elsewhere is not followed', async () => {
    const paths: string[] = [];
    answer = (request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    expect(await send()).toEqual({ outcome: 'refused', status: 307 });
    expect(paths).toEqual(['/hook']);
  });

  test('never answers, or never ends its answer, has its time', async () => {
    answer = () => {};
    expect(await send({ timeoutMs: 200 })).toEqual({ outcome: 'timed-out', status: null });
    answer = (_request, response) => {
      response.writeHead(200).write('a');
    };
    expect(await send({ timeoutMs: 200 })).toEqual({ outcome: 'timed-out', status: null });
  });

  test('answers without end is cut off', async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      const more = () => response.write('x'.repeat(10_000), () => !response.destroyed && setImmediate(more));
      more();
    };
    expect(await send()).toEqual({ outcome: 'answer-too-large', status: null });
  });

  test('hangs up, or is not there', async () => {
    answer = (request) => request.socket.destroy();
    expect(await send()).toEqual({ outcome: 'unreachable', status: null });
    expect(await send({}, 'http://127.0.0.1:1/')).toEqual({ outcome: 'unreachable', status: null });
  });
});

describe('a name', () => {
  const url = () => `https://hook.example:8443/`;

  test('is asked once, and exactly the address that it gave is connected to, whatever it says a moment later', async () => {
    // One of its own: on the usual one somebody on this machine may have a centre at this port.
    const here = '127.61.17.3';
    const answers = [[{ address: here, family: 4 }], [{ address: '10.0.0.1', family: 4 }]];
    let asked = 0;
    const resolve = async () => answers[Math.min(asked++, 1)] ?? [];
    // Not even the system knows this name: who asked it again would get nowhere. It speaks no TLS, but it is there.
    const there = createServer(() => {});
    let arrived = 0;
    there.on('connection', () => {
      arrived += 1;
    });
    await new Promise<void>((listening, failed) => there.once('error', failed).listen(8443, here, listening));
    expect(await send({ resolve }, url())).toEqual({ outcome: 'unreachable', status: null });
    expect([asked, arrived]).toEqual([1, 1]);
    there.close();
  });

  test.each([
    ['our own network', [{ address: '10.0.0.1', family: 4 }]],
    [
      'a public address and our own network',
      [
        { address: '93.184.216.34', family: 4 },
        { address: '::1', family: 6 },
      ],
    ],
    ['IPv4 in IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
  ])('that leads to %s is connected to by nobody', async (_what, found) => {
    const before = connections;
    expect(await send({ toLoopback: false, resolve: async () => found }, url())).toEqual({
      outcome: 'address-refused',
      status: null,
    });
    expect(connections).toBe(before);
  });

  test('that nobody knows, or whose service hangs', async () => {
    expect((await send({ resolve: async () => [] }, url())).outcome).toBe('unreachable');
    expect((await send({ timeoutMs: 100, resolve: () => new Promise(() => {}) }, url())).outcome).toBe('timed-out');
  });
});
