/** What waits in the journal of a configuration's terminal, signed, to be carried to the centre by hand. */
import { createHash, randomBytes } from 'node:crypto';
import type { RandomBytes } from '@retap/card';
import { openIdentity, sealing } from '@retap/keys';
import { type SealedBatch, waitingBatches } from '@retap/terminal';
import type { Configuration } from './configuration/configuration.ts';
import { readJournal } from './journal/read-only.ts';
import { openTerminalKeys, type Secrets } from './terminal-keys.ts';

const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * The terminal may be running.
 * @param identity its file
 * @throws KeyStoreError, ConfigurationError, JournalError (see `waitingBatches`)
 */
export async function* waitingIn(
  { terminal, journal, keys }: Configuration,
  identity: string,
  secrets: Secrets,
): AsyncGenerator<SealedBatch, undefined> {
  const { journalKey, close } = await openTerminalKeys({ keys }, secrets);
  // Read once: neither the keys of cards nor their token are needed any more.
  close();
  const signer = await openIdentity(identity, secrets.passphrase ?? '');
  try {
    const sealer = sealing(journalKey, random);
    yield* waitingBatches({ store: await readJournal(journal), terminal, sha256, sealer, signer });
  } finally {
    signer.close();
  }
}
