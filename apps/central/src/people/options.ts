/** What all routes about people need. */
import { type Central, SIGN_IN_REFUSALS } from '@retap/central';
import type { Time } from '@retap/model';
import type { Context } from 'hono';
import type { Guard } from '../api/caller.ts';
import type { RandomBytes } from './secret.ts';
import type { Site } from './site.ts';

/** Why somebody was not let in. */
export const SIGN_IN_REFUSED = [...SIGN_IN_REFUSALS, 'too-many-attempts'] as const;
export type SignInRefused = (typeof SIGN_IN_REFUSED)[number];

export interface PeopleRouteOptions {
  readonly people: Central['people'];
  readonly guard: Guard;
  readonly site: () => Site;
  readonly randomBytes: RandomBytes;
  readonly clientOf: (c: Context) => string;
  /** Somebody tried to sign in; null: and did. */
  readonly onSignIn: (refused: SignInRefused | null) => void;
  /** A clock for throttling, in milliseconds. */
  readonly now: () => Time;
}

/** Bytes of a challenge (WebAuthn Level 2, 13.4.3 asks for 16 at least). */
export const CHALLENGE_BYTES = 32;
