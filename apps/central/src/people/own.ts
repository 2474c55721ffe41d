/** What people look after themselves: their passkeys, sessions and access tokens. Of somebody else's nobody is told here. */
import type { AccessToken } from '@retap/central';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Api } from '../api/api.ts';
import { isRefusal, refusePeople } from './answers.ts';
import { bySelf, nameOf, sessionIn, whoOf } from './asker.ts';
import { dropSessionCookie } from './cookie.ts';
import { CHALLENGE_BYTES, type PeopleRouteOptions } from './options.ts';
import { creationOptions, madePasskey } from './passkeys.ts';
import { newSecret, TOKEN_PREFIX } from './secret.ts';
import {
  ACCESS_TOKEN,
  ATTESTATION,
  LABEL,
  NUMBER,
  OPTIONS,
  PASSKEY,
  SESSION_ENTRY,
  SOME_ROLES,
  validFor,
} from './shapes.ts';

const OWN = { tag: 'people', access: 'signed-in' } as const;
const UNKNOWN = { 404: { description: 'Not one of one’s own' } } as const;

export function addOwnRoutes(api: Api, options: PeopleRouteOptions): void {
  addPasskeyRoutes(api, options);
  addSessionRoutes(api, options);
  addTokenRoutes(api, options);
}

function addPasskeyRoutes(api: Api, { people, site, randomBytes }: PeopleRouteOptions): void {
  api.add(
    {
      ...{ method: 'get', path: '/passkeys', operationId: 'ownPasskeys', ...OWN },
      summary: 'One’s own passkeys',
      answers: { 200: { description: 'The oldest first', schema: z.object({ passkeys: z.array(PASSKEY) }) } },
    },
    async ({ c, caller }) => c.json({ passkeys: await people.passkeys(nameOf(caller)) }),
  );
  api.add(
    {
      ...{ method: 'post', path: '/passkeys/challenge', operationId: 'challengePasskey', ...OWN, fresh: true },
      summary: 'What one more passkey is to be made for',
      answers: { 200: { description: 'Options for `navigator.credentials.create`', schema: OPTIONS } },
    },
    async ({ c, caller }) => {
      const challenge = randomBytes(CHALLENGE_BYTES);
      const registrant = await people.challengeSession(sessionIn(caller), 'add', challenge);
      if (isRefusal(registrant)) return refusePeople(c, registrant.refusal);
      return c.json(await creationOptions(site(), registrant, challenge));
    },
  );
  api.add(
    {
      ...{ method: 'post', path: '/passkeys', operationId: 'addPasskey', ...OWN, fresh: true },
      summary: 'Keeps one more passkey',
      body: z.object({ credential: ATTESTATION, label: LABEL }),
      answers: {
        200: { description: 'It is kept', schema: PASSKEY },
        403: { description: 'Not what was asked for' },
        409: { description: 'It is kept already' },
      },
    },
    async ({ c, caller, body }) => {
      const response = body.credential as unknown as RegistrationResponseJSON;
      const made = await madePasskey(people, site(), 'add', response);
      const name = nameOf(caller);
      if (made === null || made.taken.session !== sessionIn(caller)) {
        await people.refused('passkey.added', whoOf(caller), `person ${name}`, { refusal: 'sign-in-refused' });
        return refusePeople(c, 'sign-in-refused');
      }
      const added = await people.addPasskey(name, { ...made.passkey, label: body.label });
      return isRefusal(added) ? refusePeople(c, added.refusal) : c.json(added);
    },
  );
  api.add(
    {
      ...{ method: 'put', path: '/passkeys/{passkey}', operationId: 'renamePasskey', ...OWN },
      summary: 'Calls a passkey otherwise',
      params: { passkey: NUMBER },
      body: z.object({ label: LABEL }),
      answers: { 200: { description: 'Done', schema: z.object({ label: z.string() }) }, ...UNKNOWN },
    },
    async ({ c, caller, params, body }) => {
      const renamed = await people.renamePasskey(nameOf(caller), params.passkey, body.label);
      return isRefusal(renamed) ? refusePeople(c, renamed.refusal) : c.json({ label: body.label });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/passkeys/{passkey}', operationId: 'removePasskey', ...OWN, fresh: true },
      summary: 'Removes a passkey, and ends the sessions that it began; the last one stays',
      params: { passkey: NUMBER },
      answers: {
        200: { description: 'Done', schema: z.object({ removed: z.literal(true) }) },
        ...UNKNOWN,
        409: { description: 'It is the last' },
      },
    },
    async ({ c, caller, params }) => {
      const removed = await people.removePasskey(nameOf(caller), params.passkey, bySelf(caller));
      return isRefusal(removed) ? refusePeople(c, removed.refusal) : c.json({ removed: true });
    },
  );
}

function addSessionRoutes(api: Api, { people, site }: PeopleRouteOptions): void {
  api.add(
    {
      ...{ method: 'get', path: '/sessions', operationId: 'ownSessions', ...OWN },
      summary: 'Where one has signed in',
      answers: { 200: { description: 'The newest first', schema: z.object({ sessions: z.array(SESSION_ENTRY) }) } },
    },
    async ({ c, caller }) => {
      const own = sessionIn(caller);
      const sessions = await people.sessions(nameOf(caller));
      return c.json({ sessions: sessions.map((each) => ({ ...each, own: each.id === own })) });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/sessions', operationId: 'signOutEverywhere', ...OWN },
      summary: 'Signs out everywhere, here too',
      answers: { 200: { description: 'How many sessions have ended', schema: z.object({ ended: z.int() }) } },
    },
    async ({ c, caller }) => {
      const ended = await people.endSessions(nameOf(caller), bySelf(caller));
      if (isRefusal(ended)) return refusePeople(c, ended.refusal);
      dropSessionCookie(c, site());
      return c.json({ ended });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/sessions/{session}', operationId: 'endSession', ...OWN },
      summary: 'Signs out somewhere else',
      params: { session: NUMBER },
      answers: { 200: { description: 'It has ended', schema: z.object({ ended: z.literal(true) }) }, ...UNKNOWN },
    },
    async ({ c, caller, params }) => {
      const ended = await people.endSession(nameOf(caller), params.session, bySelf(caller));
      return isRefusal(ended) ? refusePeople(c, ended.refusal) : c.json({ ended: true });
    },
  );
}

function addTokenRoutes(api: Api, { people, randomBytes }: PeopleRouteOptions): void {
  api.add(
    {
      ...{ method: 'get', path: '/tokens', operationId: 'ownTokens', ...OWN },
      summary: 'One’s own access tokens, those that are over too',
      answers: { 200: { description: 'The newest first', schema: z.object({ tokens: z.array(ACCESS_TOKEN) }) } },
    },
    async ({ c, caller }) => c.json({ tokens: (await people.tokens(nameOf(caller))).map(written) }),
  );
  api.add(
    {
      ...{ method: 'post', path: '/tokens', operationId: 'makeToken', ...OWN, fresh: true },
      summary: 'Makes an access token for a machine that asks in one’s own name',
      body: z.object({ name: LABEL, roles: SOME_ROLES, validMs: validFor(366) }),
      answers: {
        200: {
          description: 'The token, which is shown this once',
          schema: z.object({ token: z.string(), entry: ACCESS_TOKEN }),
        },
        409: { description: 'A role that one has not' },
      },
    },
    async ({ c, caller, body }) => {
      const { text, digest } = newSecret(randomBytes, TOKEN_PREFIX);
      const made = await people.makeToken({ ...body, digest, owner: nameOf(caller) }, bySelf(caller));
      return isRefusal(made) ? refusePeople(c, made.refusal) : c.json({ token: text, entry: written(made) });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/tokens/{token}', operationId: 'revokeToken', ...OWN },
      summary: 'Revokes an access token, at once and for ever',
      params: { token: NUMBER },
      answers: { 200: { description: 'Done', schema: z.object({ revoked: z.literal(true) }) }, ...UNKNOWN },
    },
    async ({ c, caller, params }) => {
      const revoked = await people.revokeToken(params.token, nameOf(caller), bySelf(caller));
      return isRefusal(revoked) ? refusePeople(c, revoked.refusal) : c.json({ revoked: true });
    },
  );
}

function written(token: AccessToken) {
  return { ...token, roles: [...token.roles] };
}
