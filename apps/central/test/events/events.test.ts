import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Central, openCentral } from '@retap/central';
import { UPLOAD_SOCKET_PROTOCOL } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../../src/index.ts';
import { at, batchOf, debit, open, upload } from '../records.ts';

let central: Central;
let service: Service;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => at(2) });
  service = await startService({ central, now: () => at(2), port: 0, log: () => {}, checkAnswers: true });
  await upload(service.url, batchOf([open(1, 1, 'A', 0, 1000)]));
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

interface Message {
  readonly id?: string;
  readonly event?: string;
  readonly data: { readonly position: number; readonly data: Record<string, unknown> };
}

/** Reads a stream until it has so many messages that are wanted. */
async function listen(path: string, count: number, wanted: RegExp, headers = {}): Promise<Message[]> {
  const answer = await fetch(service.url + path, { headers });
  expect(answer.status).toBe(200);
  const found: Message[] = [];
  let text = '';
  for await (const bytes of answer.body ?? []) {
    text += new TextDecoder().decode(bytes);
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const fields = Object.fromEntries(part.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line)?.slice(1) ?? []));
      if (wanted.test(fields.event ?? '')) found.push({ ...fields, data: JSON.parse(fields.data) });
    }
    if (found.length >= count) break;
  }
  return found;
}

/** So many alerts, each of a medium of its own. */
async function spoil(terminal: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, i) => [
    open(terminal, 2 * i + 1, `M${terminal}-${i}`, i / 1_000, 1000),
    debit({
      ...{ terminal, serial: 2 * i + 2, medium: `M${terminal}-${i}`, hours: i / 1_000 + 0.0001 },
      ...{ last: [i / 1_000, terminal] as const, amount: -100, balance: 800 },
    }),
  ]);
  await upload(service.url, batchOf(records.flat()));
}

describe('server-sent events', () => {
  test('tell an alert as it is raised, and the totals beside it', async () => {
    const after = await central.events.last();
    const listening = listen(`/events?after=${after}`, 2, /^alert|^totals/);
    const alerts = listen(`/events?types=alert.*&after=${after}`, 1, /^alert/);
    await spoil(2, 1);
    const [raised] = await alerts;
    expect(raised?.data.data).toMatchObject({ case: 1, alert: { kind: 'balance-mismatch', medium: 'M2-0' } });
    expect(raised?.id).toBe(String(raised?.data.position));
    expect((await listening).some(({ event }) => event === 'totals')).toBe(true);
  });

  test('go on where a stream broke, over a restart, and leave nothing out', async () => {
    await spoil(3, 30);
    const all = await listen('/events?after=0&types=alert.*', 31, /^alert/);
    const positions = all.map(({ data }) => data.position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    await service.stop();
    service = await startService({ central, now: () => at(2), port: 0, log: () => {}, checkAnswers: true });
    const headers = { 'last-event-id': String(positions[9]) };
    const rest = await listen('/events?after=0&types=alert.raised', 21, /^alert/, headers);
    expect(rest.map(({ data }) => data.position)).toEqual(positions.slice(10));
  });

  test('that were forgotten are told as such', async () => {
    expect(await central.events.forget({ before: 0, countMax: 5 })).toBeGreaterThan(20);
    const [forgotten] = await listen('/events?after=0', 1, /^forgotten/);
    expect(forgotten?.data).toEqual({ upTo: (await central.events.last()) - 5 });
  });

  test('of no known type are refused in words', async () => {
    const answer = await fetch(`${service.url}/events?types=alert.raised,gossip`);
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 'question-malformed', message: '"types" has "gossip", which is no type of event' },
    ]);
  });
});

describe('a web socket', () => {
  const connect = (path: string, headers = {}): WebSocket =>
    new WebSocket(service.url.replace('http', 'ws') + path, { headers });

  test('tells the same events', async () => {
    const socket = connect(`/events/socket?after=${(await central.events.last()) - 2}`);
    const messages: { type: string; position: number }[] = [];
    socket.on('message', (bytes) => messages.push(JSON.parse(String(bytes))));
    await once(socket, 'open');
    await spoil(4, 3);
    await expect.poll(() => messages.length, { timeout: 10_000 }).toBe(5);
    expect(messages.every(({ type }) => type === 'alert.raised')).toBe(true);
    expect(messages.map(({ position }) => position)).toEqual(messages.map((_, i) => (messages[0]?.position ?? 0) + i));
    socket.close();
    await once(socket, 'close');
  });

  test('is for hearing: who sends more than next to nothing is shown out', async () => {
    for (const protocol of ['chat', UPLOAD_SOCKET_PROTOCOL]) {
      const socket = new WebSocket(`${service.url.replace('http', 'ws')}/events/socket`, protocol);
      await once(socket, 'open');
      socket.send('x'.repeat(1_000));
      socket.send('x'.repeat(1_025));
      const closed = once(socket, 'close');
      const later = setTimeout(() => socket.terminate(), 5_000);
      const [code] = await closed;
      clearTimeout(later);
      expect(code).toBe(1009);
    }
  });

  test('whose other end is dead is cut off; one that only has nothing to say is kept', async () => {
    const other = await startService({
      ...{ central, now: () => at(2), port: 0, log: () => {} },
      eventSocketLimits: { lookMs: 50, silentMs: 1_000 },
    });
    const [dead, quiet] = [1, 2].map(() => new WebSocket(`${other.url.replace('http', 'ws')}/events/socket`));
    if (!dead || !quiet) return expect.fail();
    const closes: [string, number][] = [];
    dead.on('close', (code) => closes.push(['dead', code]));
    quiet.on('close', (code) => closes.push(['quiet', code]));
    await Promise.all([once(dead, 'open'), once(quiet, 'open')]);
    // It answers no ping, as one whose network is gone.
    const network = (dead as unknown as { _socket: Socket })._socket;
    network.pause();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    network.resume();
    await expect.poll(() => closes, { timeout: 5_000 }).toEqual([['dead', 1006]]);
    await other.stop();
  });

  test('that names the protocol of uploads keeps nobody from stopping the service', async () => {
    const other = await startService({ central, now: () => at(2), port: 0, log: () => {}, graceMs: 100 });
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}/events/socket`, UPLOAD_SOCKET_PROTOCOL);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await other.stop();
    await closed;
  });

  test('is not opened for a page of another site', async () => {
    const socket = connect('/events/socket', { origin: 'https://elsewhere.example' });
    const [error] = await once(socket, 'error');
    expect(error.message).toContain('403');
  });

  test('asked for without an upgrade says so', async () => {
    const answer = await fetch(`${service.url}/events/socket`);
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket']);
  });
});
