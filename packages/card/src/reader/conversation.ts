/** From a card in the field to an authenticated session: which key, of which version. */
import { diversified } from '../diversification.ts';
import { APPLICATION_NAME, KEYS } from '../layout.ts';
import type { Access, ReadFault } from '../medium.ts';
import type { CardChannel, KeyStore, RandomBytes } from '../port.ts';
import { authenticate, type SecureSession, STATUS, selectApplication } from './session.ts';

/** Selects the application of the account. */
export async function selectAccount(channel: CardChannel): Promise<'selected' | ReadFault> {
  const { outcome } = await selectApplication(channel, APPLICATION_NAME);
  if (outcome === 'answered') return 'selected';
  return outcome === 'torn' ? 'unreadable' : 'foreign';
}

/** Authenticates with the newest version that the key store holds, and where the card knows another key, with the one before it. */
export async function authenticateWith(
  access: Access,
  channel: CardChannel,
  keys: KeyStore,
  random: RandomBytes,
): Promise<SecureSession | ReadFault> {
  const versions = keys.versions(access);
  if (versions.length === 0) return 'key-missing';
  for (const version of [...versions].reverse()) {
    const master = keys.master(access, version);
    if (!master) continue;
    const key = diversified(master, access, channel.uid);
    const session = await authenticate(channel, KEYS[access], key, random);
    key.discard();
    if (!('outcome' in session)) return session;
    if (session.outcome === 'torn') return 'unreadable';
    if (session.status !== STATUS.authenticationError) return 'foreign';
  }
  return 'foreign';
}
