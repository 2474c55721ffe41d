/** `retap terminal enrol` and `renew`: the terminal's identity and its licence. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { RandomBytes } from '@retap/card';
import { fingerprint, openIdentity, openSoftwareKeyStore } from '@retap/keys';
import { parseEnrolmentCode } from '@retap/protocol';
import { type Configuration, type EnrolmentOutcome, enrol, openOrCreateIdentity, renew } from '@retap/terminal-service';
import { UsageError } from '../failure.ts';
import { newSecretOf, secretOf } from '../keys/secret.ts';
import type { Shell } from '../shell.ts';
import { formatTime, printable } from '../text.ts';
import { centreOf, enrolledOf, passphraseOf, type TerminalOptions, withConfiguration } from './options.ts';

export interface EnrolOptions extends TerminalOptions {
  readonly code: string;
  readonly centre?: string;
  readonly centreFingerprint?: string;
}

export type RenewOptions = TerminalOptions & Pick<EnrolOptions, 'centre'>;

const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));

export function enrolTerminal(options: EnrolOptions, shell: Shell): Promise<void> {
  return withConfiguration(options, async (configuration) => {
    const { terminal } = configuration;
    const { identity: file, licence } = enrolledOf(configuration, options);
    const centre = centreOf(configuration, options, options.centre);
    const code = codeOf(options.code);
    const passphrase = await identityPassphrase(configuration, file, options, shell);
    const told = options.centreFingerprint ?? null;
    const identity = await openOrCreateIdentity(file, passphrase, random);
    const done = await enrol({ terminal, identity, licence, centre, code, fingerprint: told, random });
    identity.close();
    say(configuration, done, shell);
    if (told !== null) return;
    shell.stdout.write(
      "Compare the fingerprint with what the centre's operator has: --centre-fingerprint checks it.\n",
    );
  });
}

export function renewLicence(options: RenewOptions, shell: Shell): Promise<void> {
  return withConfiguration(options, async (configuration) => {
    const { terminal } = configuration;
    const { identity: file, licence } = enrolledOf(configuration, options);
    const centre = centreOf(configuration, options, options.centre);
    const passphrase = await secretOf(passphraseOf(configuration, options), shell);
    const identity = await openIdentity(file, passphrase);
    say(configuration, await renew({ terminal, identity, licence, centre, random }), shell);
    identity.close();
  });
}

function codeOf(typed: string): string {
  const code = parseEnrolmentCode(typed);
  if (code !== null) return code;
  throw new UsageError(
    `--code ${printable(typed)}: this is no enrolment code: a letter was misread, left out or put in another place; read it again`,
  );
}

/** One passphrase opens the key store and the identity: another one would show only when the terminal is started. */
async function identityPassphrase(
  configuration: Configuration,
  identity: string,
  options: TerminalOptions,
  shell: Shell,
): Promise<string> {
  const source = passphraseOf(configuration, options);
  const isThere = async (file: string): Promise<boolean> => (await stat(file).catch(() => null)) !== null;
  if (await isThere(identity)) return secretOf(source, shell);
  const { keys } = configuration;
  if (!('store' in keys) || !(await isThere(keys.store))) return newSecretOf(source, shell);
  const passphrase = await secretOf(source, shell);
  (await openSoftwareKeyStore(keys.store, passphrase)).close();
  return passphrase;
}

function say({ terminal }: Configuration, { licence, centre, outcome }: EnrolmentOutcome, { stdout }: Shell): void {
  const asBefore = outcome === 'unchanged' ? ', as before' : '';
  stdout.write(`terminal ${terminal}: licensed as ${licence.role} until ${formatTime(licence.expiresAt)}${asBefore}\n`);
  stdout.write(`key of this terminal ${fingerprint(licence.publicKey)}\n`);
  stdout.write(`key of the centre    ${fingerprint(centre)}\n`);
}
