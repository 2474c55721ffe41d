import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { newSecretOf, type SecretSource, secretOf } from '../src/keys/secret.ts';
import type { Shell } from '../src/shell.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'retap-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOURCE = { what: 'passphrase of a.keys', option: '--passphrase-file', variable: 'RETAP_PASSPHRASE' };

/** A keyboard and what stands on the screen. */
function shellWith({ env = {}, isKeyboard = true }: { env?: Record<string, string>; isKeyboard?: boolean } = {}) {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: isKeyboard,
    setRawMode: (mode: boolean) => modes.push(mode),
  });
  const [stdout, stderr, interruption] = [new PassThrough(), new PassThrough(), new AbortController()];
  const shell: Shell = { env, stdin, stdout, stderr, now: () => 0, elapsed: () => 0, interrupted: interruption.signal };
  return { shell, stdin, modes, interruption, screen: () => `${stdout.read() ?? ''}${stderr.read() ?? ''}` };
}

function fileOf(name: string, text: string, mode = 0o600): SecretSource {
  const file = path.join(folder, name);
  writeFileSync(file, text, { mode });
  return { ...SOURCE, file };
}
const asked: SecretSource = { ...SOURCE, file: undefined };

describe('from a file', () => {
  test.each(['hunter2 hunter2', 'hunter2 hunter2\n', 'hunter2 hunter2\r\nsecond line\n'])(
    'its first line: %j',
    async (text) => {
      expect(await secretOf(fileOf('a', text), shellWith().shell)).toBe('hunter2 hunter2');
    },
  );

  test('before the environment', async () => {
    const { shell } = shellWith({ env: { RETAP_PASSPHRASE: 'other' } });
    expect(await secretOf(fileOf('a', 'this'), shell)).toBe('this');
  });

  test.each(['', '\n'])('empty: %j', async (text) => {
    await expect(secretOf(fileOf('a', text), shellWith().shell)).rejects.toThrow('its first line is empty');
  });

  test('that others may read', async () => {
    await expect(secretOf(fileOf('shared', 'this', 0o644), shellWith().shell)).rejects.toThrow(
      /others may read this file of the passphrase \(mode 0644\); run: chmod 600/,
    );
  });
});

test('from the environment', async () => {
  expect(await secretOf(asked, shellWith({ env: { RETAP_PASSPHRASE: 'this' } }).shell)).toBe('this');
});

test('from nowhere: all ways are named', async () => {
  await expect(secretOf(asked, shellWith({ isKeyboard: false }).shell)).rejects.toThrow(
    'the passphrase of a.keys is missing: give --passphrase-file FILE, or set RETAP_PASSPHRASE',
  );
});

describe('from the keyboard', () => {
  test('what is typed does not stand on the screen', async () => {
    const { shell, stdin, modes, screen } = shellWith();
    const answer = secretOf(asked, shell);
    stdin.write('hunter2\r');
    expect(await answer).toBe('hunter2');
    expect(screen()).toBe('passphrase of a.keys: \n');
    expect(modes).toEqual([true, false]);
  });

  test('a new one is asked for twice', async () => {
    const { shell, stdin, screen } = shellWith();
    const answer = newSecretOf(asked, shell);
    stdin.write('correct horse\r');
    setTimeout(() => stdin.write('correct horse\r'), 20);
    expect(await answer).toBe('correct horse');
    expect(screen()).toContain('passphrase of a.keys, again: ');
  });

  test('typed otherwise the second time', async () => {
    const { shell, stdin } = shellWith();
    const answer = newSecretOf(asked, shell);
    stdin.write('correct horse\r');
    setTimeout(() => stdin.write('correct house\r'), 20);
    await expect(answer).rejects.toThrow('the two passphrases differ');
  });

  test('Ctrl-C', async () => {
    const { shell, stdin, modes } = shellWith();
    const answer = secretOf(asked, shell);
    stdin.write('hun\u0003');
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    expect(modes).toEqual([true, false]);
  });

  test('Ctrl-D', async () => {
    const { shell, stdin } = shellWith();
    const answer = secretOf(asked, shell);
    stdin.write('\u0004');
    await expect(answer).rejects.toThrow('the passphrase of a.keys is missing');
  });

  test('SIGTERM while it asks', async () => {
    const { shell, interruption } = shellWith();
    const answer = secretOf(asked, shell);
    interruption.abort();
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
  });
});

test('a new one of few characters is refused; an old one is taken', async () => {
  const { shell } = shellWith({ env: { RETAP_PASSPHRASE: 'short' } });
  await expect(newSecretOf(asked, shell)).rejects.toThrow('has fewer than 8 characters');
  expect(await secretOf(asked, shell)).toBe('short');
});
