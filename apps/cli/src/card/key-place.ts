/** The keys that a card is talked to with: a key store file, or a token. */
import { KEY_PURPOSES } from '@retap/card';
import type { SoftwareKeyStore, TokenKeyStore } from '@retap/keys';
import type { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { openPlace } from '../keys/place.ts';
import type { Shell } from '../shell.ts';

export interface KeysOptions {
  readonly keys?: string;
  readonly passphraseFile?: string;
  readonly pkcs11?: string;
  readonly token?: string;
  readonly pinFile?: string;
}

export type OpenKeys = SoftwareKeyStore | TokenKeyStore;

/** @param whose the key store must be, for the help */
export function addKeysOptions(command: Command, whose: string): Command {
  return command
    .option('--keys <FILE>', `key store of ${whose}`)
    .option('--passphrase-file <FILE>', 'its passphrase, on the first line; default: RETAP_PASSPHRASE, or asked for')
    .option('--pkcs11 <MODULE>', 'in place of a file: library of a PKCS#11 token')
    .option('--token <LABEL>', 'label of the token')
    .option('--pin-file <FILE>', 'its PIN, on the first line; default: RETAP_PIN, or asked for');
}

/** @throws UsageError, KeyStoreError */
export async function openKeys({ keys, ...rest }: KeysOptions, shell: Shell): Promise<OpenKeys> {
  if (keys === undefined && rest.pkcs11 === undefined) {
    throw new UsageError('no key store: give --keys FILE, or --pkcs11 MODULE --token LABEL');
  }
  if (keys !== undefined && rest.pkcs11 !== undefined) {
    throw new UsageError('--keys and --pkcs11: the keys are in one place; name the file or the module');
  }
  return openPlace({ ...rest, ...(keys !== undefined && { store: keys }) }, shell);
}

/** Only the issuer has every key. @throws UsageError */
export function assertIssuer(keys: OpenKeys, { keys: file, token }: KeysOptions): void {
  const missing = KEY_PURPOSES.find((purpose) => keys.versions(purpose).length === 0);
  if (missing === undefined) return;
  const role = 'role' in keys ? ` of role ${keys.role}` : '';
  throw new UsageError(`${file ?? token}: a key store${role}, without ${missing}; name the issuer's by --keys`);
}

/** @throws UsageError where it opens no card */
export function assertReads(keys: OpenKeys, { keys: file, token }: KeysOptions): void {
  if (keys.versions('read').length > 0) return;
  const role = 'role' in keys ? ` of role ${keys.role}` : '';
  throw new UsageError(`${file ?? token}: a key store${role} opens no card; name one of a terminal or of the issuer`);
}
