import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createSoftwareKeyStore, exportFor, issuerContents } from '@retap/keys';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../src/failure.ts';
import { addKeys } from '../src/keys.ts';
import type { Shell } from '../src/shell.ts';

const PASSPHRASE = 'correct horse battery staple';
const UID = '04782E21801D80';
const folder = mkdtempSync(path.join(tmpdir(), 'retap-keys-'));
const inFolder = (name: string): string => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const issuer = issuerContents(randomBytes);
  for (const [name, contents] of Object.entries({ issuer, gate: exportFor(issuer, 'gate', randomBytes) })) {
    await createSoftwareKeyStore(inFolder(`${name}.keys`), PASSPHRASE, contents, randomBytes);
  }
});

/** Runs `retap keys …` in this process; names that end in .keys or .txt are files of the folder. */
async function keys(
  words: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ out: string; error: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { RETAP_PASSPHRASE: PASSPHRASE, RETAP_FROM_PASSPHRASE: PASSPHRASE, ...more };
  const interrupted = new AbortController().signal;
  const shell: Shell = { env, stdin, stdout, stderr, now: () => 0, elapsed: () => 0, interrupted };
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => stderr.write(text) });
  addKeys(program, shell, () => {});
  const args = words.split(' ').map((word) => (/\.(keys|txt)$/.test(word) ? inFolder(word) : word));
  try {
    await program.parseAsync(['keys', ...args], { from: 'user' });
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.startsWith('commander.')) stderr.write(explain(error, false));
  }
  return { out: String(stdout.read() ?? ''), error: String(stderr.read() ?? '') };
}

const checkValueIn = (text: string): string => /^check value\s+([0-9A-F]{6})$/m.exec(text)?.[1] ?? 'none';

test('another card, another purpose: other keys', async () => {
  const words = [`debit --uid ${UID}`, 'debit --uid 04782E21801D81', `read --uid ${UID}`];
  const texts = await Promise.all(words.map((each) => keys(`derive --store issuer.keys --purpose ${each}`)));
  expect(new Set(texts.map(({ out }) => checkValueIn(out))).size).toBe(3);
});

describe('refused, with what to do', () => {
  const CASES: [string, RegExp][] = [
    ['list', /no key store: give --store FILE, or --pkcs11 MODULE --token LABEL/],
    ['list --store absent.keys', /absent\.keys: no such key store; check the name/],
    ['list --store issuer.keys --pkcs11 a.so --token a', /--store and --pkcs11: the keys are in one place/],
    ['list --store issuer.keys --token a', /--token goes with --pkcs11 MODULE/],
    ['list --pkcs11 a.so', /--pkcs11 needs the label of the token/],
    ['init --store issuer.keys', /issuer\.keys exists and is not overwritten/],
    ['init --store new.keys --terminal gate', /its keys come from the issuer's key store file; name it by --from/],
    ['init --store new.keys --terminal gate --from gate.keys', /keys come from the issuer's key store/],
    ['init --store new.keys --terminal till --from issuer.keys', /Allowed choices are gate, refill, inspector, centre/],
    ['init --store new.keys --from issuer.keys', /--from: whom are the keys for\? Give --terminal/],
    ['init --store absent/new.keys', /cannot be written \(ENOENT\)/],
    ['rotate --store gate.keys', /rotate the issuer's key store, and renew this one from it/],
    ['rotate --store gate.keys --from issuer.keys --purpose read', /leave --purpose/],
    [`derive --store gate.keys --purpose refill --uid ${UID}`, /--purpose refill: this key store has no such master/],
    [`derive --store gate.keys --purpose load --uid ${UID}`, /Allowed choices are master, read, refill, debit/],
    [`derive --store gate.keys --purpose read --uid ${UID} --key-version 3`, /of the read master there is version 1/],
    [`derive --store gate.keys --purpose read --uid ${UID} --key-version 256`, /whole number from 0 to 255/],
    ['derive --store gate.keys --purpose read --uid 0478', /14 hexadecimal digits, as 04782E21801D80/],
    ['list --pkcs11 absent.so --token a', /RETAP_PIN/],
  ];
  test.each(CASES)('%s', async (words, message) => {
    const { out, error } = await keys(words);
    expect(error).toMatch(message);
    expect([out, error.includes(PASSPHRASE), existsSync(inFolder('new.keys'))]).toEqual(['', false, false]);
  });

  test('a passphrase that is too short for a new key store', async () => {
    const { error } = await keys('init --store new.keys', { RETAP_PASSPHRASE: 'short' });
    expect(error).toMatch(/fewer than 8 characters/);
    expect(existsSync(inFolder('new.keys'))).toBe(false);
  });

  test('a damaged key store', async () => {
    writeFileSync(inFolder('cut.keys'), readFileSync(inFolder('gate.keys')).subarray(0, 200), { mode: 0o600 });
    expect((await keys('list --store cut.keys')).error).toMatch(/damaged; restore it from its backup/);
  });
});

test('the passphrase comes from a file that is private', async () => {
  writeFileSync(inFolder('passphrase.txt'), `${PASSPHRASE}\n`, { mode: 0o600 });
  const words = 'list --store gate.keys --passphrase-file passphrase.txt';
  expect((await keys(words, { RETAP_PASSPHRASE: '' })).out).toMatch(/role gate/);
  writeFileSync(inFolder('shared.txt'), PASSPHRASE, { mode: 0o640 });
  const { error } = await keys('list --store gate.keys --passphrase-file shared.txt');
  expect(error).toMatch(/shared\.txt: others may read this file of the passphrase/);
});
