import { amountOf } from '@retap/model';
import {
  base45,
  type CentreSays,
  encodeCentreSays,
  encodeMessage,
  encodePhoneSays,
  encodeRegistration,
  fromBase45,
  messageBytesIn,
  messageLink,
  messageText,
  openMessage,
  type PhoneMessage,
  type PhoneRegistration,
  parseCentreSays,
  parsePhoneSays,
  parseRegistration,
  phoneMedium,
  phoneOfMedium,
} from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const bytes = (...values: number[]): Uint8Array => Uint8Array.of(...values);

describe('base45', () => {
  test.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ])('%s (RFC 9285, section 4)', (plain, letters) => {
    expect(base45(new TextEncoder().encode(plain))).toBe(letters);
    expect(new TextDecoder().decode(fromBase45(letters) ?? undefined)).toBe(plain);
  });

  test('what nobody writes is none', () => {
    for (const letters of ['A', 'GGW', ':::', 'ab8', 'BB8Z', '::']) expect(fromBase45(letters)).toBeNull();
  });

  test('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 99 }), (each) => {
        expect(fromBase45(base45(each))).toEqual(each);
      }),
    );
  });
});

const MESSAGES: readonly PhoneMessage[] = [
  { kind: 'request', request: bytes(1), certificate: bytes(2) },
  { kind: 'record', batch: bytes(1, 2), certificate: bytes() },
  {
    ...{ kind: 'ticket', purchase: bytes(1), certificate: bytes(2), receipt: bytes(3) },
    ...{ sellerCertificate: bytes(4), presentation: bytes(5) },
  },
];

describe('what one phone shows another', () => {
  test.each(MESSAGES)('$kind: by code, pasted, by link', (message) => {
    const written = encodeMessage(message);
    expect(openMessage(written)).toEqual(message);
    const text = messageText(written);
    // The alphanumeric mode of a QR code has no other letters.
    expect(text).toMatch(/^RETAP1:[0-9A-Z $%*+\-./:]*$/);
    expect(messageBytesIn(`\n ${text}  `.trimEnd())).toEqual(written);
    expect(messageBytesIn(messageLink('https://a.example/wallet/', written))).toEqual(written);
  });

  test('anything else is refused', () => {
    const refused = { code: 'message-malformed' };
    for (const other of [
      bytes(),
      bytes(0x80),
      bytes(0x82, 1, 0x40),
      bytes(0x83, 4, 0x40, 0x40),
      new Uint8Array(9_999),
    ]) {
      expect(() => openMessage(other)).toThrow(expect.objectContaining(refused));
    }
    fc.assert(
      fc.property(
        fc.string(),
        (text) => messageBytesIn(text) === null || text.includes('#m=') || text.includes('RETAP1:'),
      ),
    );
  });
});

describe('over the socket', () => {
  const ACCOUNT: CentreSays = {
    ...{ kind: 'account', number: 3, time: 1_780_000_000_000, standing: 'active', lastSerial: 12 },
    ...{ certificate: bytes(9), orders: [bytes(1), bytes(2)], denied: [1_000_000_009] },
    ...{ payments: [{ serial: 3, state: 'taken' }], mebibytePrice: amountOf(250) },
  };
  const ANSWERS: readonly CentreSays[] = [
    { kind: 'kept', number: 1, time: 1_780_000_000_000 },
    { kind: 'refused', number: 2, time: 0, code: 'signature-invalid', message: 'no', retryAfterMs: 5 },
    ACCOUNT,
    { ...ACCOUNT, certificate: null, orders: [], payments: [], denied: null },
    { kind: 'news' },
    { kind: 'payment', message: bytes(1, 2) },
  ];

  test.each(ANSWERS)('the centre says $kind', (says) => {
    expect(parseCentreSays(encodeCentreSays(says))).toEqual(says);
  });

  test.each(['batch', 'standing', 'wish', 'payment'] as const)('a phone says %s', (kind) => {
    const says = { number: 7, kind, bytes: bytes(1, 2, 3) };
    expect(parsePhoneSays(encodePhoneSays(says))).toEqual(says);
  });

  test('any other bytes are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (each) => {
        const [says, answer] = [parsePhoneSays(each), parseCentreSays(each)];
        // What is read is written as it was.
        if (says) expect(encodePhoneSays(says)).toEqual(each);
        if (answer) expect(encodeCentreSays(answer)).toEqual(each);
      }),
    );
  });
});

describe('a registration', () => {
  const REGISTRATION: PhoneRegistration = {
    ...{ kind: 'person' as const, name: 'Žiga', publicKey: new Uint8Array(32), recoveryDigest: new Uint8Array(32) },
    ...{ code: null, signature: new Uint8Array(64) },
  };

  test('is read as it was written, with a code and without', () => {
    for (const code of [null, '0A1B-2C3D']) {
      expect(parseRegistration(encodeRegistration({ ...REGISTRATION, code }))).toEqual({ ...REGISTRATION, code });
    }
  });

  test.each(['', ' Žiga', 'a\u202eb', 'x'.repeat(41)])('by the name of %j is none', (name) => {
    const bad = encodeRegistration({ ...REGISTRATION, name });
    expect(() => parseRegistration(bad)).toThrow(expect.objectContaining({ code: 'registration-malformed' }));
  });
});

test('a phone and its medium have one number', () => {
  expect(phoneMedium(1_000_000_007)).toBe('P1000000007');
  expect(phoneOfMedium('P1000000007')).toBe(1_000_000_007);
  for (const medium of ['P0', 'P01', 'P2147483648', 'p7', '04A1', 'P']) expect(phoneOfMedium(medium)).toBeNull();
});
