/** The envelope: whoever turns a bit, cuts, adds, reorders or signs for another is refused. */
import { createPublicKey, sign, verify } from 'node:crypto';
import { openSignedBatch, ProtocolError, readBody, SIGNED_BATCH_BYTES_MAX, signedBatch } from '@retap/protocol';
import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor } from '../../src/signed/cbor.ts';
import { signatureStructure } from '../../src/signed/sign1.ts';
import { bytesOf, digitsOf, judged, payloadOf, privateKeyOf, signedOf, TAPS } from './runs.ts';

describe('the signature', () => {
  it('is over what RFC 9052 says: "EdDSA-sig-01" of the COSE working group\'s examples', () => {
    // Its key is that of RFC 8032, section 7.1, test 1.
    const key = createPublicKey(privateKeyOf('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
    const protectedHeader = bytesOf('a201270300');
    const payload = new TextEncoder().encode('This is the content.');
    const toBeSigned = signatureStructure(protectedHeader, new Uint8Array(0), payload);
    expect(digitsOf(toBeSigned)).toBe(
      '846a5369676e61747572653145a2012703004054546869732069732074686520636f6e74656e742e',
    );
    const signature = bytesOf(`7142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb87
      11497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d`);
    expect(verify(null, toBeSigned, key, signature)).toBe(true);
  });

  it('is over terminal, purpose and payload', async () => {
    const payload = bytesOf('0102');
    let toBeSigned = '';
    const bytes = await signedBatch(payload, 0x0102_0304, (given) => {
      toBeSigned = digitsOf(given);
      return new Uint8Array(64).fill(0xee);
    });
    const kid = '01020304';
    const header = `a2 01 27 04 44 ${kid}`.replaceAll(' ', '');
    // ["Signature1", protected header, "retap batch 1", payload]
    const aad = Buffer.from('retap batch 1').toString('hex');
    expect(toBeSigned).toBe(`846a5369676e61747572653149${header}4d${aad}420102`);
    // 18([protected header, {}, payload, signature])
    expect(digitsOf(bytes)).toBe(`d28449${header}a04201025840${'ee'.repeat(64)}`);
    expect(openSignedBatch(bytes)).toEqual({
      terminal: 0x0102_0304,
      toBeSigned: bytesOf(toBeSigned),
      signature: new Uint8Array(64).fill(0xee),
      payload,
    });
  });

  it.each([0, 63, 65])('has 64 bytes, not %i', async (length) => {
    await expect(signedBatch(bytesOf('80'), 17, () => new Uint8Array(length))).rejects.toThrow(RangeError);
  });
});

describe('a signed batch', async () => {
  const payload = payloadOf(TAPS);
  const whole = await signedOf(payload);

  it('is accepted as it was signed', () => {
    expect(judged(whole)).toBe('accepted');
  });

  it('is the same bytes when it is signed again, so that a repeat is known', async () => {
    expect(await signedOf(payloadOf(TAPS))).toEqual(whole);
  });

  it('is refused with any bit of any byte turned, and any byte turned over', () => {
    const refusals = new Map<string, number>();
    for (let at = 0; at < whole.length; at += 1) {
      for (const turned of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const other = Uint8Array.from(whole);
        other[at] = (whole[at] as number) ^ turned;
        const verdict = judged(other);
        if (verdict !== 'signature-invalid' && verdict !== 'batch-malformed') throw new Error(`byte ${at}: ${verdict}`);
        refusals.set(verdict, (refusals.get(verdict) ?? 0) + 1);
      }
    }
    // Payload, kid and signature are for the signature to hold; the envelope itself has one form.
    expect(refusals.get('signature-invalid')).toBeGreaterThan((payload.length + 64) * 9);
    expect(refusals.get('batch-malformed')).toBeGreaterThanOrEqual(13 * 8);
  });

  it('is refused with any byte of its envelope set to any other value', () => {
    for (const at of [...Array.from({ length: 16 }, (_, place) => place), whole.length - 66, whole.length - 65]) {
      for (let value = 0; value < 256; value += 1) {
        if (value === whole[at]) continue;
        expect(['signature-invalid', 'batch-malformed']).toContain(judged(whole.with(at, value)));
      }
    }
  });

  it('is refused cut off anywhere, and with anything before or after it', () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(judged(whole.subarray(0, length))).not.toBe('accepted');
      expect(judged(whole.subarray(whole.length - length))).not.toBe('accepted');
    }
    for (let byte = 0; byte < 256; byte += 1) {
      expect(judged(Uint8Array.of(...whole, byte))).not.toBe('accepted');
      expect(judged(Uint8Array.of(byte, ...whole))).not.toBe('accepted');
    }
  });

  it('is refused with a byte left out or doubled anywhere', () => {
    for (let at = 0; at < whole.length; at += 1) {
      expect(judged(Uint8Array.of(...whole.subarray(0, at), ...whole.subarray(at + 1)))).not.toBe('accepted');
      expect(judged(Uint8Array.of(...whole.subarray(0, at + 1), ...whole.subarray(at)))).not.toBe('accepted');
    }
  });

  it('is refused with its records in another order', async () => {
    const swapped = payloadOf([...TAPS.slice(0, 4), { ...(TAPS[5] as (typeof TAPS)[0]), serial: 9 }], 17, 5);
    const other = await signedBatch(swapped, 17, () => openSignedBatch(whole).signature);
    expect(judged(other)).toBe('signature-invalid');
  });

  it('is refused under the number of another terminal', async () => {
    const { signature } = openSignedBatch(whole);
    expect(judged(await signedBatch(payload, 18, () => signature))).toBe('signature-invalid');
  });

  it('is refused with records of another terminal than signed it', async () => {
    const foreign = await signedOf(payload, 18);
    expect(judged(foreign)).toBe('terminal-mismatch');
    expect(() => readBody('signed', foreign)).toThrow(
      'records of terminal 17 in a batch signed by terminal 18: a terminal speaks only for itself',
    );
  });

  it('is refused with a signature that the same key made of something else', async () => {
    const other = await signedBatch(payload, 17, () =>
      Uint8Array.from(sign(null, payload, privateKeyOf('11'.repeat(32)))),
    );
    expect(judged(other)).toBe('signature-invalid');
  });

  it('is read where the centre stored it: whole, as form "signed"', () => {
    expect(readBody('signed', whole).records.map(({ record }) => record)).toEqual(TAPS);
  });

  it('is taken apart also where it lies within other bytes', () => {
    const within = new Uint8Array(whole.length + 20).fill(0xff);
    within.set(whole, 7);
    expect(openSignedBatch(within.subarray(7, 7 + whole.length))).toEqual(openSignedBatch(whole));
  });

  it.each([
    ['untagged', (hex: string) => hex.slice(2)],
    ['tagged in a longer encoding', (hex: string) => `d812${hex.slice(2)}`],
    ['an array of unknown length', (hex: string) => `d29f${hex.slice(4)}ff`],
    ['with an unprotected header', (hex: string) => hex.replace('a058', 'a1182a0058')],
    ['with another algorithm', (hex: string) => hex.replace('a20127', 'a20126')],
    ['with its length in a longer encoding', (hex: string) => hex.replace('a058', 'a05900')],
    ['without a payload', (hex: string) => `${hex.slice(0, 26)}f6${hex.slice(-132)}`],
    ['with kid 0', (hex: string) => hex.replace('00000011', '00000000')],
    ['with a kid beyond 2^31-1', (hex: string) => hex.replace('00000011', '80000000')],
    ['empty', () => ''],
  ])('is malformed %s', (_, change) => {
    const changed = change(digitsOf(whole));
    expect(changed).not.toBe(digitsOf(whole));
    expect(() => openSignedBatch(bytesOf(changed))).toThrow(ProtocolError);
  });

  it('has an end', async () => {
    expect(() => openSignedBatch(new Uint8Array(SIGNED_BATCH_BYTES_MAX + 1))).toThrow(
      `send at most ${SIGNED_BATCH_BYTES_MAX} at a time`,
    );
    const most = new Uint8Array(SIGNED_BATCH_BYTES_MAX - 13 - 5 - 66);
    expect((await signedOf(most)).length).toBe(SIGNED_BATCH_BYTES_MAX);
    await expect(signedOf(new Uint8Array(most.length + 1))).rejects.toThrow(RangeError);
  });
});

describe('CBOR', () => {
  it.each([
    ['an integer in a longer encoding', '1801'],
    ['a length in a longer encoding', '580161'],
    ['an array of unknown length', '9f01ff'],
    ['bytes of unknown length', '5f4161ff'],
    ['a map', 'a0'],
    ['a tag', 'c100'],
    ['a float', 'f93e00'],
    ['true', 'f5'],
    ['undefined', 'f7'],
    ['an unassigned simple value', 'f8ff'],
    ['not a number', 'f97e00'],
    ['an integer beyond 2^53', '1b0020000000000000'],
    ['text that is not UTF-8', '61ff'],
    ['two values', '0101'],
    ['half a value', '8201'],
    ['nothing', ''],
    ['something within five arrays', '818181818101'],
    ['arrays without end', '81'.repeat(100_000)],
    ['an array of more than there is', '9b000fffffffffffff'],
  ])('with %s is refused', (_, hex) => {
    expect(decodeCbor(bytesOf(hex))).toBeNull();
  });

  it('goes as deep as a record goes, and comes back', () => {
    const value = [[1, [[-1, 'a', bytesOf('ff'), null], []]], 'é', 2 ** 53 - 1, -(2 ** 53 - 1), []];
    expect(decodeCbor(encodeCbor(value))).toEqual({ value });
  });

  it('has at most 2^18 values', () => {
    const most = encodeCbor(new Array(2 ** 18 - 1).fill(0));
    expect(decodeCbor(most)).not.toBeNull();
    expect(decodeCbor(encodeCbor(new Array(2 ** 18).fill(0)))).toBeNull();
  });
});
