/** Who a terminal is for the centre, as its files say. */
import type { RandomBytes } from '@retap/card';
import { type Identity, KeyStoreError, openIdentity } from '@retap/keys';
import type { Configuration } from '../configuration/configuration.ts';
import { ConfigurationError } from '../configuration/faults.ts';
import { faultFields, type Log } from '../log.ts';
import { EnrolmentError } from './fault.ts';
import { HeldLicence } from './licence.ts';

export interface Enrolled {
  readonly identity: Identity;
  /** Null: it cannot be used. Batches are signed all the same, for it is the identity that signs. */
  readonly licence: HeldLicence | null;
}

/**
 * Null where the configuration names no identity.
 * @param passphrase of the key store, and of the identity
 * @throws KeyStoreError where the identity does not open; ConfigurationError where there is none yet
 */
export async function openEnrolled(
  { terminal, identity: identityFile, licence: licenceOptions }: Configuration,
  passphrase: string,
  random: RandomBytes,
  log: Log,
): Promise<Enrolled | null> {
  if (identityFile === undefined || licenceOptions === undefined) return null;
  const identity = await openIdentity(identityFile, passphrase).catch((error: unknown) => {
    if (!(error instanceof KeyStoreError) || error.code !== 'key-store-missing') throw error;
    throw new ConfigurationError([`${identityFile}: no such identity; make it by "retap terminal enrol"`]);
  });
  const holder = { terminal, publicKey: identity.publicKey };
  try {
    const licence = await HeldLicence.open(licenceOptions.file, holder, random);
    if (licence.licence === null) log('warn', 'licence-missing', { file: licenceOptions.file });
    return { identity, licence };
  } catch (error) {
    if (!(error instanceof EnrolmentError || error instanceof KeyStoreError)) throw error;
    // A disk that damaged it must not keep a gate closed, unless its operator wants that.
    log('error', 'licence-unusable', faultFields(error));
    return { identity, licence: null };
  }
}
