import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KEY_PURPOSES, toHex } from '@retap/card';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSoftwareKeyStore,
  issuerContents,
  KEY_ROLES,
  type KeyRole,
  type KeyStoreContents,
  openSoftwareKeyStore,
  PURPOSES_OF,
  type SoftwareKeyStore,
} from '../src/index.ts';
import { sealedFile } from '../src/key-file.ts';
import { COST_MIN } from '../src/sealed-file.ts';

const PASSPHRASE = 'correct horse battery staple';
const INPUT = new Uint8Array(17).fill(9);

let folder: string;
let issuerText: string;
/** Stays as it is. */
let issuer: SoftwareKeyStore;
let names = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retap-keys-'));
  issuerText = await sealed(issuerContents(randomBytes));
  issuer = await openSoftwareKeyStore(await created(), PASSPHRASE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freshName = (): string => path.join(folder, `${++names}.keys`);
const create = (file: string, contents: KeyStoreContents = issuerContents(randomBytes)) =>
  createSoftwareKeyStore(file, PASSPHRASE, contents, randomBytes);

/** A file of its own, by the cheapest scrypt that is allowed. The issuer's is always the same. */
async function created(contents?: KeyStoreContents): Promise<string> {
  const file = freshName();
  await writeFile(file, contents ? await sealed(contents) : issuerText, { mode: 0o600 });
  return file;
}
const sealed = (contents: KeyStoreContents) => sealedFile(contents, PASSPHRASE, randomBytes, COST_MIN);

const fault = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test('what is created opens with the same masters', async () => {
  const file = freshName();
  const made = await create(file);
  const opened = await openSoftwareKeyStore(file, PASSPHRASE);
  expect(opened.role).toBe('issuer');
  for (const purpose of KEY_PURPOSES) {
    expect(opened.versions(purpose)).toEqual([1]);
    expect(opened.master(purpose, 1)?.cmac(INPUT)).toEqual(made.master(purpose, 1)?.cmac(INPUT));
    expect(opened.checkValue(purpose, 1)).toEqual(made.checkValue(purpose, 1));
  }
  expect(opened.master('read', 2)).toBeNull();
  expect(opened.checkValue('read', 2)).toBeNull();
});

test('masters of different purposes differ', () => {
  const values = KEY_PURPOSES.map((purpose) => toHex(issuer.master(purpose, 1)?.cmac(INPUT) ?? INPUT));
  expect(new Set(values).size).toBe(KEY_PURPOSES.length);
});

test('nobody but the owner may read it, and no master stands in it', async () => {
  const contents = issuerContents(randomBytes);
  const values = contents.masters.map(({ value }) => toHex(value));
  const file = freshName();
  await create(file, contents);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = await readFile(file, 'utf8');
  expect(values.filter((value) => text.toUpperCase().includes(value))).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('the same contents are sealed otherwise each time', async () => {
  const contents: KeyStoreContents = { role: 'issuer', masters: [], journal: null };
  const texts = await Promise.all([1, 2].map(async () => JSON.parse(await sealed(contents))));
  for (const part of ['salt', 'nonce', 'sealed']) expect(texts[0][part]).not.toBe(texts[1][part]);
});

describe('is not opened, and says why', () => {
  test('another passphrase', async () => {
    const file = await created();
    await expect(openSoftwareKeyStore(file, 'correct horse')).rejects.toEqual(
      fault('key-store-passphrase', /passphrase does not open/),
    );
  });

  test.each([0o640, 0o604, 0o620, 0o601])('mode %o', async (mode) => {
    const file = await created();
    await chmod(file, mode);
    await expect(openSoftwareKeyStore(file, PASSPHRASE)).rejects.toEqual(
      fault(
        'key-store-permissions',
        /others may read this key store \(mode 06[0-4][0-4]\); run: chmod 600 '.*\.keys'$/,
      ),
    );
  });

  test('a link to a file that others may read', async () => {
    const file = await created();
    await chmod(file, 0o644);
    await symlink(file, `${file}.link`);
    await expect(openSoftwareKeyStore(`${file}.link`, PASSPHRASE)).rejects.toEqual(
      fault('key-store-permissions', /0644/),
    );
  });

  test('no such file', async () => {
    await expect(openSoftwareKeyStore(freshName(), PASSPHRASE)).rejects.toEqual(
      fault('key-store-missing', /no such key store; check the name/),
    );
  });

  test('a directory', async () => {
    await expect(openSoftwareKeyStore(folder, PASSPHRASE)).rejects.toEqual(
      fault('key-store-unreadable', /no regular file/),
    );
  });

  const damage: [string, (text: string) => string][] = [
    ['empty', () => ''],
    ['cut', (text) => text.slice(0, text.length / 2)],
    ['another file', () => '{"name":"retap"}'],
    ['not an object', () => 'null'],
    [
      'a digit changed',
      (text) => text.replace(/("sealed":"..)(.)/, (_, head, digit) => head + (digit === '0' ? '1' : '0')),
    ],
    ['no salt', (text) => text.replace(/"salt":"[^"]*"/, '"salt":""')],
  ];
  test.each(damage)('damaged: %s', async (_what, change) => {
    const file = await created();
    await writeFile(file, change(await readFile(file, 'utf8')));
    await expect(openSoftwareKeyStore(file, PASSPHRASE)).rejects.toEqual(
      fault('key-store-damaged', /restore it from its backup/),
    );
  });

  /** By one who sets the checksum right. */
  async function doctored(cost: object): Promise<string> {
    const file = await created();
    const found = { ...JSON.parse(await readFile(file, 'utf8')), ...cost };
    const { format, n, r, p, salt, nonce, sealed } = found;
    found.checksum = createHash('sha256')
      .update(JSON.stringify([format, n, r, p, salt, nonce]) + sealed)
      .digest('hex');
    await writeFile(file, JSON.stringify(found));
    return file;
  }

  test.each([
    ['cheaper', { n: 1024 }],
    ['with 2 GiB', { n: 2 ** 20, r: 16 }],
    ['with 256 MiB', { n: 2 ** 18 }],
    ['for minutes', { p: 16 }],
    ['with a number that is none', { n: 40_000 }],
  ])('scrypt %s', async (_what, cost) => {
    await expect(openSoftwareKeyStore(await doctored(cost), PASSPHRASE)).rejects.toEqual(
      fault('key-store-damaged', /restore it/),
    );
  });

  test('changed by one who set the checksum right: it does not open all the same', async () => {
    const file = await doctored({ p: 2 });
    await expect(openSoftwareKeyStore(file, PASSPHRASE)).rejects.toEqual(
      fault('key-store-passphrase', /does not open/),
    );
  });
});

test('a passphrase is the same letters, however they are coded', async () => {
  const file = freshName();
  (await createSoftwareKeyStore(file, 'kljuc\u030c', issuerContents(randomBytes), randomBytes)).close();
  expect((await openSoftwareKeyStore(file, 'ključ')).role).toBe('issuer');
});

describe('creating', () => {
  test('overwrites no file', async () => {
    const file = await created();
    const before = await readFile(file);
    await expect(create(file)).rejects.toEqual(fault('key-store-exists', /is not overwritten.*choose another name/));
    expect(await readFile(file)).toEqual(before);
  });

  test('of two at once one succeeds', async () => {
    const file = freshName();
    const ends = await Promise.allSettled([create(file), create(file), create(file)]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await openSoftwareKeyStore(file, PASSPHRASE)).versions('read')).toEqual([1]);
  });

  test('in a directory that is not there says so', async () => {
    await expect(create(path.join(folder, 'absent', 'a.keys'))).rejects.toEqual(
      fault('key-store-unwritable', /cannot be written \(ENOENT\)/),
    );
  });

  test('leaves nothing behind where it fails', async () => {
    const own = path.join(folder, 'own');
    await mkdir(own);
    await mkdir(path.join(own, 'taken'));
    await expect(create(path.join(own, 'taken'))).rejects.toEqual(fault('key-store-exists', /exists/));
    expect(await readdir(own)).toEqual(['taken']);
  });
});

describe('rotating', () => {
  test('adds a version to each purpose and keeps the old ones', async () => {
    const file = await created();
    const store = await openSoftwareKeyStore(file, PASSPHRASE);
    const before = store.checkValue('debit', 1);
    await store.rotate(PASSPHRASE, randomBytes);
    const again = await openSoftwareKeyStore(file, PASSPHRASE);
    for (const purpose of KEY_PURPOSES) expect(again.versions(purpose)).toEqual([1, 2]);
    expect(again.checkValue('debit', 1)).toEqual(before);
    expect(again.checkValue('debit', 2)).not.toEqual(before);
    expect(store.checkValue('debit', 2)).toEqual(again.checkValue('debit', 2));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('by a link changes the file that it names', async () => {
    const file = await created();
    const link = freshName();
    await symlink(file, link);
    await (await openSoftwareKeyStore(link, PASSPHRASE)).rotate(PASSPHRASE, randomBytes);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await openSoftwareKeyStore(file, PASSPHRASE)).versions('debit')).toEqual([1, 2]);
  });

  test('of one purpose leaves the others', async () => {
    const store = await openSoftwareKeyStore(await created(), PASSPHRASE);
    await store.rotate(PASSPHRASE, randomBytes, ['debit']);
    expect([store.versions('debit'), store.versions('read')]).toEqual([[1, 2], [1]]);
  });

  test('ends at version 255', async () => {
    const masters = [{ purpose: 'read', version: 255, value: randomBytes(16) }] as const;
    const file = await created({ role: 'issuer', masters, journal: null });
    const store = await openSoftwareKeyStore(file, PASSPHRASE);
    const before = await readFile(file);
    await expect(store.rotate(PASSPHRASE, randomBytes, ['read'])).rejects.toEqual(
      fault('key-versions-exhausted', /all 255 versions of the read master/),
    );
    expect(await readFile(file)).toEqual(before);
  });

  test('what another process has changed since is not overwritten', async () => {
    const file = await created();
    const [one, other] = [await openSoftwareKeyStore(file, PASSPHRASE), await openSoftwareKeyStore(file, PASSPHRASE)];
    await one.rotate(PASSPHRASE, randomBytes);
    const before = await readFile(file);
    await expect(other.rotate(PASSPHRASE, randomBytes)).rejects.toEqual(
      fault('key-store-changed', /nothing was written/),
    );
    expect(await readFile(file)).toEqual(before);
  });
});

describe('what each role gets', () => {
  const MAY: Readonly<Record<KeyRole, string>> = {
    issuer: 'master read refill debit transaction-mac-configuration transaction-mac picc',
    gate: 'read debit',
    refill: 'read debit refill',
    inspector: 'read',
    centre: 'transaction-mac',
  };

  test.each(KEY_ROLES)('%s', async (role) => {
    const file = await created(issuer.exportFor(role, randomBytes));
    const store = await openSoftwareKeyStore(file, PASSPHRASE);
    const held = KEY_PURPOSES.filter((purpose) => store.versions(purpose).length > 0);
    expect(held.toSorted()).toEqual(MAY[role].split(' ').toSorted());
    expect(held.toSorted()).toEqual(PURPOSES_OF[role].toSorted());
    for (const purpose of held) {
      expect(store.checkValue(purpose, 1)).toEqual(issuer.checkValue(purpose, 1));
      const [own, issuers] = [store.master(purpose, 1), issuer.master(purpose, 1)].map((key) =>
        key?.derive(INPUT).cmac(INPUT),
      );
      expect(own).toEqual(issuers);
    }
    const keepsJournal = ['gate', 'refill', 'inspector'].includes(role);
    expect(store.journalKey()?.length).toBe(keepsJournal ? 32 : undefined);
  });

  test('masters of a terminal only derive', async () => {
    const gate = await openSoftwareKeyStore(await created(issuer.exportFor('gate', randomBytes)), PASSPHRASE);
    const master = gate.master('debit', 1)!;
    const block = new Uint8Array(16);
    for (const use of [
      () => master.cmac(INPUT),
      () => master.encrypt(block, block),
      () => master.decrypt(block, block),
    ]) {
      expect(use).toThrow(fault('key-use', /debit master only derives/));
    }
  });

  test('a master that someone discards is still there for the next tap', async () => {
    const store = await openSoftwareKeyStore(await created(), PASSPHRASE);
    store.master('read', 1)?.discard();
    expect(store.master('read', 1)?.derive(INPUT).cmac(INPUT).length).toBe(16);
  });

  test('two terminals seal their journals by different keys; each always by the same', async () => {
    const files = await Promise.all([1, 2].map(() => created(issuer.exportFor('gate', randomBytes))));
    const keys = await Promise.all(
      [...files, files[0]!].map(async (file) => (await openSoftwareKeyStore(file, PASSPHRASE)).journalKey()),
    );
    expect(keys[0]).toEqual(keys[2]);
    expect(keys[0]).not.toEqual(keys[1]);
  });

  test('a terminal exports and rotates nothing', async () => {
    const gate = await openSoftwareKeyStore(await created(issuer.exportFor('gate', randomBytes)), PASSPHRASE);
    expect(() => gate.exportFor('inspector', randomBytes)).toThrow(fault('key-use', /issuer's key store/));
    await expect(gate.rotate(PASSPHRASE, randomBytes)).rejects.toEqual(fault('key-use', /rotate the issuer's/));
  });
});

describe('renewing a terminal from the issuer', () => {
  test('brings the versions added since, and the journal stays readable', async () => {
    const issuer = await openSoftwareKeyStore(await created(), PASSPHRASE);
    const file = await created(issuer.exportFor('gate', randomBytes));
    const gate = await openSoftwareKeyStore(file, PASSPHRASE);
    const journalKey = gate.journalKey();
    await issuer.rotate(PASSPHRASE, randomBytes);
    await gate.renewFrom(issuer, PASSPHRASE, randomBytes);
    issuer.close();
    const again = await openSoftwareKeyStore(file, PASSPHRASE);
    expect([again.versions('read'), again.versions('refill')]).toEqual([[1, 2], []]);
    expect(again.journalKey()).toEqual(journalKey);
    expect(gate.master('debit', 2)?.derive(INPUT).cmac(INPUT)).toEqual(
      again.master('debit', 2)?.derive(INPUT).cmac(INPUT),
    );
  });

  test('from another issuer is refused', async () => {
    const other = await openSoftwareKeyStore(await created(issuerContents(randomBytes)), PASSPHRASE);
    const gate = await openSoftwareKeyStore(await created(issuer.exportFor('gate', randomBytes)), PASSPHRASE);
    await expect(gate.renewFrom(other, PASSPHRASE, randomBytes)).rejects.toEqual(
      fault('key-use', /is not this issuer's/),
    );
  });
});

test('a closed store holds nothing', async () => {
  const store = await openSoftwareKeyStore(await created(), PASSPHRASE);
  const master = store.master('read', 1)!;
  store.close();
  expect(store.versions('read')).toEqual([]);
  expect(() => master.derive(INPUT)).toThrow('a discarded key was used');
});
