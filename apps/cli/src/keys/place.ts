/** Where masters are: a key store file, or a token behind PKCS#11. */
import {
  openSoftwareKeyStore,
  openTokenKeyStore,
  type SoftwareKeyStore,
  type TokenKeyStore,
  type TokenOptions,
} from '@retap/keys';
import type { Command } from 'commander';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { type SecretSource, secretOf } from './secret.ts';

export interface PlaceOptions {
  readonly store?: string;
  readonly passphraseFile?: string;
  readonly pkcs11?: string;
  readonly token?: string;
  readonly pinFile?: string;
}

export interface IssuerOptions {
  readonly from?: string;
  readonly fromPassphraseFile?: string;
}

export function addPlaceOptions(command: Command): Command {
  return command
    .option('--store <FILE>', 'key store file')
    .option('--passphrase-file <FILE>', 'its passphrase, on the first line; default: RETAP_PASSPHRASE, or asked for')
    .option('--pkcs11 <MODULE>', 'in place of a file: library of a PKCS#11 token')
    .option('--token <LABEL>', 'label of the token')
    .option('--pin-file <FILE>', 'its PIN, on the first line; default: RETAP_PIN, or asked for');
}

export function addIssuerOptions(command: Command): Command {
  const passphrase = 'its passphrase, on the first line; default: RETAP_FROM_PASSPHRASE, or asked for';
  return command
    .option('--from <FILE>', "the issuer's key store file")
    .option('--from-passphrase-file <FILE>', passphrase);
}

export type Place = { readonly file: string } | { readonly module: string; readonly token: string };

/** @throws UsageError where it is none, or two */
export function placeOf({ store, pkcs11, token, passphraseFile, pinFile }: PlaceOptions): Place {
  if (store !== undefined && pkcs11 !== undefined) {
    throw new UsageError('--store and --pkcs11: the keys are in one place; name the file or the module');
  }
  if (store !== undefined) {
    const stray = token !== undefined ? '--token' : pinFile !== undefined ? '--pin-file' : null;
    if (stray) throw new UsageError(`${stray} goes with --pkcs11 MODULE, not with --store`);
    return { file: store };
  }
  if (pkcs11 === undefined) throw new UsageError('no key store: give --store FILE, or --pkcs11 MODULE --token LABEL');
  if (token === undefined) throw new UsageError('--pkcs11 needs the label of the token: give --token LABEL');
  if (passphraseFile !== undefined)
    throw new UsageError('--passphrase-file goes with --store FILE; a token has --pin-file');
  return { module: pkcs11, token };
}

export function passphraseOf(file: string, { passphraseFile }: PlaceOptions): SecretSource {
  const what = `passphrase of ${file}`;
  return { what, option: '--passphrase-file', file: passphraseFile, variable: 'RETAP_PASSPHRASE' };
}

/** @throws UsageError, KeyStoreError */
export async function tokenOf(
  place: { readonly module: string; readonly token: string },
  { pinFile }: PlaceOptions,
  shell: Shell,
): Promise<TokenOptions> {
  const what = `PIN of token ${place.token}`;
  return { ...place, pin: await secretOf({ what, option: '--pin-file', file: pinFile, variable: 'RETAP_PIN' }, shell) };
}

/** @throws UsageError, KeyStoreError */
export async function openPlace(options: PlaceOptions, shell: Shell): Promise<SoftwareKeyStore | TokenKeyStore> {
  const place = placeOf(options);
  if (!('file' in place)) return openTokenKeyStore(await tokenOf(place, options, shell));
  return openSoftwareKeyStore(place.file, await secretOf(passphraseOf(place.file, options), shell));
}

/** @throws UsageError, KeyStoreError */
export async function openIssuer(from: string, options: IssuerOptions, shell: Shell): Promise<SoftwareKeyStore> {
  const source = {
    what: `passphrase of ${from}`,
    option: '--from-passphrase-file',
    file: options.fromPassphraseFile,
    variable: 'RETAP_FROM_PASSPHRASE',
  };
  return openSoftwareKeyStore(from, await secretOf(source, shell));
}
