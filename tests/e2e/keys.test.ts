/** `retap keys` as a user runs it: key store files, tokens, and what goes wrong. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_PURPOSES } from '@retap/card';
import { openSoftwareKeyStore } from '@retap/keys';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Ended, folderOf, retap, startRetap } from './retap.ts';
import { makeToken, PIN, SOFTHSM, softHsmIn } from './softhsm.ts';

const PASSPHRASE = 'correct horse battery staple';
const UID = '04782E21801D80';
const cwd = folderOf();
const inFolder = (name: string): string => path.join(cwd, name);
const env = { RETAP_PASSPHRASE: PASSPHRASE, RETAP_FROM_PASSPHRASE: PASSPHRASE };

const keys = (words: string, more: Readonly<Record<string, string>> = env): Promise<Ended> =>
  retap(['keys', ...words.split(' ')], { cwd, env: more });

async function succeeds(words: string, more = env): Promise<string> {
  const { status, stdout, stderr } = await keys(words, more);
  expect([status, stderr], words).toEqual([0, '']);
  return stdout;
}

/** One line on standard error, nothing on standard output, status 1. */
async function refusal(words: string, more: Readonly<Record<string, string>> = env): Promise<string> {
  const { status, stdout, stderr } = await keys(words, more);
  expect([status, stdout], words).toEqual([1, '']);
  expect(stderr).toMatch(/^retap: [^\n]+\n(\(--help shows what there is\)\n)?$/);
  expect(stderr).not.toContain(PASSPHRASE);
  return stderr;
}

const checkValueIn = (text: string): string => /^check value\s+([0-9A-F]{6})$/m.exec(text)?.[1] ?? 'none';

beforeAll(async () => {
  const said = await succeeds('init --store issuer.keys');
  expect(said).toMatch(/^issuer\.keys: key store of role issuer, 7 masters\nKeep a copy/);
  expect(await succeeds('init --store gate.keys --terminal gate --from issuer.keys')).toBe(
    'gate.keys: key store of role gate, 2 masters\n',
  );
});

test('a key store is private, and holds what its role needs', async () => {
  for (const name of ['issuer.keys', 'gate.keys']) expect(statSync(inFolder(name)).mode & 0o777).toBe(0o600);
  const issuers = (await succeeds('list --store issuer.keys')).split('\n');
  const gates = (await succeeds('list --store gate.keys')).split('\n');
  expect(issuers[0]).toBe('key store of role issuer');
  expect(gates[0]).toBe('key store of role gate');
  expect(gates.slice(2, 4).map((row) => row.split(/\s+/).slice(0, 2))).toEqual([
    ['read', '1'],
    ['debit', '1'],
  ]);
  expect(issuers).toEqual(
    expect.arrayContaining(gates.slice(1, 4).map((row) => expect.stringContaining(row.slice(-6)))),
  );
});

describe('derive', () => {
  test("issuer and gate derive the same card key, and only the issuer's shows it", async () => {
    const [issuers, gates] = await Promise.all(
      ['issuer', 'gate'].map((name) => succeeds(`derive --store ${name}.keys --purpose debit --uid ${UID}`)),
    );
    expect(gates).toBe(issuers);
    expect(issuers).toMatch(
      /^purpose {6}debit\nkey version {2}1\nuid {10}04782E21801D80\ncheck value {2}[0-9A-F]{6}\n$/,
    );
    const shown = await keys(`derive --store issuer.keys --purpose debit --uid ${UID.toLowerCase()} --reveal`);
    expect([shown.status, shown.stderr]).toEqual([0, expect.stringMatching(/^retap: this is the key itself/)]);
    expect(shown.stdout).toMatch(/\nkey {10}[0-9A-F]{32}\n$/);
    expect(checkValueIn(shown.stdout)).toBe(checkValueIn(issuers ?? ''));
    expect(await refusal(`derive --store gate.keys --purpose debit --uid ${UID} --reveal`)).toMatch(/only derives/);
  });
});

test('rotate adds a version, keeps the old ones, and terminals take it over', async () => {
  await succeeds('init --store rotating.keys');
  await succeeds('init --store refill.keys --terminal refill --from rotating.keys');
  const before = await succeeds(`derive --store rotating.keys --purpose refill --uid ${UID}`);
  expect(await succeeds('rotate --store rotating.keys --purpose refill')).toBe(
    'rotating.keys: newest versions: refill 2; older ones are kept\n',
  );
  const after = await succeeds(`derive --store rotating.keys --purpose refill --uid ${UID}`);
  expect(after).toContain('key version  2');
  expect(checkValueIn(after)).not.toBe(checkValueIn(before));
  expect(await succeeds(`derive --store rotating.keys --purpose refill --uid ${UID} --key-version 1`)).toBe(before);
  const taken = await succeeds('rotate --store refill.keys --from rotating.keys');
  expect(taken).toBe('refill.keys: newest versions: read 1, refill 2, debit 1; older ones are kept\n');
  expect(await succeeds(`derive --store refill.keys --purpose refill --uid ${UID}`)).toBe(after);
});

describe('refused in one line, with what to do', () => {
  test('another passphrase', async () => {
    const said = await refusal('list --store issuer.keys', { RETAP_PASSPHRASE: 'incorrect horse' });
    expect(said).toMatch(/issuer\.keys: the passphrase does not open this key store/);
  });

  test('a key store that others may read', async () => {
    writeFileSync(inFolder('shared.keys'), readFileSync(inFolder('gate.keys')));
    chmodSync(inFolder('shared.keys'), 0o644);
    expect(await refusal('list --store shared.keys')).toMatch(/mode 0644\); run: chmod 600 'shared\.keys'/);
  });

  test('no passphrase, and nobody to ask', async () => {
    expect(await refusal('list --store issuer.keys', { RETAP_PASSPHRASE: '' })).toMatch(/--passphrase-file FILE/);
  });
});

test('killed −9 at any moment: the old file stands, or the new one', { timeout: 180_000 }, async () => {
  await succeeds('init --store killed.keys');
  const startedAt = performance.now();
  await succeeds('rotate --store killed.keys --purpose read');
  const usualMs = performance.now() - startedAt;
  const [KILLS, counts] = [5, [2]];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const running = startRetap(['keys', 'rotate', '--store', 'killed.keys', '--purpose', 'read'], { cwd, env });
    // Most of the time is Node's start: the kills are spread over the second half, where the file is read and written.
    await sleep(usualMs * (0.5 + (0.6 * kill) / KILLS));
    await running.stop('SIGKILL');
    const store = await openSoftwareKeyStore(inFolder('killed.keys'), PASSPHRASE);
    const versions = store.versions('read').length;
    expect([counts.at(-1), (counts.at(-1) ?? 0) + 1]).toContain(versions);
    counts.push(versions);
  }
  await succeeds('rotate --store killed.keys --purpose read');
  const store = await openSoftwareKeyStore(inFolder('killed.keys'), PASSPHRASE);
  expect(store.versions('read')).toHaveLength((counts.at(-1) ?? 0) + 1);
  expect(readdirSync(cwd).filter((name) => name.endsWith('.part')).length).toBeLessThanOrEqual(KILLS);
});

describe('in a token', () => {
  const hsm = softHsmIn(folderOf());
  const inToken = { ...env, ...hsm, RETAP_PIN: PIN };
  const at = (label: string): string => `--pkcs11 ${SOFTHSM} --token ${label}`;

  beforeAll(() => {
    for (const label of ['issuer', 'gate']) makeToken(hsm, label);
  });

  test('an issuer: init, list, derive, rotate', async () => {
    expect(await succeeds(`init ${at('issuer')}`, inToken)).toMatch(/its masters were made in the token/);
    expect(await refusal(`init ${at('issuer')}`, inToken)).toMatch(/has masters already, which are not replaced/);
    const derived = await succeeds(`derive ${at('issuer')} --purpose picc --uid ${UID}`, inToken);
    expect(await succeeds(`rotate ${at('issuer')}`, inToken)).toMatch(/newest versions: master 2, read 2, .*picc 2;/);
    const listed = (await succeeds(`list ${at('issuer')}`, inToken)).trim().split('\n');
    expect(listed).toHaveLength(1 + 2 * KEY_PURPOSES.length);
    expect(await succeeds(`derive ${at('issuer')} --purpose picc --uid ${UID} --key-version 1`, inToken)).toBe(derived);
  });

  test("a gate: its masters come from the issuer's file, and make the same card keys", async () => {
    const words = `init ${at('gate')} --terminal gate --from issuer.keys`;
    expect(await succeeds(words, inToken)).toMatch(/key store of role gate, 2 masters, 2 of them new/);
    expect(await succeeds(words, inToken)).toMatch(/0 of them new/);
    const card = `--purpose debit --uid ${UID}`;
    const inFile = await succeeds(`derive --store issuer.keys ${card}`);
    expect(await succeeds(`derive ${at('gate')} ${card}`, inToken)).toBe(inFile);
    expect(await refusal(`derive ${at('gate')} ${card} --reveal`, inToken)).toMatch(/only derives/);
    expect(await refusal(`rotate ${at('gate')}`, inToken)).toMatch(/rotate the issuer's/);
  });

  test('refused: another PIN, another token, no module', async () => {
    const wrong = await refusal(`list ${at('gate')}`, { ...inToken, RETAP_PIN: '99999' });
    expect(wrong).toMatch(/token 'gate': the PIN is wrong/);
    expect(wrong).not.toContain('99999');
    expect(await refusal(`list ${at('till')}`, inToken)).toMatch(/no token is labelled 'till'; there are: .*'gate'/);
    expect(await refusal('list --pkcs11 absent.so --token gate', inToken)).toMatch(
      /cannot be loaded as a PKCS#11 module/,
    );
  });
});
