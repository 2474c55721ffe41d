/** What all commands of a terminal have: its configuration, and the passphrase that opens its files. */
import path from 'node:path';
import { type Configuration, ConfigurationError, type Secrets } from '@retap/terminal-service';
import { readConfiguration } from '@retap/terminal-service/configuration';
import { Faults, UsageError } from '../failure.ts';
import { type SecretSource, secretOf } from '../keys/secret.ts';
import type { Shell } from '../shell.ts';

export interface TerminalOptions {
  readonly config: string;
  readonly passphraseFile?: string;
  readonly pinFile?: string;
}

/** @throws Faults with all that is wrong in the configuration; whatever else `work` throws */
export async function withConfiguration<Value>(
  { config }: TerminalOptions,
  work: (configuration: Configuration) => Promise<Value>,
): Promise<Value> {
  try {
    return await work(await readConfiguration(config));
  } catch (error) {
    throw error instanceof ConfigurationError ? new Faults(error.messages) : error;
  }
}

/** Of the key store file, or where the keys are in a token, of the identity: there is one passphrase for both. */
export function passphraseOf(
  { keys, identity = '' }: Pick<Configuration, 'keys' | 'identity'>,
  { passphraseFile }: TerminalOptions,
): SecretSource {
  const what = `passphrase of ${path.basename('store' in keys ? keys.store : identity)}`;
  return { what, option: '--passphrase-file', file: passphraseFile, variable: 'RETAP_PASSPHRASE' };
}

/** All that the terminal's files and token ask for. @throws UsageError, KeyStoreError, Interrupted */
export async function secretsOf(
  configuration: Configuration,
  options: TerminalOptions,
  shell: Shell,
): Promise<Secrets> {
  const { keys, identity } = configuration;
  const needsPassphrase = 'store' in keys || identity !== undefined;
  const passphrase = needsPassphrase ? await secretOf(passphraseOf(configuration, options), shell) : null;
  const pin = 'token' in keys ? await secretOf(pinOf(keys.token, options), shell) : null;
  return { ...(passphrase !== null && { passphrase }), ...(pin !== null && { pin }) };
}

function pinOf(token: string, { pinFile }: TerminalOptions): SecretSource {
  return { what: `PIN of token ${token}`, option: '--pin-file', file: pinFile, variable: 'RETAP_PIN' };
}

export interface EnrolledConfiguration {
  readonly identity: string;
  readonly licence: string;
}

/** @throws UsageError where the configuration names neither */
export function enrolledOf({ identity, licence }: Configuration, { config }: TerminalOptions): EnrolledConfiguration {
  if (identity !== undefined && licence !== undefined) return { identity, licence: licence.file };
  throw new UsageError(
    `${config}: identity: it is missing; give "identity": "identity.json" and "licence": { "file": "licence.json" }`,
  );
}

/** @throws UsageError where neither the configuration nor the command line names a centre */
export function centreOf({ centre }: Configuration, { config }: TerminalOptions, given: string | undefined): string {
  const url = given ?? centre?.url;
  if (url !== undefined) return url;
  throw new UsageError(`${config}: no centre; give --centre URL, or centre.url in the configuration`);
}
