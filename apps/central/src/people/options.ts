/** What all routes about people need. */
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import type { Context } from 'hono';
import type { Guard } from '../api/caller.ts';
import type { RandomBytes } from './secret.ts';
import type { Site } from './site.ts';

export interface PeopleRouteOptions {
  readonly people: Central['people'];
  readonly guard: Guard;
  readonly site: () => Site;
  readonly randomBytes: RandomBytes;
  readonly clientOf: (c: Context) => string;
  /** A clock for throttling, in milliseconds. */
  readonly now: () => Time;
}

/** Bytes of a challenge (WebAuthn Level 2, 13.4.3 asks for 16 at least). */
export const CHALLENGE_BYTES = 32;
