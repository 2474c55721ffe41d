/** `retap keys rotate`: one more version of masters; the older ones stay, for cards have their keys. */
import { randomBytes } from 'node:crypto';
import { KEY_PURPOSES, type KeyPurpose } from '@retap/card';
import { openSoftwareKeyStore, type SoftwareKeyStore, TokenKeyStore } from '@retap/keys';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { type IssuerOptions, openIssuer, type PlaceOptions, passphraseOf, placeOf, tokenOf } from './place.ts';
import { secretOf } from './secret.ts';

export interface RotateOptions extends PlaceOptions, IssuerOptions {
  readonly purpose?: KeyPurpose;
}

export async function rotate(options: RotateOptions, shell: Shell): Promise<void> {
  const place = placeOf(options);
  const { from, purpose } = options;
  if (from !== undefined && purpose !== undefined) {
    throw new UsageError(
      "--purpose and --from: from the issuer's key store all that it has added is taken; leave --purpose",
    );
  }
  if ('file' in place) return rotateFile(place.file, options, shell);
  if (from !== undefined) {
    throw new UsageError("--from: a token is brought up to date by 'retap keys init' with --terminal and --from again");
  }
  const store = await TokenKeyStore.rotate(await tokenOf(place, options, shell), purpose && [purpose]);
  say(store, purpose, `token '${place.token}'`, shell);
  store.close();
}

async function rotateFile(file: string, options: RotateOptions, shell: Shell): Promise<void> {
  const passphrase = await secretOf(passphraseOf(file, options), shell);
  const store = await openSoftwareKeyStore(file, passphrase);
  const { from, purpose } = options;
  if (from === undefined) await store.rotate(passphrase, randomBytes, purpose && [purpose]);
  else await renew(store, from, passphrase, options, shell);
  say(store, purpose, file, shell);
  store.close();
}

async function renew(
  store: SoftwareKeyStore,
  from: string,
  passphrase: string,
  options: IssuerOptions,
  shell: Shell,
): Promise<void> {
  const issuer = await openIssuer(from, options, shell);
  await store.renewFrom(issuer, passphrase, randomBytes);
  issuer.close();
}

function say(store: SoftwareKeyStore | TokenKeyStore, only: KeyPurpose | undefined, name: string, shell: Shell): void {
  const purposes = only ? [only] : KEY_PURPOSES.filter((purpose) => store.versions(purpose).length > 0);
  const newest = purposes.map((purpose) => `${purpose} ${store.versions(purpose).at(-1)}`);
  shell.stdout.write(`${name}: newest versions: ${newest.join(', ')}; older ones are kept\n`);
}
