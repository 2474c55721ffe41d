import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  encodeHeldLists,
  encodeTimeAnswer,
  encodeTimeQuestion,
  type HeldLists,
  LIST_KINDS,
  openHeldLists,
  openTimeAnswer,
  openTimeQuestion,
  ProtocolError,
} from '../../src/index.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);

const NONCE = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);
const REPORT = { offset: -4_200, delay: 35, measuredAt: 1_780_000_000_000 };
const QUESTION = { terminal: 17, nonce: NONCE, report: REPORT };
const ANSWER = { nonce: NONCE, receivedAt: 1_780_000_000_000, answeredAt: 1_780_000_000_003 };

interface Opened {
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a byte string is worth to whoever has the key. */
function worth(open: (bytes: Uint8Array) => Opened, bytes: Uint8Array): 'good' | 'signature-invalid' | 'malformed' {
  try {
    const { toBeSigned, signature } = open(bytes);
    return verify(null, toBeSigned, publicKey, signature) ? 'good' : 'signature-invalid';
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'time-malformed') return 'malformed';
    throw error;
  }
}

describe.each([
  ['a question', () => encodeTimeQuestion(QUESTION, signed), openTimeQuestion],
  [
    'a question of a terminal that has measured nothing',
    () => encodeTimeQuestion({ ...QUESTION, report: null }, signed),
    openTimeQuestion,
  ],
  ['an answer', () => encodeTimeAnswer(ANSWER, signed), openTimeAnswer],
] as const)('%s', (_what, encoded, open) => {
  test('is good with no bit turned, nothing left out and nothing added', async () => {
    const bytes = await encoded();
    expect(worth(open, bytes)).toBe('good');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(worth(open, turned)).not.toBe('good');
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(worth(open, bytes.subarray(0, length))).not.toBe('good');
    }
    expect(worth(open, Uint8Array.from([...bytes, 0]))).not.toBe('good');
  });
});

test('what was said comes back', async () => {
  expect(openTimeQuestion(await encodeTimeQuestion(QUESTION, signed)).question).toEqual(QUESTION);
  const first = { ...QUESTION, report: null };
  expect(openTimeQuestion(await encodeTimeQuestion(first, signed)).question).toEqual(first);
  expect(openTimeAnswer(await encodeTimeAnswer(ANSWER, signed)).answer).toEqual(ANSWER);
});

test('a question is small, and so is its answer', async () => {
  expect((await encodeTimeQuestion(QUESTION, signed)).length).toBeLessThanOrEqual(130);
  expect((await encodeTimeAnswer(ANSWER, signed)).length).toBeLessThanOrEqual(120);
});

test('a signature over a question is none over an answer, nor over anything else that the same key signs', async () => {
  const question = await encodeTimeQuestion(QUESTION, signed);
  const answer = await encodeTimeAnswer(ANSWER, signed);
  expect(worth(openTimeAnswer, question)).toBe('malformed');
  expect(worth(openTimeQuestion, answer)).toBe('malformed');
  expect(() => openHeldLists(question)).toThrow(ProtocolError);
  const versions = Object.fromEntries(LIST_KINDS.map((kind) => [kind, 1])) as HeldLists['versions'];
  const held = await encodeHeldLists({ terminal: 17, saidAt: 1, versions }, signed);
  expect(worth(openTimeQuestion, held)).toBe('malformed');
});

describe('is refused although it is signed:', () => {
  test.each([
    ['terminal 0', { terminal: 0 }],
    ['a nonce that is too short', { nonce: NONCE.subarray(1) }],
    ['a nonce that is too long', { nonce: Uint8Array.from([...NONCE, 0]) }],
    ['a round trip that took less than no time', { report: { ...REPORT, delay: -1 } }],
    ['a measurement before all time', { report: { ...REPORT, measuredAt: -1 } }],
    ['an offset beyond all time', { report: { ...REPORT, offset: 2 ** 48 } }],
  ])('a question with %s', async (_what, change) => {
    expect(worth(openTimeQuestion, await encodeTimeQuestion({ ...QUESTION, ...change }, signed))).toBe('malformed');
  });

  test.each([
    ['a nonce that is too short', { nonce: NONCE.subarray(1) }],
    ['an answer before its question', { answeredAt: ANSWER.receivedAt - 1 }],
    ['a time before all time', { receivedAt: -1 }],
    ['a time after all time', { answeredAt: 2 ** 48 }],
  ])('an answer with %s', async (_what, change) => {
    expect(worth(openTimeAnswer, await encodeTimeAnswer({ ...ANSWER, ...change }, signed))).toBe('malformed');
  });
});
