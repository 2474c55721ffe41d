import { describe, expect, test } from 'vitest';
import {
  ENROLMENT_CODE_BYTES,
  encodeEnrolment,
  encodeLicenceAnswer,
  encodeRenewal,
  enrolmentCode,
  enrolmentToBeSigned,
  ProtocolError,
  parseEnrolment,
  parseLicenceAnswer,
  parseRenewal,
  renewalToBeSigned,
} from '../../src/index.ts';

const code = enrolmentCode(new Uint8Array(ENROLMENT_CODE_BYTES).fill(9));
const publicKey = Uint8Array.from({ length: 32 }, (_, i) => i);
const signature = Uint8Array.from({ length: 64 }, (_, i) => 255 - i);
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function refusalOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'taken';
}

test('a request for enrolment comes out as it went in, its code as it was made', () => {
  const typed = code.toLowerCase().replaceAll('-', ' ');
  expect(parseEnrolment(encodeEnrolment({ code: typed, publicKey, signature }))).toEqual({
    code,
    publicKey,
    signature,
  });
});

test('an answer comes out as it went in', () => {
  const answer = { licence: Uint8Array.of(0, 171, 255), centre: publicKey };
  expect(parseLicenceAnswer(encodeLicenceAnswer(answer))).toEqual(answer);
});

test('a request for renewal comes out as it went in; other terminals and times sign other bytes', () => {
  const renewal = { terminal: 2 ** 31 - 1, expiresAt: 2 ** 48 - 1, signature };
  expect(parseRenewal(encodeRenewal(renewal))).toEqual(renewal);
  expect([...renewalToBeSigned(258, 2 ** 40 + 3)].slice(-12)).toEqual([0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 3]);
  const bytes = encodeRenewal({ ...renewal, expiresAt: 1 });
  expect(refusalOf(() => parseRenewal(bytes.subarray(1)))).toBe('licence-malformed');
  expect(refusalOf(() => parseRenewal(bytesOf({ terminal: 0, expiresAt: 1, signature: '00' })))).toBe(
    'licence-malformed',
  );
});

test('what is signed names its purpose, the digest of the code, and the key', () => {
  const digest = new Uint8Array(32).fill(7);
  const bytes = enrolmentToBeSigned(digest, publicKey);
  expect(new TextDecoder().decode(bytes.subarray(0, 17))).toBe('retap enrolment 1');
  expect([...bytes.subarray(17)]).toEqual([...digest, ...publicKey]);
});

describe('is refused', () => {
  const right = JSON.parse(new TextDecoder().decode(encodeEnrolment({ code, publicKey, signature })));
  test.each([
    ['a slip in the code', { ...right, code: right.code.replace(/9/, '8') }, 'enrolment-code-slip'],
    ['a key that is too short', { ...right, publicKey: '00' }, 'enrolment-malformed'],
    ['a signature that is no hexadecimal', { ...right, signature: 'z'.repeat(128) }, 'enrolment-malformed'],
    ['a number for a code', { ...right, code: 17 }, 'enrolment-malformed'],
    ['one word too many', { ...right, terminal: 3 }, 'enrolment-malformed'],
    ['a list', [right], 'enrolment-malformed'],
    ['nothing', null, 'enrolment-malformed'],
  ])('%s', (_what, value, refusal) => {
    expect(refusalOf(() => parseEnrolment(bytesOf(value)))).toBe(refusal);
  });

  test('each request that was cut off, and an answer', () => {
    const bytes = encodeEnrolment({ code, publicKey, signature });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(refusalOf(() => parseEnrolment(bytes.subarray(0, length)))).toBe('enrolment-malformed');
    }
    expect(refusalOf(() => parseLicenceAnswer(bytesOf({ licence: 'AB' })))).toBe('enrolment-malformed');
  });
});
