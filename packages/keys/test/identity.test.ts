import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromHex, toHex } from '@retap/card';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityText } from '../src/identity.ts';
import {
  createIdentity,
  fingerprint,
  hasFingerprint,
  type Identity,
  isPublicKey,
  issuerContents,
  openIdentity,
  verifySignature,
} from '../src/index.ts';
import { sealedFile } from '../src/key-file.ts';
import { COST_MIN } from '../src/sealed-file.ts';

const PASSPHRASE = 'correct horse battery staple';

let folder: string;
let names = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retap-identity-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freshName = (): string => path.join(folder, `${++names}.identity`);
/** A file by the cheapest scrypt that is allowed. */
async function stored(seed: Uint8Array): Promise<string> {
  const file = freshName();
  await writeFile(file, await identityText(seed, PASSPHRASE, randomBytes, COST_MIN), { mode: 0o600 });
  return file;
}
const opened = async (seed: Uint8Array): Promise<Identity> => openIdentity(await stored(seed), PASSPHRASE);

/** RFC 8032, 7.1: seed, public key, message, signature. */
const RFC_8032: [string, string, string, string, string][] = [
  [
    'TEST 1',
    '9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60',
    'D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A',
    '',
    'E5564300C360AC729086E2CC806E828A84877F1EB8E5D974D873E065224901555FB8821590A33BACC61E39701CF9B46BD25BF5F0595BBE24655141438E7A100B',
  ],
  [
    'TEST 2',
    '4CCD089B28FF96DA9DB6C346EC114E0F5B8A319F35ABA624DA8CF6ED4FB8A6FB',
    '3D4017C3E843895A92B70AA74D1B7EBC9C982CCF2EC4968CC0CD55F12AF4660C',
    '72',
    '92A009A9F0D4CAB8720E820B5F642540A2B27B5416503F8FB3762223EBDB69DA085AC1E43E15996E458F3613D0F11D8C387B2EAEB4302AEEB00D291612BB0C00',
  ],
  [
    'TEST 3',
    'C5AA8DF43F9F837BEDB7442F31DCB7B166D38535076F094B85CE3A2E0B4458F7',
    'FC51CD8E6218A1A38DA47ED00230F0580816ED13BA3303AC5DEB911548908025',
    'AF82',
    '6291D657DEEC24024827E69C3ABE01A30CE548A284743A445E3680D7DB5AC3AC18FF9B538D16F290AE67F760984DC6594A7C15E9716ED28DC027BECEEA1EC40A',
  ],
];

describe.each(RFC_8032)('RFC 8032, 7.1, %s', (_name, seed, publicKey, message, signature) => {
  test('public key and signature', async () => {
    const identity = await opened(fromHex(seed));
    expect(toHex(identity.publicKey)).toBe(publicKey);
    expect(toHex(identity.sign(fromHex(message)))).toBe(signature);
  });

  test('verifies, and with any bit changed it does not', () => {
    const all = fromHex(publicKey + signature + message);
    const verified = (bytes: Uint8Array): boolean =>
      verifySignature(bytes.subarray(0, 32), bytes.subarray(96), bytes.subarray(32, 96));
    expect(verified(all)).toBe(true);
    for (let bit = 0; bit < all.length * 8; bit += 1) {
      const changed = Uint8Array.from(all);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verified(changed), `bit ${bit}`).toBe(false);
    }
  });
});

test('what was created opens as the same identity; nobody but its owner may read it', async () => {
  const file = freshName();
  const created = await createIdentity(file, PASSPHRASE, randomBytes);
  const again = await openIdentity(file, PASSPHRASE);
  expect(again.publicKey).toEqual(created.publicKey);
  expect(again.sign(Uint8Array.of(1))).toEqual(created.sign(Uint8Array.of(1)));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('the private key stands in no file as it is, and the caller’s copy is overwritten', async () => {
  const seed = Uint8Array.from(randomBytes(32));
  const digits = toHex(seed);
  const file = await stored(seed);
  expect((await readFile(file, 'utf8')).toUpperCase()).not.toContain(digits);
  expect(seed).toEqual(new Uint8Array(32));
});

test('two machines are never the same', async () => {
  const [one, other] = [await opened(randomBytes(32)), await opened(randomBytes(32))];
  expect(verifySignature(other.publicKey, Uint8Array.of(1), one.sign(Uint8Array.of(1)))).toBe(false);
});

test('closed, it signs nothing', async () => {
  const identity = await opened(randomBytes(32));
  identity.close();
  expect(() => identity.sign(Uint8Array.of(1))).toThrow('this identity is closed');
});

describe('says why', () => {
  test('another passphrase', async () => {
    await expect(openIdentity(await stored(randomBytes(32)), 'correct horse')).rejects.toMatchObject({
      code: 'key-store-passphrase',
      message: expect.stringContaining('the passphrase does not open this identity'),
    });
  });

  test('a mode that lets others read it', async () => {
    const file = await stored(randomBytes(32));
    await chmod(file, 0o640);
    await expect(openIdentity(file, PASSPHRASE)).rejects.toMatchObject({
      code: 'key-store-permissions',
      message: expect.stringContaining('others may read this identity (mode 0640)'),
    });
  });

  test('none there', async () => {
    await expect(openIdentity(freshName(), PASSPHRASE)).rejects.toMatchObject({ code: 'key-store-missing' });
  });

  test('one is there already, and stays', async () => {
    const file = await stored(randomBytes(32));
    const before = await readFile(file, 'utf8');
    await expect(createIdentity(file, PASSPHRASE, randomBytes)).rejects.toMatchObject({ code: 'key-store-exists' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('a key store is no identity', async () => {
    const file = freshName();
    const text = await sealedFile(issuerContents(randomBytes), PASSPHRASE, randomBytes, COST_MIN);
    await writeFile(file, text, { mode: 0o600 });
    await expect(openIdentity(file, PASSPHRASE)).rejects.toMatchObject({ code: 'key-store-damaged' });
  });

  test('a private key of another length', async () => {
    await expect(openIdentity(await stored(randomBytes(31)), PASSPHRASE)).rejects.toMatchObject({
      code: 'key-store-damaged',
    });
  });
});

describe('verifying never throws', () => {
  test('any bytes for a key and a signature', () => {
    const bytes = fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 70 }));
    const signature = fc.oneof(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.uint8Array({ maxLength: 70 }));
    fc.assert(
      fc.property(bytes, fc.uint8Array(), signature, (key, message, made) => {
        expect(verifySignature(key, message, made)).toBe(false);
      }),
    );
  });

  test.each([
    ['neutral', `01${'00'.repeat(31)}`],
    ['neutral with the sign bit', `01${'00'.repeat(30)}80`],
    ['neutral as p + 1', `EE${'FF'.repeat(30)}7F`],
  ])('a key of small order (%s), under which one signature suits every message', (_what, key) => {
    const forged = fromHex(`01${'00'.repeat(63)}`);
    expect(isPublicKey(fromHex(key))).toBe(false);
    expect(verifySignature(fromHex(key), Uint8Array.of(1, 2, 3), forged)).toBe(false);
  });
});

test('a fingerprint: SHA-256 in groups, compared however it was typed', () => {
  const key = fromHex(RFC_8032[0]![2]);
  const shown = fingerprint(key);
  // printf … | xxd -r -p | sha256sum
  expect(shown).toBe('21FE-31DF-A154-A261-626B-F854-046F-D227');
  for (const typed of [shown, shown.toLowerCase(), shown.replaceAll('-', ''), shown.replaceAll('-', ' : ')]) {
    expect(hasFingerprint(key, typed)).toBe(true);
  }
  expect(hasFingerprint(key, shown.slice(0, -1))).toBe(false);
  expect(hasFingerprint(key, '')).toBe(false);
});
