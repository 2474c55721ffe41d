/** The key that a terminal's journal is sealed by. */
import type { SoftwareKeyStore } from '@retap/keys';
import { ConfigurationError } from './configuration/faults.ts';

/**
 * The role of the key store says whose it is: an issuer's would give every card away with the terminal.
 * @throws ConfigurationError where it is not a terminal's
 */
export function journalKeyOf(keys: SoftwareKeyStore, file: string): Uint8Array {
  const key = keys.journalKey();
  if (key !== null) return key;
  throw new ConfigurationError([
    `${file}: this is the key store of the ${keys.role}, not of a terminal; make one of its own by "retap keys init --terminal"`,
  ]);
}
