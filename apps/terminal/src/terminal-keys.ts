/** The keys of a terminal, in a file or in a token; and the key that its journal is sealed by. */
import type { KeyStore } from '@retap/card';
import { openSoftwareKeyStore, openTokenKeyStore } from '@retap/keys';
import type { Configuration } from './configuration/configuration.ts';
import { ConfigurationError } from './configuration/faults.ts';

/** What opens the files and the token of a terminal; what it has none for may be left out. */
export interface Secrets {
  /** Of the key store file, and of the identity. */
  readonly passphrase?: string;
  /** Of the user of the token. */
  readonly pin?: string;
}

export interface TerminalKeys {
  readonly keys: KeyStore;
  /** 32 bytes, see `sealing`. */
  readonly journalKey: Uint8Array;
  close(): void;
}

/** @throws KeyStoreError; ConfigurationError where the keys are not a terminal's */
export async function openTerminalKeys(
  { keys: place }: Pick<Configuration, 'keys'>,
  secrets: Secrets,
): Promise<TerminalKeys> {
  const keys =
    'store' in place
      ? await openSoftwareKeyStore(place.store, secrets.passphrase ?? '')
      : await openTokenKeyStore({ module: place.pkcs11, token: place.token, pin: secrets.pin ?? '' });
  const journalKey = keys.journalKey();
  if (journalKey !== null) return { keys, journalKey, close: () => keys.close() };
  keys.close();
  throw new ConfigurationError([notOfTerminal(place)]);
}

/** Only a terminal's has a key for a journal: an issuer's would give every card away with the terminal. */
function notOfTerminal(place: Configuration['keys']): string {
  const whose = 'store' in place ? place.store : `token ${place.token}`;
  const remedy = 'make one of its own by "retap keys init --terminal"';
  return `${whose}: these are not the keys of a terminal, for there is none for its journal; ${remedy}`;
}
