/** People as administrators look after them. Whoever gives or takes roles must just have shown their passkey. */
import type { PeopleRefusal } from '@retap/central';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Api } from '../api/api.ts';
import type { Caller } from '../api/caller.ts';
import { isRefusal, refusePeople } from './answers.ts';
import { bySelf, nameOf, whoOf } from './asker.ts';
import type { PeopleRouteOptions } from './options.ts';
import { newRecoveryCode, newSecret } from './secret.ts';
import { ACCESS_TOKEN, NAME, NUMBER, PASSKEY, PERSON, SOME_ROLES, validFor, WHY } from './shapes.ts';
import { linkTo } from './site.ts';

const LOOK = { tag: 'people', access: 'manage-people' } as const;
const CHANGE = { ...LOOK, fresh: true } as const;
const UNKNOWN = { 404: { description: 'Nobody is called that' } } as const;
const REFUSED = {
  409: { description: 'It would leave the centre without an administrator, or contradicts what stands' },
};
const DONE = { 200: { description: 'The person as they are now', schema: PERSON } } as const;

export function addAdministrationRoutes(api: Api, options: PeopleRouteOptions): void {
  const { people, site, randomBytes } = options;
  api.add(
    {
      ...{ method: 'get', path: '/people', operationId: 'people', ...LOOK },
      summary: 'Everybody who is or was known here',
      answers: { 200: { description: 'By name', schema: z.object({ people: z.array(PERSON) }) } },
    },
    async ({ c }) => c.json({ people: await people.people() }),
  );
  api.add(
    {
      ...{ method: 'get', path: '/people/{name}', operationId: 'person', ...LOOK },
      summary: 'One of them, with their passkeys and access tokens',
      params: { name: NAME },
      answers: {
        200: {
          description: 'The person',
          schema: z.object({ person: PERSON, passkeys: z.array(PASSKEY), tokens: z.array(ACCESS_TOKEN) }),
        },
        ...UNKNOWN,
      },
    },
    async ({ c, params: { name } }) => {
      const person = await people.person(name);
      if (person === null) return refusePeople(c, 'person-unknown');
      return c.json({ person, passkeys: await people.passkeys(name), tokens: await people.tokens(name) });
    },
  );
  api.add(
    {
      ...{ method: 'post', path: '/people', operationId: 'invite', ...CHANGE },
      summary: 'Invites somebody; a link given out before is void',
      body: z.object({ name: NAME, roles: SOME_ROLES, validMs: validFor(7).default(86_400_000), why: WHY }),
      answers: {
        200: {
          description: 'The link, which is shown this once and can be used once',
          schema: z.object({ link: z.string(), person: PERSON }),
        },
        ...REFUSED,
      },
    },
    async ({ c, caller, body: { name, roles, validMs, why } }) => {
      if (name === nameOf(caller)) return ownRoles(c, people, caller, 'person.invited', why);
      const { text, digest } = newSecret(randomBytes);
      const invitation = { name, roles, validMs, digest, userHandle: randomBytes(32) };
      const answer = await people.invite(invitation, bySelf(caller, why));
      if (isRefusal(answer)) return refusePeople(c, answer.refusal);
      return c.json({ link: linkTo(site().origin, text), person: await people.person(name) });
    },
  );
  addRecoveryRoute(api, options);
  addChangeRoutes(api, options);
  addRemovalRoutes(api, options);
}

/** Nobody changes what they themselves may do; that they tried is in the audit log. */
async function ownRoles(
  c: Context,
  people: PeopleRouteOptions['people'],
  caller: Caller,
  what: string,
  why: string,
): Promise<Response> {
  await people.refused(what, whoOf(caller), `person ${nameOf(caller)}`, { refusal: 'own-roles', why });
  return refusePeople(c, 'own-roles');
}

function addRecoveryRoute(api: Api, { people, randomBytes }: PeopleRouteOptions): void {
  api.add(
    {
      ...{ method: 'post', path: '/people/{name}/recovery', operationId: 'proposeRecovery', ...CHANGE },
      summary: 'Proposes a code by which somebody who lost every passkey registers another',
      params: { name: NAME },
      body: z.object({ validMs: validFor(7).default(86_400_000), why: WHY }),
      answers: {
        202: {
          description: 'The code, which is shown this once, and is worth nothing before a second person has approved',
          schema: z.object({ code: z.string(), proposal: z.int() }),
        },
        ...UNKNOWN,
        ...REFUSED,
      },
    },
    async ({ c, caller, params: { name }, body: { validMs, why } }) => {
      const { text, digest } = newRecoveryCode(randomBytes);
      const answer = await people.proposeRecovery({ name, digest, validMs }, bySelf(caller, why));
      if (isRefusal(answer)) return refusePeople(c, answer.refusal);
      // Who asks is a person, so there are people, and it was proposed.
      if (answer === 'recovering') throw new Error('a recovery took effect without a second person');
      return c.json({ code: text, proposal: answer.proposal }, 202, { location: `/proposals/${answer.proposal}` });
    },
  );
}

function addChangeRoutes(api: Api, { people }: PeopleRouteOptions): void {
  api.add(
    {
      ...{ method: 'put', path: '/people/{name}/roles', operationId: 'setRoles', ...CHANGE },
      summary: 'Gives somebody other roles, and ends their sessions; not oneself',
      params: { name: NAME },
      body: z.object({ roles: SOME_ROLES, why: WHY }),
      answers: { ...DONE, ...UNKNOWN, ...REFUSED },
    },
    async ({ c, caller, params: { name }, body: { roles, why } }) => {
      if (name === nameOf(caller)) return ownRoles(c, people, caller, 'person.roles', why);
      const answer = await people.setRoles(name, roles, bySelf(caller, why));
      return isRefusal(answer) ? refusePeople(c, answer.refusal) : c.json(await people.person(name));
    },
  );
  api.add(
    {
      ...{ method: 'put', path: '/people/{name}/state', operationId: 'setPersonState', ...CHANGE },
      summary: 'Disables somebody, which ends their sessions and stops their access tokens, or enables them again',
      params: { name: NAME },
      body: z.object({ state: z.enum(['enabled', 'disabled']), why: WHY }),
      answers: { ...DONE, ...UNKNOWN, ...REFUSED },
    },
    async ({ c, caller, params: { name }, body: { state, why } }) => {
      if (name === nameOf(caller)) return ownRoles(c, people, caller, `person.${state}`, why);
      const reason = bySelf(caller, why);
      const answer: string | PeopleRefusal =
        state === 'disabled' ? await people.disable(name, reason) : await people.enable(name, reason);
      return isRefusal(answer) ? refusePeople(c, answer.refusal) : c.json(await people.person(name));
    },
  );
}

function addRemovalRoutes(api: Api, { people }: PeopleRouteOptions): void {
  api.add(
    {
      ...{ method: 'delete', path: '/people/{name}/sessions', operationId: 'endSessionsOf', ...CHANGE },
      summary: 'Signs somebody out everywhere',
      params: { name: NAME },
      answers: {
        200: { description: 'How many sessions have ended', schema: z.object({ ended: z.int() }) },
        ...UNKNOWN,
      },
    },
    async ({ c, caller, params: { name } }) => {
      const ended = await people.endSessions(name, bySelf(caller));
      return isRefusal(ended) ? refusePeople(c, ended.refusal) : c.json({ ended });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/people/{name}/passkeys/{passkey}', operationId: 'removePasskeyOf', ...CHANGE },
      summary: 'Removes a passkey of somebody, and ends the sessions that it began; the last one stays',
      params: { name: NAME, passkey: NUMBER },
      answers: {
        200: { description: 'Done', schema: z.object({ removed: z.literal(true) }) },
        ...UNKNOWN,
        ...REFUSED,
      },
    },
    async ({ c, caller, params: { name, passkey } }) => {
      const removed = await people.removePasskey(name, passkey, bySelf(caller));
      return isRefusal(removed) ? refusePeople(c, removed.refusal) : c.json({ removed: true });
    },
  );
  api.add(
    {
      ...{ method: 'delete', path: '/people/{name}/tokens/{token}', operationId: 'revokeTokenOf', ...CHANGE },
      summary: 'Revokes an access token of somebody',
      params: { name: NAME, token: NUMBER },
      answers: { 200: { description: 'Done', schema: z.object({ revoked: z.literal(true) }) }, ...UNKNOWN },
    },
    async ({ c, caller, params: { name, token } }) => {
      const revoked = await people.revokeToken(token, name, bySelf(caller));
      return isRefusal(revoked) ? refusePeople(c, revoked.refusal) : c.json({ revoked: true });
    },
  );
}
