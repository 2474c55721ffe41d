/** The passphrase of a key store: from a file that only its owner may read, or the environment; never from an argument. */
import { readPrivate } from '@retap/keys';
import { UsageError } from './failure.ts';
import type { Shell } from './shell.ts';

/** @param file where it is not given: RETAP_PASSPHRASE @throws UsageError, KeyStoreError */
export async function passphraseOf(file: string | undefined, { env }: Shell): Promise<string> {
  if (file === undefined) {
    const passphrase = env.RETAP_PASSPHRASE ?? '';
    if (passphrase !== '') return passphrase;
    throw new UsageError(
      'the key store needs its passphrase: name a file by --passphrase-file, or set RETAP_PASSPHRASE',
    );
  }
  const passphrase = (await readPrivate(file, 'passphrase file')).replace(/\r?\n$/, '');
  if (passphrase === '') throw new UsageError(`${file}: the file is empty; write the passphrase on its first line`);
  return passphrase;
}
