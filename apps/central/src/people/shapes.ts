/** Shapes of what is asked and answered about people. */
import { CAPABILITIES, ROLES } from '@retap/central';
import { z } from 'zod';
import { TIME, wholeNumber } from '../api/shapes.ts';

/** Names of people: the same on the command line. */
export const NAME = z
  .string({ error: 'must be the name of a person' })
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 . _ -, the first a letter or a digit');

const ROLE = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` });
export const SOME_ROLES = z.array(ROLE).min(1, 'must name a role at least').max(ROLES.length);

/** What people write to tell things apart; never a control character. */
function text(least: number, most: number) {
  const message = `must have ${least} to ${most} characters, and no control characters`;
  return z
    .string({ error: message })
    .trim()
    .min(least, message)
    .max(most, message)
    .regex(/^\P{Cc}*$/u, message);
}
export const LABEL = text(1, 60);
export const WHY = text(1, 500);

/** In a path. */
export const NUMBER = wholeNumber(1, 2 ** 31 - 1);

const DAY = 86_400_000;
/** How long something may be used, in milliseconds. */
export function validFor(mostDays: number) {
  const message = `must be milliseconds, from a minute to ${mostDays} days`;
  return z
    .int({ error: message })
    .min(60_000, message)
    .max(mostDays * DAY, message);
}

/** Of WebAuthn, as the browser writes it; what is in it the library checks. */
const BASE64URL = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');
const PUBLIC_KEY = { id: BASE64URL.max(1_400), rawId: BASE64URL.max(1_400), type: z.literal('public-key') };
export const ATTESTATION = z.looseObject({
  ...PUBLIC_KEY,
  response: z.looseObject({
    clientDataJSON: BASE64URL,
    attestationObject: BASE64URL,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
  clientExtensionResults: z.looseObject({}).default({}),
});
export const ASSERTION = z.looseObject({
  ...PUBLIC_KEY,
  response: z.looseObject({
    clientDataJSON: BASE64URL,
    authenticatorData: BASE64URL,
    signature: BASE64URL,
    userHandle: BASE64URL.max(100).optional(),
  }),
  clientExtensionResults: z.looseObject({}).default({}),
});

/** What the browser is asked to make or sign (WebAuthn Level 3, options as JSON). */
export const OPTIONS = z.looseObject({ challenge: z.string() });

export const SIGNED_IN = z.object({
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  capabilities: z.array(z.enum(CAPABILITIES)),
  by: z.enum(['session', 'token']),
  freshUntil: TIME.describe('Until then the passkey counts as just shown'),
  endsAt: TIME,
});
export const SESSION = z.object({
  open: z.boolean().describe('Nobody signs in: whoever reaches the centre may look'),
  person: SIGNED_IN.nullable(),
});

export const PASSKEY = z.object({ id: z.int(), label: z.string(), addedAt: TIME, usedAt: TIME.nullable() });
export const SESSION_ENTRY = z.object({
  id: z.int(),
  begunAt: TIME,
  seenAt: TIME,
  endsAt: TIME,
  client: z.string(),
  own: z.boolean().describe('The one that asks'),
});
export const ACCESS_TOKEN = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.string().nullable(),
  roles: z.array(z.enum(ROLES)),
  madeAt: TIME,
  expiresAt: TIME,
  usedAt: TIME.nullable(),
  revokedAt: TIME.nullable(),
});
export const PERSON = z.object({
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  state: z.enum(['invited', 'enabled', 'disabled']),
  invitedAt: TIME,
  seenAt: TIME.nullable(),
  passkeys: z.int(),
  sessions: z.int(),
  entryUntil: TIME.nullable().describe('Until when a link or a code given out may be used'),
});
