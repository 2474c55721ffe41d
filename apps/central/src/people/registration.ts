/** A first passkey by an invitation's link, or another one by a code after all were lost. It begins no session. */
import type { EntryDigest } from '@retap/central';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { refuse, tooMany } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { isRefusal, refusePeople } from './answers.ts';
import { CHALLENGE_BYTES, type PeopleRouteOptions } from './options.ts';
import { creationOptions, madePasskey } from './passkeys.ts';
import { digestOf, recoveryDigest } from './secret.ts';
import { ATTESTATION, LABEL, NAME, OPTIONS } from './shapes.ts';
import type { Throttle } from './throttle.ts';

const TAG = { tag: 'people' } as const;
const REFUSED = { 403: { description: 'The link or the code is not valid; why is told to nobody' } } as const;

/** What a link or a code looks like, before anything is looked up. */
const LINK = z.string().max(100);
const CODE = z.string().max(60);

export function addRegistrationRoutes(api: Api, options: PeopleRouteOptions & { readonly throttle: Throttle }): void {
  const { people, site, randomBytes, clientOf, throttle } = options;

  api.add(
    {
      ...{ method: 'post', path: '/registrations/challenge', operationId: 'challengeRegistration', ...TAG },
      ...{ access: 'anyone', summary: 'What a passkey is to be made for, by a link, or by a name and a code' },
      body: z.union([z.strictObject({ link: LINK }), z.strictObject({ name: z.string().max(200), code: CODE })]),
      answers: {
        200: {
          description: 'Whose passkey it will be, and options for `navigator.credentials.create`',
          schema: z.object({ name: z.string(), options: OPTIONS }),
        },
        ...REFUSED,
      },
    },
    async ({ c, body }) => {
      const client = clientOf(c);
      // Counted for whatever name is given, known here or not: the answers must not tell them apart.
      const named = 'code' in body ? [throttle.people.begin(body.name)] : [];
      const waitMs = Math.max(throttle.clients.begin(client), ...named);
      if (waitMs > 0) return tooMany(c, waitMs);
      const entry = entryOf(body);
      if (entry === null) return refuse(c, 400, 'recovery-code-slip', 'the code has a slip in it: read it again');
      const challenge = randomBytes(CHALLENGE_BYTES);
      const registrant = await people.challengeEntry(entry, challenge);
      if (isRefusal(registrant)) {
        const object = entry.kind === 'code' ? `person ${entry.name}` : '';
        const what = entry.kind === 'code' ? 'person.recovered' : 'person.registered';
        await people.refused(what, null, object, { refusal: registrant.refusal, client });
        return refusePeople(c, registrant.refusal);
      }
      throttle.clients.succeeded(client);
      if ('code' in body) throttle.people.succeeded(body.name);
      return c.json({ name: registrant.name, options: await creationOptions(site(), registrant, challenge) });
    },
  );
  api.add(
    {
      ...{ method: 'post', path: '/registrations', operationId: 'register', ...TAG, access: 'anyone' },
      summary: 'Keeps the passkey, and uses the link or the code up; signing in comes after',
      body: z.object({ credential: ATTESTATION, label: LABEL }),
      answers: { 200: { description: 'It is kept', schema: z.object({ name: NAME }) }, ...REFUSED },
    },
    async ({ c, body }) => {
      const client = clientOf(c);
      const waitMs = throttle.clients.begin(client);
      if (waitMs > 0) return tooMany(c, waitMs);
      const response = body.credential as unknown as RegistrationResponseJSON;
      const made = await madePasskey(people, site(), 'register', response);
      const registered = made?.taken.entry
        ? await people.register(made.taken.entry, { ...made.passkey, label: body.label })
        : ({ refusal: 'entry-refused' } as const);
      if (isRefusal(registered)) {
        await people.refused('person.registered', null, '', { refusal: registered.refusal, client });
        return refusePeople(c, registered.refusal);
      }
      throttle.clients.succeeded(client);
      return c.json(registered);
    },
  );
}

/** Null for a slip of the pen, which the code tells by itself: nothing is looked up for it. */
function entryOf(
  body: { readonly link: string } | { readonly name: string; readonly code: string },
): EntryDigest | null {
  if ('link' in body) return { kind: 'link', digest: digestOf(body.link) };
  const digest = recoveryDigest(body.code);
  return digest && { kind: 'code', name: body.name, digest };
}
