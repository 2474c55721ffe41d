/**
 * What a web socket saves over HTTP, both in one run on one PostgreSQL: bytes on the wire beside the batches, and acknowledged
 * batches a second. Prints the figures of docs/protocol.md.
 */
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import {
  encodeSocketBatch,
  parseSocketAnswer,
  SIGNED_BATCH_CONTENT_TYPE,
  UPLOAD_SOCKET_PROTOCOL,
} from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Device, ENROLLED } from '../../../packages/central/test/device.ts';
import { type Service, startService } from '../src/index.ts';

const TERMINALS = 8;
const BATCHES = 25;
const TAPS = 50;
const NOW = 1_000_000;

let postgres: TestPostgres;
let central: Central;
let service: Service;
beforeAll(async () => {
  postgres = await startPostgres();
  central = await openCentral({ database: await postgres.createDatabase(), now: () => NOW, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: new Device(1).publicKey });
  service = await startService({ central, now: () => NOW, port: 0, log: () => {} });
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
  await postgres?.stop();
});

/** Each terminal's batches of 50, signed beforehand. */
async function fleet(first: number): Promise<Uint8Array[][]> {
  const all: Uint8Array[][] = [];
  for (let terminal = first; terminal < first + TERMINALS; terminal += 1) {
    const device = await new Device(terminal).work(TAPS * BATCHES).join(central);
    const batches: Uint8Array[] = [];
    for (let at = 0; at < BATCHES; at += 1) batches.push((await device.batch(TAPS * at + 1, TAPS * (at + 1))).body);
    all.push(batches);
  }
  return all;
}

interface Bytes {
  sent: number;
  answered: number;
}

async function byHttp(batches: readonly Uint8Array[], bytes: Bytes): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let used: Socket | null = null;
  for (const batch of batches) {
    await new Promise<void>((resolve, reject) => {
      const headers = {
        'content-type': SIGNED_BATCH_CONTENT_TYPE,
        'content-length': batch.length,
        'retap-sent-at': NOW,
      };
      const sending = request(`${service.url}/batches`, { method: 'POST', agent, headers }, (answer) => {
        expect(answer.statusCode).toBe(200);
        answer.resume().once('end', resolve);
      });
      sending.once('error', reject).once('socket', (socket) => {
        used = socket;
      });
      sending.end(batch);
    });
  }
  const socket = used as Socket | null;
  bytes.sent += socket?.bytesWritten ?? 0;
  bytes.answered += socket?.bytesRead ?? 0;
  agent.destroy();
}

async function bySocket(batches: readonly Uint8Array[], inFlightMax: number, bytes: Bytes): Promise<void> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/batches/socket`, UPLOAD_SOCKET_PROTOCOL, {
    perMessageDeflate: false,
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const { _socket: transport } = socket as unknown as { _socket: Socket };
  let [next, left] = [0, batches.length];
  const send = (): void => {
    const batch = batches[next];
    if (batch === undefined) return;
    next += 1;
    socket.send(encodeSocketBatch({ number: next, sentAt: NOW, batch }));
  };
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      expect(parseSocketAnswer(data)).toMatchObject({ kind: 'acknowledged', accepted: TAPS });
      left -= 1;
      if (left === 0) resolve();
      send();
    });
    for (let each = 0; each < inFlightMax; each += 1) send();
  });
  bytes.sent += transport.bytesWritten;
  bytes.answered += transport.bytesRead;
  socket.terminate();
}

test('a socket takes fewer bytes beside the batches than HTTP', async () => {
  const ways = [
    ['HTTP', byHttp],
    ['a socket, one at a time', (batches: readonly Uint8Array[], bytes: Bytes) => bySocket(batches, 1, bytes)],
    ['a socket, eight at a time', (batches: readonly Uint8Array[], bytes: Bytes) => bySocket(batches, 8, bytes)],
  ] as const;
  const besides: number[] = [];
  for (const [index, [name, send]] of ways.entries()) {
    const batches = await fleet(100 * (index + 1));
    const bare = batches.flat().reduce((sum, batch) => sum + batch.length, 0);
    const bytes = { sent: 0, answered: 0 };
    const begin = performance.now();
    await Promise.all(batches.map((own) => send(own, bytes)));
    const seconds = (performance.now() - begin) / 1_000;
    const count = TERMINALS * BATCHES;
    const beside = (bytes.sent - bare) / count;
    besides.push(beside);
    console.log(
      `${name}: ${beside.toFixed(0)} bytes a batch beside it, ${(beside / TAPS).toFixed(2)} a tap; ${(bytes.answered / count).toFixed(0)} ` +
        `bytes an answer; ${(count / seconds).toFixed(0)} batches/s of ${TERMINALS} terminals`,
    );
  }
  const [http = 0, socket = 0, several = 0] = besides;
  expect(http).toBeGreaterThan(120);
  expect(Math.max(socket, several)).toBeLessThan(60);
});
