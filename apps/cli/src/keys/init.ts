/** `retap keys init`: an issuer's first masters, or what a terminal or the centre gets of them. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  createSoftwareKeyStore,
  generateInToken,
  importIntoToken,
  issuerContents,
  type KeyRole,
  type KeyStoreContents,
  type TokenOptions,
} from '@retap/keys';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { formatCount } from '../text.ts';
import { type IssuerOptions, openIssuer, type PlaceOptions, passphraseOf, placeOf, tokenOf } from './place.ts';
import { newSecretOf } from './secret.ts';

export interface InitOptions extends PlaceOptions, IssuerOptions {
  readonly terminal?: KeyRole;
}

export async function init(options: InitOptions, shell: Shell): Promise<void> {
  const place = placeOf(options);
  const { terminal, from } = options;
  if (terminal !== undefined && from === undefined) {
    throw new UsageError(
      `--terminal ${terminal}: its keys come from the issuer's key store file; name it by --from FILE`,
    );
  }
  if ('file' in place) return initFile(place.file, options, shell);
  const token = await tokenOf(place, options, shell);
  if (from === undefined) return generate(token, shell);
  return bring(token, await contentsFrom(from, terminal ?? 'issuer', options, shell), shell);
}

async function initFile(file: string, options: InitOptions, shell: Shell): Promise<void> {
  const { terminal, from } = options;
  if (from !== undefined && terminal === undefined) {
    throw new UsageError('--from: whom are the keys for? Give --terminal; a copy of the whole file needs no command');
  }
  // Said before anyone types a passphrase. To create it decides again.
  if (await stat(file).catch(() => null)) {
    throw new UsageError(`${file} exists and is not overwritten: keys in it may be on cards; choose another name`);
  }
  const contents =
    from === undefined || terminal === undefined
      ? issuerContents(randomBytes)
      : await contentsFrom(from, terminal, options, shell);
  const passphrase = await newSecretOf(passphraseOf(file, options), shell);
  const store = await createSoftwareKeyStore(file, passphrase, contents, randomBytes);
  store.close();
  const count = formatCount(contents.masters.length);
  shell.stdout.write(`${file}: key store of role ${contents.role}, ${count} masters\n`);
  if (contents.role === 'issuer') {
    shell.stdout.write(
      'Keep a copy of it, and of its passphrase, elsewhere: without them no card can be read again.\n',
    );
  }
}

async function contentsFrom(
  from: string,
  role: KeyRole,
  options: IssuerOptions,
  shell: Shell,
): Promise<KeyStoreContents> {
  const issuer = await openIssuer(from, options, shell);
  const contents = issuer.exportFor(role, randomBytes);
  issuer.close();
  return contents;
}

async function generate(token: TokenOptions, shell: Shell): Promise<void> {
  const store = await generateInToken(token);
  store.close();
  shell.stdout.write(`token '${token.token}': key store of role issuer, its masters were made in the token\n`);
  shell.stdout.write(
    'They never leave it: have the token copied by its own means, or no card can be read when it breaks.\n',
  );
}

async function bring(token: TokenOptions, contents: KeyStoreContents, shell: Shell): Promise<void> {
  const brought = await importIntoToken(token, contents);
  const all = formatCount(contents.masters.length);
  shell.stdout.write(
    `token '${token.token}': key store of role ${contents.role}, ${all} masters, ${formatCount(brought)} of them new\n`,
  );
}
