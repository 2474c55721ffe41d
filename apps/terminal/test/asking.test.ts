/** A terminal whose centre was restored from an old backup, or whose network says so. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStateQuestion, type ReceivedSerials, type StateQuestion } from '@retap/protocol';
import { BatchSize, Journal, MemoryJournal, type Uplink } from '@retap/terminal';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Asking, type AskingOptions, askOf } from '../src/asking.ts';
import { uplinkTo } from '../src/uplink/http.ts';

const START = 1_780_000_000_000;
const HOUR = 3_600_000;
const { privateKey } = generateKeyPairSync('ed25519');
const identity = {
  publicKey: new Uint8Array(32),
  sign: (bytes: Uint8Array) => sign(null, bytes, privateKey),
  close() {},
};
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

let server: Server;
let url: string;
let answer: { status: number; body: string };
let questions: StateQuestion[];
let now: number;
let journal: Journal;
let sent: [number, number][];
let lines: string[];
let uplinkAnswers: 'acknowledged' | 'fault';
const stopping = new AbortController();
const log = (_level: string, event: string, fields: object = {}): void => {
  lines.push(`${event} ${JSON.stringify(fields)}`);
};

beforeEach(async () => {
  [questions, sent, lines, now] = [[], [], [], START];
  uplinkAnswers = 'acknowledged';
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        if (request.url === '/retap/batches/state') questions.push(openStateQuestion(Buffer.concat(chunks)).question);
        response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '7' }).end(answer.body);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/retap`;
  const keep = { ageMax: Number.POSITIVE_INFINITY, segmentsMax: 1_000 };
  journal = await Journal.open({ store: new MemoryJournal(), terminal: 17, sha256, snapshot: () => '', keep });
  for (let serial = 1; serial <= 2_000; serial += 1) {
    const stamp = { time: START + serial, lastTime: START, lastTerminal: 9, balance: 880 as never };
    await journal.write({ terminal: 17, serial, type: 'observation', medium: 'M1', ...stamp });
  }
  for (let batch = await journal.nextBatch(500); batch; batch = await journal.nextBatch(500))
    await journal.acknowledge(batch);
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const uplink: Uplink = {
  send: async (bytes) => {
    const { from, to } = JSON.parse(Buffer.from(bytes).toString());
    sent.push([from, to]);
    return uplinkAnswers === 'fault' ? { answer: 'fault' } : { answer: 'acknowledged', received: null };
  },
};
function asking(changes: Partial<AskingOptions> = {}): Asking {
  const signal = stopping.signal;
  const ask = askOf({ centre: url, terminal: 17, identity, now: () => now, signal, log });
  const times = { every: HOUR, now: () => now, random: () => 0.5 };
  return new Asking({ source: journal, uplink, size: new BatchSize(), ask, ...times, signal, log, ...changes });
}
const has = (received: ReceivedSerials | null): void => {
  answer = { status: 200, body: JSON.stringify({ received }) };
};
const countOf = (ranges: readonly (readonly [number, number])[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

describe('a terminal with nothing to send', () => {
  test('asks within ten minutes of its start, then each hour, what there is of the records that it keeps', async () => {
    has({ last: 2_000, missing: [] });
    const terminal = asking();
    for (let minute = 0; minute < 180; minute += 1) {
      await terminal.round();
      now += 60_000;
    }
    expect(questions.map(({ terminal: who, from, to }) => [who, from, to])).toEqual([
      [17, 1, 2_000],
      [17, 1, 2_000],
      [17, 1, 2_000],
    ]);
    expect(questions.map(({ saidAt }) => (saidAt - START) / 60_000)).toEqual([5, 65, 125]);
    expect(sent).toEqual([]);
  });

  test('sends again what the centre lacks, newest first, ten batches between two pauses, and says so once', async () => {
    has({ last: 1_900, missing: [[1_001, 1_500]] });
    const terminal = asking();
    now += 600_000;
    await terminal.round();
    expect(sent[0]).toEqual([1_951, 2_000]);
    expect(sent.length).toBeLessThanOrEqual(10);
    for (let round = 0; round < 5; round += 1) await terminal.round();
    expect(countOf(sent)).toBe(600);
    expect(Math.min(...sent.map(([from]) => from))).toBe(1_001);
    expect(questions).toHaveLength(1);
    expect(lines.filter((line) => !line.startsWith('upload'))).toEqual([
      'centre-lacks {"records":600,"last":1900}',
      'sent-again {}',
    ]);
    expect(journal.unsent.count).toBe(0);
  });

  test('and no network tries again where it was', async () => {
    has({ last: 1_990, missing: [] });
    const terminal = asking();
    now += 600_000;
    uplinkAnswers = 'fault';
    await terminal.round();
    await terminal.round();
    uplinkAnswers = 'acknowledged';
    await terminal.round();
    expect(sent).toEqual([
      [1_991, 2_000],
      [1_991, 2_000],
      [1_991, 2_000],
    ]);
  });

  test.each([
    ['is older and knows no such question', 404, '{"code":"not-found","message":""}'],
    ['does not take it', 403, '{"code":"terminal-suspended","message":""}'],
    ['is no centre', 200, '<html>'],
    ['cannot tell while it is being rebuilt', 200, '{"received":null}'],
    ['answers what is no state', 200, '{"received":{"last":"all","missing":[]}}'],
    ['answers too much', 200, JSON.stringify({ received: { last: 9, missing: [] }, more: 'x'.repeat(70_000) })],
  ])('whose centre %s sends nothing, and asks again some time later', async (_what, status, body) => {
    answer = { status, body };
    const terminal = asking();
    for (let minute = 0; minute < 30; minute += 1) {
      await terminal.round();
      now += 60_000;
    }
    expect(sent).toEqual([]);
    expect(questions.length).toBeGreaterThanOrEqual(3);
    expect(questions.length).toBeLessThanOrEqual(4);
  });

  test('that is not enrolled asks nobody', async () => {
    has({ last: 0, missing: [] });
    const terminal = asking({ ask: null });
    now += 10 * HOUR;
    await terminal.round();
    expect([questions.length, sent.length]).toEqual([0, 0]);
  });
});

describe('an acknowledgement', () => {
  test('that tells of a hole has it filled, without a question', async () => {
    const terminal = asking();
    terminal.onReceived({ last: 2_000, missing: [[1_991, 1_995]] }, 2_000);
    await terminal.round();
    expect([sent, questions.length]).toEqual([[[1_991, 1_995]], 0]);
  });

  test('tells nothing of what came after it was sent', async () => {
    const terminal = asking();
    terminal.onReceived({ last: 1_500, missing: [] }, 1_500);
    await terminal.round();
    expect(sent).toEqual([]);
  });

  test('of HTTP is read with what the centre has; a busy centre says when to come again', async () => {
    const options = { centre: url, signal: stopping.signal, now: () => now, onAnswer: () => {}, log };
    const http = uplinkTo(options);
    answer = {
      status: 200,
      body: '{"receipt":1,"accepted":1,"quarantined":[],"received":{"last":9,"missing":[[3,4]]}}',
    };
    const received = { last: 9, missing: [[3, 4]] };
    expect(await http.send(new Uint8Array(9), 'signed')).toEqual({ answer: 'acknowledged', received });
    answer = { status: 200, body: '{"receipt":1,"accepted":1,"quarantined":[]}' };
    expect(await http.send(new Uint8Array(9), 'signed')).toEqual({ answer: 'acknowledged', received: null });
    for (const status of [429, 503]) {
      answer = { status, body: '{"code":"uploads-full","message":""}' };
      expect(await http.send(new Uint8Array(9), 'signed')).toEqual({ answer: 'later', afterMs: 7_000 });
    }
    // A proxy's page is no centre's word, and no acknowledgement above all.
    for (const [status, body] of [
      [503, '<html>'],
      [200, '<html>'],
      [200, ''],
      [200, 'null'],
      [200, '{"ok":true}'],
      [200, '{"receipt":0,"accepted":1}'],
    ] as const) {
      answer = { status, body };
      expect(await http.send(new Uint8Array(9), 'signed')).toEqual({ answer: 'fault' });
    }
  });
});

test('a network that says every minute that all is missing has it sent five times on a day, and no more', async () => {
  has({ last: 0, missing: [] });
  const terminal = asking();
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    terminal.onReceived({ last: 0, missing: [] }, 2_000);
    await terminal.round();
    now += 60_000;
  }
  expect(countOf(sent)).toBeLessThanOrEqual(5 * 2_000);
  expect(countOf(sent)).toBeGreaterThanOrEqual(2_000);
});
