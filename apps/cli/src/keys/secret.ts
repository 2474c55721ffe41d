/** Passphrases and PINs: from a private file, the environment, or someone at the keyboard. Never shown, never an option's value. */
import { createInterface } from 'node:readline';

import { type Readable, Writable } from 'node:stream';
import { readPrivate } from '@retap/keys';
import { UsageError } from '../failure.ts';
import { Interrupted, type Shell } from '../shell.ts';
import { printable } from '../text.ts';

export interface SecretSource {
  /** As the question and messages name it: `passphrase of gate.keys`. */
  readonly what: string;
  /** The option that names a file, and its value. */
  readonly option: string;
  readonly file: string | undefined;
  /** Of the environment. */
  readonly variable: string;
}

/** A new passphrase has as many characters at least. Scrypt makes each guess dear; it cannot make up for few of them. */
const CHARACTERS_MIN = 8;

/** @throws UsageError where there is none, KeyStoreError where others may read its file, Interrupted */
export async function secretOf(source: SecretSource, shell: Shell): Promise<string> {
  const { what, option, file, variable } = source;
  if (file !== undefined) return secretOfFile(file, what);
  const ofEnvironment = shell.env[variable] ?? '';
  if (ofEnvironment !== '') return ofEnvironment;
  if (isKeyboard(shell.stdin)) return askHidden(what, shell);
  throw new UsageError(
    `the ${what} is missing: give ${option} FILE, or set ${variable}, or run this in a terminal window`,
  );
}

/** As {@link secretOf}, for a passphrase that is chosen here: someone who types it types it twice. */
export async function newSecretOf(source: SecretSource, shell: Shell): Promise<string> {
  const secret = await secretOf(source, shell);
  if ([...secret].length < CHARACTERS_MIN) {
    throw new UsageError(`the ${source.what} has fewer than ${CHARACTERS_MIN} characters; choose a longer one`);
  }
  const isTyped = source.file === undefined && (shell.env[source.variable] ?? '') === '';
  if (isTyped && (await askHidden(`${source.what}, again`, shell)) !== secret) {
    throw new UsageError('the two passphrases differ; nothing was written, run it again');
  }
  return secret;
}

async function secretOfFile(file: string, what: string): Promise<string> {
  const text = await readPrivate(file, `file of the ${what.replace(/ of .*/, '')}`);
  const [secret = ''] = text.split(/\r?\n/, 1);
  if (secret !== '') return secret;
  throw new UsageError(`${file}: its first line is empty; write the ${what} there`);
}

function isKeyboard(stdin: Readable & { readonly isTTY?: boolean }): boolean {
  return stdin.isTTY === true;
}

/** Asks on standard error, for standard output may be a file. What is typed goes nowhere. */
function askHidden(what: string, { stdin, stderr, interrupted }: Shell): Promise<string> {
  const nowhere = new Writable({ write: (_text, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  stderr.write(`${printable(what)}: `);
  return new Promise<string>((resolve, reject) => {
    const stop = (): void => reject(new Interrupted('interrupted'));
    // The keyboard is ours alone while we ask: Ctrl-C comes as a character, and no signal.
    lines.once('SIGINT', stop);
    interrupted.addEventListener('abort', stop, { once: true });
    lines.once('close', () => reject(new UsageError(`the ${what} is missing`)));
    lines.question('', resolve);
  }).finally(() => {
    lines.close();
    stderr.write('\n');
  });
}
