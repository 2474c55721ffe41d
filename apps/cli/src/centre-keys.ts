/** The centre's keys: with them it checks the cards' own proofs (docs/proof.md). */
import type { ProofJudge } from '@retap/central';
import { proofJudgeOf } from '@retap/central-service';
import { openSoftwareKeyStore } from '@retap/keys';
import { Option } from 'commander';
import { UsageError } from './failure.ts';
import { secretOf } from './keys/secret.ts';
import type { Shell } from './shell.ts';

export interface CentreKeysOptions {
  readonly keys?: string;
  readonly passphraseFile?: string;
}

export function centreKeysOptions(): readonly Option[] {
  return [
    new Option('--keys <FILE>', "key store of role centre, to check the cards' proofs; default: nobody checks them"),
    new Option(
      '--passphrase-file <FILE>',
      'file with the passphrase of --keys; default: RETAP_PASSPHRASE, or asked for',
    ),
  ];
}

/**
 * The judge of proofs as an option of `openCentral`; nothing where no keys were named.
 * @throws UsageError, KeyStoreError, Interrupted
 */
export async function proofsOf(options: CentreKeysOptions, shell: Shell): Promise<{ proofs?: ProofJudge }> {
  const { keys: file, passphraseFile } = options;
  if (file === undefined) {
    if (passphraseFile === undefined) return {};
    throw new UsageError('--passphrase-file opens no key store: name it by --keys');
  }
  const what = `passphrase of ${file}`;
  const source = { what, option: '--passphrase-file', file: passphraseFile, variable: 'RETAP_PASSPHRASE' };
  const store = await openSoftwareKeyStore(file, await secretOf(source, shell));
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
