/** What terminal and centre say to each other about batches: as it was said, or not at all. */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeHeldLists,
  encodeSocketAnswer,
  encodeSocketBatch,
  encodeStateQuestion,
  MISSING_MAX,
  openStateQuestion,
  ProtocolError,
  parseReceived,
  parseSocketAnswer,
  parseSocketBatch,
  type ReceivedSerials,
  type SerialRange,
  SOCKET_BATCH_BYTES_MAX,
  type SocketAnswer,
} from '../../src/index.ts';
import { damaged, damages } from '../damage.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);
const QUESTION = { terminal: 17, saidAt: 1_780_000_000_000, from: 901, to: 1000 };
const NOW = 1_780_000_000_123;

const ranges = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 2 * MISSING_MAX }).map((ends) =>
  Array.from({ length: ends.length >> 1 }, (_, at): SerialRange => {
    const [high = 0, low = 0] = ends.sort((a, b) => b - a).slice(2 * at);
    return [3 * low, 3 * high];
  }),
);
const received: fc.Arbitrary<ReceivedSerials> = fc.record({ last: fc.nat(2 ** 31 - 1), missing: ranges });
const time = fc.nat(2 ** 40);
const answers: fc.Arbitrary<SocketAnswer> = fc.oneof(
  fc.record({
    kind: fc.constant('acknowledged' as const),
    ...{ number: fc.integer({ min: 1, max: 2 ** 32 - 1 }), time, receipt: fc.integer({ min: 1 }) },
    ...{ accepted: fc.nat(2000), quarantined: fc.nat(2000), received: fc.option(received) },
  }),
  fc.record({
    kind: fc.constant('refused' as const),
    ...{ number: fc.integer({ min: 1, max: 2 ** 32 - 1 }), time, retryAfterMs: fc.nat(10_000) },
    ...{ code: fc.constantFrom('uploads-full', 'terminal-revoked'), message: fc.string({ maxLength: 200 }) },
  }),
);

describe('what the centre has of a journal', () => {
  test('comes back as it was said, as JSON and over a socket', () => {
    fc.assert(
      fc.property(received, answers, (has, answer) => {
        expect(parseReceived(JSON.parse(JSON.stringify(has)))).toEqual(has);
        expect(parseSocketAnswer(encodeSocketAnswer(answer))).toEqual(answer);
      }),
    );
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no object', 7],
    ['no highest serial', { missing: [] }],
    ['a part of a serial', { last: 1.5, missing: [] }],
    ['a serial beyond all', { last: 2 ** 31, missing: [] }],
    ['no list', { last: 9, missing: {} }],
    ['a range of one number', { last: 9, missing: [[3]] }],
    ['a range of three', { last: 9, missing: [[3, 4, 5]] }],
    ['a range that ends before it begins', { last: 9, missing: [[4, 3]] }],
    ['serial 0', { last: 9, missing: [[0, 3]] }],
    ['text', { last: 9, missing: [['1', '3']] }],
    [
      'the oldest first',
      {
        last: 9,
        missing: [
          [1, 2],
          [5, 6],
        ],
      },
    ],
    [
      'ranges that overlap',
      {
        last: 9,
        missing: [
          [5, 8],
          [3, 5],
        ],
      },
    ],
    [
      'ranges that touch',
      {
        last: 9,
        missing: [
          [5, 8],
          [3, 4],
        ],
      },
    ],
    [
      'too many',
      { last: 999, missing: Array.from({ length: MISSING_MAX + 1 }, (_, at) => [900 - 3 * at, 900 - 3 * at]) },
    ],
  ])('with %s is not understood, whoever says it', (_what, value) => {
    expect(parseReceived(value)).toBeNull();
  });
});

describe('a message of the socket', () => {
  const batch = Uint8Array.from({ length: 300 }, (_, at) => at);

  test('brings a batch whole, in eighteen bytes more than it has', () => {
    const message = encodeSocketBatch({ number: 70_000, sentAt: NOW, batch });
    expect(parseSocketBatch(message)).toEqual({ number: 70_000, sentAt: NOW, batch });
    expect(message.length - batch.length).toBeLessThanOrEqual(18);
  });

  test('with a batch too long for a socket is none', () => {
    const longest = { number: 1, sentAt: NOW, batch: new Uint8Array(SOCKET_BATCH_BYTES_MAX) };
    expect(parseSocketBatch(encodeSocketBatch(longest))).toEqual(longest);
    const longer = { ...longest, batch: new Uint8Array(SOCKET_BATCH_BYTES_MAX + 1) };
    expect(parseSocketBatch(encodeSocketBatch(longer))).toBeNull();
  });

  test('damaged in any way is no other message than can be written, and stops nobody', () => {
    const whole = fc.oneof(
      answers.map(encodeSocketAnswer),
      fc
        .record({ number: fc.integer({ min: 1, max: 99 }), sentAt: time })
        .map((head) => encodeSocketBatch({ ...head, batch })),
    );
    let read = 0;
    fc.assert(
      fc.property(whole, damages, (bytes, steps) => {
        const given = damaged(bytes, steps);
        const [sent, answer] = [parseSocketBatch(given), parseSocketAnswer(given)];
        if (sent) expect(encodeSocketBatch(sent)).toEqual(given);
        if (answer) expect(encodeSocketAnswer(answer)).toEqual(given);
        if (sent || answer) read += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  test('of anything at all is none, or one that can be written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(parseSocketBatch(bytes) === null || parseSocketAnswer(bytes) === null).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a question for the state of a journal', () => {
  function isGood(bytes: Uint8Array): boolean {
    try {
      const { toBeSigned, signature } = openStateQuestion(bytes);
      return verify(null, toBeSigned, publicKey, signature);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'state-question-malformed') return false;
      throw error;
    }
  }

  test('comes back as it was asked; no bit of it turned, nothing left out', async () => {
    const bytes = await encodeStateQuestion(QUESTION, signed);
    expect(openStateQuestion(bytes).question).toEqual(QUESTION);
    expect(isGood(bytes)).toBe(true);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(isGood(turned)).toBe(false);
    }
    for (let length = 0; length < bytes.length; length += 1) expect(isGood(bytes.subarray(0, length))).toBe(false);
  });

  test('is not what a terminal signed of its lists', async () => {
    const versions = { deny: 901, actions: 1000, limits: 1, tariff: 0 };
    expect(isGood(await encodeHeldLists({ terminal: 17, saidAt: NOW, versions }, signed))).toBe(false);
  });

  test.each([
    ['terminal 0', { terminal: 0 }],
    ['no time', { saidAt: -1 }],
    ['serial 0', { from: 0 }],
    ['an end before its begin', { to: 900 }],
  ])('with %s is refused, though it is signed', async (_what, change) => {
    expect(isGood(await encodeStateQuestion({ ...QUESTION, ...change }, signed))).toBe(false);
  });

  test('damaged in any way is refused', async () => {
    const bytes = await encodeStateQuestion(QUESTION, signed);
    fc.assert(
      fc.property(damages, (steps) => {
        const given = damaged(bytes, steps);
        if (!Buffer.from(given).equals(bytes)) expect(isGood(given)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
