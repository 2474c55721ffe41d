/** The centre is asked the time: what is believed, what is not, and what the centre hears. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeTimeAnswer, openTimeQuestion, type TimeQuestion } from '@retap/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepAsking } from '../../src/clock/asking.ts';
import { followingClock, measuredClock, type TerminalClock } from '../../src/clock/terminal-clock.ts';
import { Pause } from '../../src/pause.ts';
import { START } from '../scene.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').privateKey;
const centreKey = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
const device = generateKeyPairSync('ed25519').privateKey;
const identity = { publicKey: new Uint8Array(32), sign: (bytes: Uint8Array) => sign(null, bytes, device), close() {} };
const answerBy = (key: KeyObject, nonce: Uint8Array, time = START): Promise<Uint8Array> =>
  encodeTimeAnswer({ nonce, receivedAt: time, answeredAt: time }, (bytes) => sign(null, bytes, key));

/** What the centre, or whoever stands in its place, answers. */
let answer: (question: TimeQuestion) => Promise<Uint8Array | number>;
let plain: string;
let heard: TimeQuestion[];
let asked: string[];
let server: Server;
let url: string;
let clock: TerminalClock;
let lines: string[];
let measured: number;
let stopping: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  [heard, asked, lines, measured] = [[], [], [], 0];
  plain = `{"receivedAt":${START},"answeredAt":${START + 1}}`;
  answer = ({ nonce }) => answerBy(privateKey, nonce);
  server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const body = Buffer.concat(await request.toArray());
    if (request.method === 'GET') {
      response.end(plain);
      return;
    }
    const { question } = openTimeQuestion(body);
    heard.push(question);
    const answered = await answer(question);
    if (typeof answered === 'number') response.writeHead(answered).end('{"code":"terminal-suspended","message":""}');
    else response.end(answered);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/retap`;
  const monotonic = (): number => performance.now();
  const following = { clockTolerance: 120_000, setMax: undefined, keep: () => {} };
  clock = followingClock({ wall: () => 0, monotonic, kept: null, notBefore: 0, ...following });
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await running;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A pause that takes no time. */
class NoPause extends Pause {
  override for(): Promise<void> {
    return super.for(1);
  }
}

function ask(centre: (() => Uint8Array | null) | null = () => centreKey): void {
  const { signal } = stopping;
  running = keepAsking({
    ...{ centre: url, terminal: 17, clock, monotonic: () => performance.now() },
    enrolled: centre && { identity, centre },
    randomBytes: (length) => new Uint8Array(length).map(() => Math.floor(256 * Math.random())),
    ...{ random: Math.random, signal, pause: new NoPause(signal) },
    onMeasured: () => {
      measured += 1;
    },
    log: (_level, event, fields = {}) => lines.push(`${event} ${JSON.stringify(fields)}`),
  });
}

/** So many more questions. */
async function questions(count: number): Promise<void> {
  const before = asked.length;
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBeGreaterThan(before + count);
}

describe('the centre’s answer', () => {
  test('sets the clock; the next question says how it stands', async () => {
    ask();
    await expect.poll(() => measured).toBeGreaterThan(4);
    expect(Math.abs(clock.now() - START)).toBeLessThan(10_000);
    expect(clock.setAt()).not.toBeNull();
    expect(asked[0]).toBe('POST /retap/time');
    expect(heard[0]).toMatchObject({ terminal: 17, report: null });
    expect(heard[1]?.report?.measuredAt).toBe(START);
    expect(lines).toEqual([]);
  });

  test('is asked for with a number that no question before had', async () => {
    ask();
    await questions(20);
    const nonces = heard.map(({ nonce }) => Buffer.from(nonce).toString('hex'));
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

describe('changes nothing, and is logged once:', () => {
  const unmoved = async (why: string): Promise<void> => {
    ask();
    await questions(10);
    expect([clock.now() < 10_000, clock.setAt(), clock.report(), measured]).toEqual([true, null, null, 0]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`time-not-taken {"why":"${why}"`);
  };

  test('an answer that somebody else has signed', async () => {
    answer = ({ nonce }) => answerBy(stranger, nonce);
    await unmoved('answer-forged');
  });

  test('an answer of the centre’s to another question', async () => {
    let before = await answerBy(privateKey, new Uint8Array(16));
    answer = async ({ nonce }) => {
      const replayed = before;
      before = await answerBy(privateKey, nonce);
      return replayed;
    };
    await unmoved('answer-replayed');
  });

  test('a page of a captive portal', async () => {
    answer = async () => Buffer.from('<html>Please sign in</html>');
    await unmoved('answer-malformed');
  });

  test('a refusal', async () => {
    answer = async () => 403;
    await unmoved('no-answer');
    expect(lines[0]).toContain('"status":403,"code":"terminal-suspended"');
  });

  test('an answer that says it was held for longer than it took', async () => {
    answer = ({ nonce }) => {
      const times = { receivedAt: START, answeredAt: START + 60_000 };
      return encodeTimeAnswer({ nonce, ...times }, (bytes) => sign(null, bytes, privateKey));
    };
    await unmoved('round-trip-negative');
  });

  test('an answer with a byte changed, whichever', async () => {
    let at = 0;
    answer = async ({ nonce }) => {
      const bytes = await answerBy(privateKey, nonce);
      bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ (1 << (at % 8));
      at += 1;
      return bytes;
    };
    ask();
    await questions((await answerBy(privateKey, new Uint8Array(16))).length);
    expect([measured, clock.setAt(), clock.report()]).toEqual([0, null, null]);
  });
});

test('an answer that is held up makes the round trip longer, and the error no greater than half of it', async () => {
  let centreTime = 0;
  answer = async ({ nonce }) => {
    centreTime = START + performance.now();
    const bytes = await answerBy(privateKey, nonce, Math.floor(centreTime));
    await new Promise((resolve) => setTimeout(resolve, 300));
    return bytes;
  };
  ask();
  await expect.poll(() => measured).toBeGreaterThan(0);
  const off = clock.now() - (START + performance.now());
  const { delay } = clock.report()!;
  expect(delay).toBeGreaterThanOrEqual(299);
  expect(off).toBeLessThan(-50);
  expect(off).toBeGreaterThanOrEqual(-delay / 2 - 2);
});

describe('who has no centre’s key', () => {
  test('and is not enrolled hears the time from anybody: it is shown, and the clock is somebody else’s', async () => {
    const wall = (): number => START + 5_000;
    clock = measuredClock({ now: wall, setAt: wall, setMax: 1, monotonic: () => performance.now() });
    ask(null);
    await expect.poll(() => measured).toBeGreaterThan(0);
    expect(asked[0]).toBe('GET /retap/time');
    expect(Math.abs(clock.report()!.offset + 5_000)).toBeLessThan(2_000);
    expect(clock.now()).toBe(START + 5_000);
  });

  test('although it is enrolled: what anybody says sets no clock', async () => {
    ask(() => null);
    await questions(5);
    expect([clock.setAt(), clock.report()]).toEqual([null, null]);
  });

  test.each(['', 'null', '{"receivedAt":1}', '{"receivedAt":2,"answeredAt":1}', '{"receivedAt":-1,"answeredAt":1}'])(
    'an answer %j is none',
    async (text) => {
      plain = text;
      ask(null);
      await questions(3);
      expect(measured).toBe(0);
      expect(lines).toEqual(['time-not-taken {"why":"answer-malformed"}']);
    },
  );
});

test('a centre that is away is asked again, with longer and longer pauses, and heard when it is back', async () => {
  const pauses: number[] = [];
  const { signal } = stopping;
  class NotedPause extends Pause {
    override async for(milliseconds: number): Promise<void> {
      pauses.push(milliseconds);
      await super.for(1);
    }
  }
  answer = async () => 503;
  running = keepAsking({
    ...{
      centre: url,
      terminal: 17,
      clock,
      monotonic: () => performance.now(),
      enrolled: { identity, centre: () => centreKey },
    },
    ...{ randomBytes: (length: number) => new Uint8Array(length), random: () => 0.999, signal, log: () => {} },
    ...{ pause: new NotedPause(signal), onMeasured: () => {} },
  });
  await expect.poll(() => pauses.length).toBeGreaterThan(9);
  expect(pauses.slice(0, 4)).toEqual([4_995, 9_990, 19_980, 39_960]);
  expect(Math.max(...pauses)).toBeLessThan(300_000);
  answer = ({ nonce }) => answerBy(privateKey, nonce);
  pauses.length = 0;
  await expect.poll(() => pauses.filter((each) => each > 300_000).length).toBeGreaterThan(1);
  // Three questions a round, then five minutes and a quarter at most.
  const round = pauses.indexOf(300_000 * (0.75 + 0.999 / 2));
  expect(pauses.slice(round, round + 4)).toEqual([pauses[round], 1_000, 1_000, pauses[round]]);
});
