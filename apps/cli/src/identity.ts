/** The centre's identity: the key pair that it signs licences by. */
import { fingerprint, type Identity, openIdentity } from '@retap/keys';
import { Option } from 'commander';
import { UsageError } from './failure.ts';
import { type SecretSource, secretOf } from './keys/secret.ts';
import type { Shell } from './shell.ts';

/** Where `init` makes it unless told otherwise. */
export const CENTRE_IDENTITY = 'retap-data/centre.identity';

export interface IdentityOptions {
  readonly identity?: string;
  readonly identityPassphraseFile?: string;
}

export function identityPassphraseOption(): Option {
  const meaning = 'file with the passphrase of --identity; default: RETAP_IDENTITY_PASSPHRASE, or asked for';
  return new Option('--identity-passphrase-file <FILE>', meaning);
}

export function identityPassphrase(file: string, { identityPassphraseFile }: IdentityOptions): SecretSource {
  return {
    what: `passphrase of ${file}`,
    option: '--identity-passphrase-file',
    file: identityPassphraseFile,
    variable: 'RETAP_IDENTITY_PASSPHRASE',
  };
}

/**
 * Opens the identity that an enrolled centre was settled with.
 * @param centre its public key @throws UsageError where it is another; KeyStoreError, Interrupted
 */
export async function openCentreIdentity(
  file: string,
  centre: Uint8Array,
  options: IdentityOptions,
  shell: Shell,
): Promise<Identity> {
  const identity = await openIdentity(file, await secretOf(identityPassphrase(file, options), shell));
  if (Buffer.compare(identity.publicKey, centre) === 0) return identity;
  const found = fingerprint(identity.publicKey);
  identity.close();
  throw new UsageError(
    `${file}: its fingerprint is ${found}, the centre's is ${fingerprint(centre)}; name the file that 'retap init' made`,
  );
}
