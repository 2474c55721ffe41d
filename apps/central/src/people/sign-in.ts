/** Sign-in by passkey, and the session that it begins. */
import { CAPABILITIES, type FoundSession, may } from '@retap/central';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Context } from 'hono';
import { z } from 'zod';
import { tooMany } from '../answers.ts';
import type { Api } from '../api/api.ts';
import type { Caller } from '../api/caller.ts';
import { isRefusal, refusePeople } from './answers.ts';
import { bySelf, nameOf, sessionIn, whoOf } from './asker.ts';
import { dropSessionCookie, keepSessionCookie } from './cookie.ts';
import { FRESH_MS } from './guard.ts';
import { CHALLENGE_BYTES, type PeopleRouteOptions } from './options.ts';
import { requestOptions, shownPasskey } from './passkeys.ts';
import { newSecret } from './secret.ts';
import { ASSERTION, OPTIONS, SESSION, SIGNED_IN } from './shapes.ts';
import type { Throttle } from './throttle.ts';

const TAG = { tag: 'people' } as const;
const REFUSED = { 403: { description: 'Not accepted; why is told to nobody' } } as const;

export function addSignInRoutes(api: Api, options: PeopleRouteOptions & { readonly throttle: Throttle }): void {
  const { people, guard, site, randomBytes, clientOf, throttle, onSignIn } = options;
  const sentAway = (c: Context, waitMs: number): Response => {
    onSignIn('too-many-attempts');
    return tooMany(c, waitMs);
  };

  api.add(
    {
      ...{ method: 'post', path: '/sign-in/challenge', operationId: 'challengeSignIn', ...TAG, access: 'anyone' },
      summary: 'What a passkey is to sign for a sign-in; whose it is, it says itself',
      answers: { 200: { description: 'Options for `navigator.credentials.get`', schema: OPTIONS } },
    },
    async ({ c }) => {
      const waitMs = throttle.challenges.begin(clientOf(c));
      if (waitMs > 0) return tooMany(c, waitMs);
      const challenge = randomBytes(CHALLENGE_BYTES);
      await people.challengeSignIn(challenge);
      return c.json(await requestOptions(site(), challenge));
    },
  );
  api.add(
    {
      ...{ method: 'post', path: '/sign-in', operationId: 'signIn', ...TAG, access: 'anyone' },
      summary: 'Begins a session, for who shows a passkey',
      body: z.object({ credential: ASSERTION }),
      answers: { 200: { description: 'Who has signed in; the session is in a cookie', schema: SIGNED_IN }, ...REFUSED },
    },
    async ({ c, body }) => {
      const client = clientOf(c);
      const waitMs = throttle.clients.begin(client);
      if (waitMs > 0) return sentAway(c, waitMs);
      const response = body.credential as unknown as AuthenticationResponseJSON;
      const shown = await shownPasskey(people, site(), 'sign-in', response);
      if (!('passkey' in shown)) {
        const name = shown.claimed;
        // Only what failed: else wrong codes for somebody, which take no more than a name, would keep them from signing in.
        const personWaitMs = name === null ? 0 : throttle.people.begin(name);
        if (personWaitMs > 0) return sentAway(c, personWaitMs);
        const object = name === null ? '' : `person ${name}`;
        await people.refused('person.sign-in', null, object, { refusal: 'passkey-refused', client });
        onSignIn('passkey-refused');
        return refusePeople(c, 'sign-in-refused');
      }
      const { text, digest } = newSecret(randomBytes);
      const session = await people.signIn({ passkey: shown.passkey.id, counter: shown.counter }, { digest, client });
      onSignIn('refusal' in session ? session.because : null);
      if ('refusal' in session) return refusePeople(c, session.refusal);
      throttle.clients.succeeded(client);
      throttle.challenges.succeeded(client);
      keepSessionCookie(c, site(), text);
      return c.json(signedIn(session));
    },
  );
  api.add(
    {
      ...{ method: 'get', path: '/session', operationId: 'session', ...TAG, access: 'anyone' },
      summary: 'Who has signed in, and what they may',
      answers: { 200: { description: 'Somebody, or nobody', schema: SESSION } },
    },
    async ({ c }) => {
      const [open, caller] = [await guard.isOpen(), await guard.callerOf(c)];
      return c.json({ open, person: callerSignedIn(caller) });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/session', operationId: 'signOut', ...TAG, access: 'signed-in' },
      summary: 'Signs out: ends this session',
      answers: { 200: { description: 'It has ended', schema: z.object({ ended: z.literal(true) }) } },
    },
    async ({ c, caller }) => {
      await people.endSession(nameOf(caller), sessionIn(caller), bySelf(caller));
      dropSessionCookie(c, site());
      // The browser drops what it kept of pages that only somebody signed in may see.
      c.header('clear-site-data', '"cache"');
      return c.json({ ended: true });
    },
  );
  addConfirmationRoutes(api, options);
}

/** Showing the passkey again, before something grave. */
function addConfirmationRoutes(api: Api, options: PeopleRouteOptions & { readonly throttle: Throttle }): void {
  const { people, site, randomBytes, clientOf, throttle } = options;
  api.add(
    {
      ...{ method: 'post', path: '/session/challenge', operationId: 'challengeSession', ...TAG, access: 'signed-in' },
      summary: 'What a passkey of the person is to sign, to be shown again',
      answers: { 200: { description: 'Options for `navigator.credentials.get`', schema: OPTIONS } },
    },
    async ({ c, caller }) => {
      const challenge = randomBytes(CHALLENGE_BYTES);
      const registrant = await people.challengeSession(sessionIn(caller), 'confirm', challenge);
      if (isRefusal(registrant)) return refusePeople(c, registrant.refusal);
      return c.json(await requestOptions(site(), challenge, registrant));
    },
  );
  api.add(
    {
      ...{ method: 'put', path: '/session', operationId: 'confirmSession', ...TAG, access: 'signed-in' },
      summary: 'Shows the passkey again: what asks for that may be done for five minutes',
      body: z.object({ credential: ASSERTION }),
      answers: { 200: { description: 'The session goes on, by another token', schema: SIGNED_IN }, ...REFUSED },
    },
    async ({ c, caller, body }) => {
      const session = sessionIn(caller);
      const client = clientOf(c);
      const waitMs = throttle.clients.begin(client);
      if (waitMs > 0) return tooMany(c, waitMs);
      const response = body.credential as unknown as AuthenticationResponseJSON;
      const shown = await shownPasskey(people, site(), 'confirm', response);
      const { text, digest } = newSecret(randomBytes);
      const confirmed =
        'passkey' in shown && shown.taken.session === session
          ? await people.confirm(session, { passkey: shown.passkey.id, counter: shown.counter }, digest)
          : ({ refusal: 'sign-in-refused' } as const);
      if (isRefusal(confirmed)) {
        const detail = { refusal: 'passkey-refused', client };
        await people.refused('session.confirmed', whoOf(caller), `person ${nameOf(caller)}`, detail);
        return refusePeople(c, confirmed.refusal);
      }
      throttle.clients.succeeded(client);
      keepSessionCookie(c, site(), text);
      return c.json(signedIn(confirmed));
    },
  );
}

function signedIn({ name, roles, confirmedAt, endsAt }: FoundSession): z.input<typeof SIGNED_IN> {
  const capabilities = CAPABILITIES.filter((each) => may(roles, each));
  return { name, roles: [...roles], capabilities, by: 'session', freshUntil: confirmedAt + FRESH_MS, endsAt };
}

function callerSignedIn(caller: Caller): z.input<typeof SIGNED_IN> | null {
  if (caller.kind === 'everybody') return null;
  const { name, roles, by, freshUntil, endsAt } = caller;
  const capabilities = CAPABILITIES.filter((each) => may(roles, each));
  return { name, roles: [...roles], capabilities, by, freshUntil, endsAt };
}
