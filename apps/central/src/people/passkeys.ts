/** WebAuthn Level 2: what a browser is asked to make and to sign, and whether what came back is that. */
import type { ChallengePurpose, NewPasskey, People, Registrant, StoredPasskey, TakenChallenge } from '@retap/central';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Site } from './site.ts';

/** How long the browser waits for the person, in milliseconds; the challenge itself stands a little longer. */
const TIMEOUT_MS = 4 * 60_000;
/** COSE: EdDSA, ECDSA with P-256, RSASSA-PKCS1-v1_5: what authenticators have, the best first. */
const ALGORITHMS = [-8, -7, -257];
const TRANSPORTS = ['usb', 'nfc', 'ble', 'internal', 'hybrid', 'smart-card', 'cable'];

/** What `navigator.credentials.create` is given: a passkey that the browser finds by itself, behind a PIN or a finger. */
export function creationOptions(site: Site, { name, userHandle, credentials }: Registrant, challenge: Uint8Array) {
  return generateRegistrationOptions({
    ...{ rpName: 'Retap', rpID: site.rpId, userName: name, userDisplayName: name },
    userID: Uint8Array.from(userHandle),
    ...{ challenge: Uint8Array.from(challenge), timeout: TIMEOUT_MS, attestationType: 'none' },
    excludeCredentials: credentials.map(({ id, transports }) => ({ id: base64url(id), transports: [...transports] })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** @param registrant whose passkeys will do; left out for whoever signs in */
export function requestOptions(site: Site, challenge: Uint8Array, registrant?: Registrant) {
  const allowed = registrant?.credentials.map(({ id, transports }) => ({
    id: base64url(id),
    transports: [...transports],
  }));
  return generateAuthenticationOptions({
    ...{ rpID: site.rpId, challenge: Uint8Array.from(challenge), timeout: TIMEOUT_MS, userVerification: 'required' },
    ...(allowed && { allowCredentials: allowed }),
  });
}

/** A passkey that was made as asked, and the challenge that it answers; null for anything else. */
export async function madePasskey(
  people: Pick<People, 'takeChallenge'>,
  site: Site,
  purpose: ChallengePurpose,
  response: RegistrationResponseJSON,
): Promise<{ readonly taken: TakenChallenge; readonly passkey: Omit<NewPasskey, 'label'> } | null> {
  const taking = taker(people, purpose);
  const verified = await verifyRegistrationResponse({
    ...{ response, expectedChallenge: taking.take, expectedOrigin: site.origin, expectedRPID: site.rpId },
    ...{ requireUserVerification: true, supportedAlgorithmIDs: ALGORITHMS },
  }).catch(() => null);
  const taken = taking.taken();
  if (!verified?.verified || taken === null) return null;
  const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
  const known = TRANSPORTS.filter((each) => transports.includes(each));
  return { taken, passkey: { credential: bytesOf(id), publicKey, counter, transports: known } };
}

export interface ShownPasskey {
  readonly taken: TakenChallenge;
  readonly passkey: StoredPasskey;
  readonly counter: number;
}

/** What was shown, or whose it claims to be, as far as that is known. */
export async function shownPasskey(
  people: Pick<People, 'takeChallenge' | 'passkeyOf'>,
  site: Site,
  purpose: ChallengePurpose,
  response: AuthenticationResponseJSON,
): Promise<ShownPasskey | { readonly claimed: string | null }> {
  const stored = await people.passkeyOf(bytesOf(response.id));
  const taking = taker(people, purpose);
  // One that nobody has is verified all the same, so that the answer takes as long.
  const { publicKey } = stored ?? { publicKey: STRANGER };
  // Whether its counter goes on is decided where it is kept: here two at once would both pass, and a copy be told of as a bad signature.
  const credential = { id: response.id, publicKey: Uint8Array.from(publicKey), counter: 0 };
  const verified = await verifyAuthenticationResponse({
    ...{ response, expectedChallenge: taking.take, expectedOrigin: site.origin, expectedRPID: site.rpId },
    ...{ credential, requireUserVerification: true },
  }).catch(() => null);
  const taken = taking.taken();
  if (!stored || taken === null || !verified?.verified) return { claimed: stored?.name ?? null };
  // WebAuthn Level 2, 7.2 step 6: the account that the passkey names is the one that it is kept for.
  const named = response.response.userHandle;
  if (named !== undefined && named !== base64url(stored.userHandle)) return { claimed: stored.name };
  return { taken, passkey: stored, counter: verified.authenticationInfo.newCounter };
}

/** The challenge is taken from the store as soon as it is seen, so that it is used up whatever else is wrong. */
function taker(people: Pick<People, 'takeChallenge'>, purpose: ChallengePurpose) {
  let taken: TakenChallenge | null = null;
  return {
    taken: () => taken,
    async take(challenge: string): Promise<boolean> {
      taken = await people.takeChallenge(bytesOf(challenge), purpose);
      return taken !== null;
    },
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}

/** A public key of nobody, in COSE: P-256's own base point. Who signs by it is refused for having no passkey here. */
const STRANGER = Uint8Array.from(
  Buffer.from(
    'a5010203262001215820' +
      '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
      '225820' +
      '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    'hex',
  ),
);
