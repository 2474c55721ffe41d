/** The centre's keys: with them it checks the cards' own proofs (docs/proof.md). */
import type { ProofJudge } from '@retap/central';
import { proofJudgeOf } from '@retap/central-service';
import { openSoftwareKeyStore, readPrivate } from '@retap/keys';
import { Option } from 'commander';
import { UsageError } from './failure.ts';
import type { Shell } from './shell.ts';

export interface CentreKeysOptions {
  readonly keys?: string;
  readonly passphraseFile?: string;
}

export function centreKeysOptions(): readonly Option[] {
  return [
    new Option('--keys <FILE>', "key store of role centre, to check the cards' proofs; default: nobody checks them"),
    new Option('--passphrase-file <FILE>', 'file with the passphrase of --keys; default: RETAP_PASSPHRASE'),
  ];
}

/**
 * The judge of proofs as an option of `openCentral`; nothing where no keys were named.
 * @throws UsageError, KeyStoreError
 */
export async function proofsOf(options: CentreKeysOptions, shell: Shell): Promise<{ proofs?: ProofJudge }> {
  const { keys: file, passphraseFile } = options;
  if (file === undefined) {
    if (passphraseFile === undefined) return {};
    throw new UsageError('--passphrase-file opens no key store: name it by --keys');
  }
  const store = await openSoftwareKeyStore(file, await passphraseOf(passphraseFile, shell));
  if (store.role !== 'centre') {
    const { role } = store;
    store.close();
    throw new UsageError(`${file}: a key store of role ${role}; the centre needs one of role centre, and no other key`);
  }
  if (store.versions('transaction-mac').length === 0) {
    throw new UsageError(`${file}: it holds no transaction-mac key; export it again from the issuer's key store`);
  }
  return { proofs: proofJudgeOf(store) };
}

async function passphraseOf(file: string | undefined, { env }: Shell): Promise<string> {
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
