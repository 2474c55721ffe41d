/** What all commands of a terminal have: its configuration, and the passphrase that opens its files. */
import path from 'node:path';
import { type Configuration, ConfigurationError, readConfiguration } from '@retap/terminal-service';
import { Faults, UsageError } from '../failure.ts';
import type { SecretSource } from '../keys/secret.ts';

export interface TerminalOptions {
  readonly config: string;
  readonly passphraseFile?: string;
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

export function passphraseOf({ keys }: Configuration, { passphraseFile }: TerminalOptions): SecretSource {
  const what = `passphrase of ${path.basename(keys.store)}`;
  return { what, option: '--passphrase-file', file: passphraseFile, variable: 'RETAP_PASSPHRASE' };
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
