/** A terminal's way to the centre: a socket, HTTP where none gets through, and a network that does what it will. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeSocketAnswer, parseSocketBatch, SOCKET_BATCH_BYTES_MAX, type SocketAnswer } from '@retap/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { uplinkTo } from '../../src/uplink/http.ts';
import { EitherUplink, SocketOnlyUplink, SocketUplink } from '../../src/uplink/socket.ts';

const NOW = 1_780_000_000_000;

let server: Server;
let sockets: WebSocketServer;
let url: string;
/** What the centre does with a batch that came over a socket: an answer, or nothing. */
let onBatch: (number: number, socket: WebSocket, batch: Uint8Array) => SocketAnswer | Uint8Array | null;
let isUpgrading: boolean;
let overSocket: number;
let overHttp: number;
let opened: number;
let accepted: (string | null)[];
let stopping: AbortController;
let elapsed: number;

const acknowledged = (number: number): SocketAnswer => {
  const received = { last: 9, missing: [[3, 4]] as const };
  return { kind: 'acknowledged', number, time: NOW, receipt: number, accepted: 1, quarantined: 0, received };
};
const refused = (number: number, code: string, retryAfterMs = 0): SocketAnswer => {
  return { kind: 'refused', number, time: NOW, code, message: 'says the centre', retryAfterMs };
};

beforeEach(async () => {
  [overSocket, overHttp, opened, elapsed] = [0, 0, 0, 0];
  accepted = [];
  isUpgrading = true;
  stopping = new AbortController();
  onBatch = (number) => acknowledged(number);
  sockets = new WebSocketServer({ noServer: true });
  server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    overHttp += 1;
    const body = '{"receipt":1,"accepted":1,"quarantined":[],"received":{"last":7,"missing":[]}}';
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.on('upgrade', (request, socket, head) => {
    if (!isUpgrading || request.url !== '/retap/batches/socket') {
      socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      opened += 1;
      ws.on('error', () => {});
      ws.on('message', (data: Buffer) => {
        overSocket += 1;
        const { number, batch, sentAt } = parseSocketBatch(data) ?? expect.fail('no batch');
        expect(sentAt).toBe(NOW);
        const answer = onBatch(number, ws, batch);
        if (answer) ws.send(answer instanceof Uint8Array ? answer : encodeSocketAnswer(answer));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/retap`;
});
afterEach(async () => {
  stopping.abort();
  for (const client of sockets.clients) client.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function options() {
  const onAnswer = (why: string | null): void => void accepted.push(why);
  return { centre: url, signal: stopping.signal, now: () => NOW, onAnswer, log: () => {} };
}
const socketUplink = (): SocketUplink => new SocketUplink(options(), { openMs: 20_000, answerMs: 1_000 });
const either = (): EitherUplink => new EitherUplink(socketUplink(), uplinkTo(options()), () => elapsed);
const batch = Uint8Array.from({ length: 200 }, (_, at) => at);

describe('over a socket', () => {
  test('batches go several at a time over one connection, and each answer finds its batch', async () => {
    const waiting: (() => void)[] = [];
    onBatch = (number, ws) => {
      waiting.unshift(() =>
        ws.send(encodeSocketAnswer(number === 2 ? refused(2, 'uploads-full', 1_500) : acknowledged(number))),
      );
      return null;
    };
    const uplink = socketUplink();
    const answers = [1, 2, 3].map(() => uplink.send(batch));
    await expect.poll(() => waiting.length).toBe(3);
    // The last is answered first.
    for (const answer of waiting) answer();
    const received = { last: 9, missing: [[3, 4]] };
    expect(await Promise.all(answers)).toEqual([
      { answer: 'acknowledged', received },
      { answer: 'later', afterMs: 1_500 },
      { answer: 'acknowledged', received },
    ]);
    expect([opened, accepted]).toEqual([1, [null, null]]);
  });

  test.each([
    ['terminal-revoked', { answer: 'refused' }, ['terminal-revoked']],
    ['licence-expired', { answer: 'refused' }, ['licence-expired']],
    ['batch-malformed', { answer: 'fault' }, []],
    ['something-new', { answer: 'fault' }, []],
  ])('a refusal %s is %o', async (code, answer, said) => {
    onBatch = (number) => refused(number, code);
    expect(await socketUplink().send(batch)).toEqual(answer);
    expect(accepted).toEqual(said);
  });

  test('a connection that breaks is a fault of what was on its way, and is opened anew', async () => {
    const uplink = socketUplink();
    await uplink.send(batch);
    onBatch = (_, ws) => {
      ws.terminate();
      return null;
    };
    expect(await Promise.all([uplink.send(batch), uplink.send(batch)])).toEqual([
      { answer: 'fault' },
      { answer: 'fault' },
    ]);
    onBatch = (number) => acknowledged(number);
    expect(await uplink.send(batch)).toMatchObject({ answer: 'acknowledged' });
    expect(opened).toBe(2);
  });

  test('one that goes silent is given up; while answers come it is not, however many are waited for', async () => {
    const uplink = socketUplink();
    onBatch = (number, ws) => {
      setTimeout(() => ws.send(encodeSocketAnswer(acknowledged(number))), 300 * number);
      return null;
    };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => uplink.send(batch)));
    expect(answers.every(({ answer }) => answer === 'acknowledged')).toBe(true);
    onBatch = () => null;
    expect(await uplink.send(batch)).toEqual({ answer: 'fault' });
  });

  test.each([
    ['bytes that are no answer', Uint8Array.from([1, 2, 3])],
    ['an answer to what was never sent', encodeSocketAnswer(acknowledged(77))],
  ])('whoever answers with %s is no centre: nothing counts as sent', async (_what, bytes) => {
    const uplink = socketUplink();
    await uplink.send(batch);
    onBatch = () => bytes;
    expect(await uplink.send(batch)).toEqual({ answer: 'fault' });
    expect(accepted).toEqual([null]);
  });

  test('on a slow link not so many go along that they wait behind each other', async () => {
    onBatch = () => null;
    const uplink = socketUplink();
    expect(uplink.inFlightMax).toBe(8);
    const answers = [1, 2].map(() => uplink.send(new Uint8Array(40_000)));
    await expect.poll(() => overSocket).toBe(2);
    expect(uplink.inFlightMax).toBe(2);
    await Promise.all(answers);
    expect(uplink.inFlightMax).toBe(8);
  });

  test('a terminal that stops ends it at once, also while it is being opened', async () => {
    onBatch = () => null;
    const uplink = socketUplink();
    const answer = uplink.send(batch);
    await expect.poll(() => overSocket).toBe(1);
    stopping.abort();
    expect((await answer).answer).not.toBe('acknowledged');
    expect(await uplink.send(batch)).toEqual({ answer: 'fault' });
    expect(await new SocketOnlyUplink(uplink).send(batch)).toEqual({ answer: 'fault' });
  });
});

describe('either', () => {
  test('goes over HTTP, one at a time, where a proxy passes no sockets, and tries again after ten minutes', async () => {
    isUpgrading = false;
    const uplink = either();
    expect(await uplink.send(batch, 'signed')).toEqual({ answer: 'acknowledged', received: { last: 7, missing: [] } });
    expect(await uplink.send(batch, 'signed')).toMatchObject({ answer: 'acknowledged' });
    expect([overHttp, overSocket, uplink.inFlightMax]).toEqual([2, 0, 1]);
    isUpgrading = true;
    elapsed = 599_999;
    await uplink.send(batch, 'signed');
    expect([overHttp, overSocket]).toEqual([3, 0]);
    elapsed = 600_000;
    await uplink.send(batch, 'signed');
    expect([overHttp, overSocket, uplink.inFlightMax]).toEqual([3, 1, 8]);
  });

  test('goes over HTTP where a socket opens and nothing ever comes back', async () => {
    onBatch = () => null;
    const uplink = either();
    expect(await uplink.send(batch, 'signed')).toMatchObject({ answer: 'acknowledged' });
    expect([overHttp, overSocket]).toEqual([1, 1]);
    await uplink.send(batch, 'signed');
    expect([overHttp, overSocket]).toEqual([2, 1]);
  });

  test('sends by HTTP what is too long for a socket', async () => {
    const uplink = either();
    await uplink.send(new Uint8Array(SOCKET_BATCH_BYTES_MAX + 1), 'signed');
    await uplink.send(batch, 'signed');
    expect([overHttp, overSocket]).toEqual([1, 1]);
    expect(await new SocketOnlyUplink(socketUplink()).send(new Uint8Array(SOCKET_BATCH_BYTES_MAX + 1))).toEqual({
      answer: 'fault',
    });
  });

  test('without any network is a fault, and a socket is tried again at once', async () => {
    const uplink = either();
    server.closeAllConnections();
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await uplink.send(batch, 'signed')).toEqual({ answer: 'fault' });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await uplink.send(batch, 'signed')).toMatchObject({ answer: 'acknowledged' });
    expect([overHttp, overSocket]).toEqual([0, 1]);
  });
});
