import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSoftwareKeyStore, exportFor, issuerContents, type KeyRole } from '@retap/keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proofsOf } from '../src/centre-keys.ts';
import type { Shell } from '../src/shell.ts';

const PASSPHRASE = 'correct horse';
const random = (length: number) => Uint8Array.from({ length }, (_, index) => (7 * index + length) % 256);
const shellWith = (passphrase?: string) => ({ env: { RETAP_PASSPHRASE: passphrase }, stdin: {} }) as unknown as Shell;

let folder: string;
const fileOf = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retap-keys-'));
  const issuer = issuerContents(random);
  for (const role of ['centre', 'gate', 'issuer'] as const satisfies readonly KeyRole[]) {
    const contents = role === 'issuer' ? issuer : exportFor(issuer, role, random);
    await createSoftwareKeyStore(fileOf(role), PASSPHRASE, contents, random);
  }
  await writeFile(fileOf('passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
  await writeFile(fileOf('empty'), '\n', { mode: 0o600 });
  await writeFile(fileOf('open'), PASSPHRASE);
  await chmod(fileOf('open'), 0o644);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the centre's keys", () => {
  test('are none unless named', async () => {
    expect(await proofsOf({}, shellWith(PASSPHRASE))).toEqual({});
  });

  test('open by the environment, or by a file', async () => {
    const byEnvironment = await proofsOf({ keys: fileOf('centre') }, shellWith(PASSPHRASE));
    const byFile = await proofsOf({ keys: fileOf('centre'), passphraseFile: fileOf('passphrase') }, shellWith());
    expect(byEnvironment.proofs?.canProve('04A1B2C3D4E5F6')).toBe(true);
    expect(byFile.proofs?.keys).toBe(byEnvironment.proofs?.keys);
    expect(byFile.proofs?.keys).toMatch(/^1:[0-9A-F]{6}$/);
  });

  test.each([
    ['a wrong passphrase', 'centre', undefined, 'wrong', 'key-store-passphrase'],
    ['no passphrase', 'centre', undefined, undefined, 'usage'],
    ['an empty file of it', 'centre', 'empty', PASSPHRASE, 'usage'],
    ['one that others may read', 'centre', 'open', undefined, 'key-store-permissions'],
    ['a key store that is not there', 'nowhere', undefined, PASSPHRASE, 'key-store-missing'],
    ["a terminal's key store", 'gate', undefined, PASSPHRASE, 'usage'],
    ["the issuer's", 'issuer', undefined, PASSPHRASE, 'usage'],
  ])('%s is refused in words', async (_, keys, passphraseFile, passphrase, code) => {
    const options = { keys: fileOf(keys), ...(passphraseFile && { passphraseFile: fileOf(passphraseFile) }) };
    await expect(proofsOf(options, shellWith(passphrase))).rejects.toMatchObject({ code });
  });

  test('a passphrase without a key store is a mistake of whoever typed it', async () => {
    await expect(proofsOf({ passphraseFile: fileOf('passphrase') }, shellWith())).rejects.toMatchObject({
      code: 'usage',
    });
  });
});
