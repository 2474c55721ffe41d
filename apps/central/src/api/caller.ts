/** Who asks, and whether they may. */
import { may, type Role } from '@retap/central';
import type { Time } from '@retap/model';
import type { Context } from 'hono';
import type { Access, ApiEnv } from './declaration.ts';

interface Person {
  readonly kind: 'person';
  /** As they signed in; of a token that is nobody's, as {@link who}. */
  readonly name: string;
  /** As histories and the audit log name them: `@ana`; `token 3` for a token that is nobody's. */
  readonly who: string;
  readonly roles: readonly Role[];
  /** A session in a browser, or an access token of a machine that asks in this person's name. */
  readonly by: 'session' | 'token';
  /** Of the session or token: who asks about their own must say which is meant. */
  readonly credential: string;
  /** Until when the passkey shown counts as just shown. */
  readonly freshUntil: Time;
  /** When the session ends: an event stream ends with it. */
  readonly endsAt: Time;
}

/** `everybody`: nobody has signed in. At an open centre they may look, at an enrolled one only what is for anyone. */
export type Caller = Person | { readonly kind: 'everybody' };

/** Finds out who asks. */
export interface Guard {
  /** True where whoever reaches the centre may look: it is open, and nobody signs in. */
  isOpen(): Promise<boolean>;
  callerOf(c: Context<ApiEnv>): Promise<Caller>;
  /** Whether who asked may still ask, for what goes on after its answer began. */
  isLive(caller: Caller): Promise<boolean>;
  /** Somebody asked for what they may not. */
  refused(c: Context<ApiEnv>, caller: Caller, code: DenialCode): Promise<void>;
  readonly now: () => Time;
}

/** In the order in which they are looked at. */
export type DenialCode = 'sign-in-needed' | 'centre-open' | 'not-allowed' | 'token-not-allowed' | 'sign-in-again';

export const DENIALS: Readonly<Record<DenialCode, { readonly status: 401 | 403; readonly message: string }>> = {
  'sign-in-needed': { status: 401, message: 'sign in first, or send an access token that is valid' },
  'centre-open': {
    status: 403,
    message: "this centre is open and knows no people; 'retap init' makes it an enrolled one",
  },
  'not-allowed': { status: 403, message: 'your roles do not allow this; ask an administrator' },
  'token-not-allowed': { status: 403, message: 'this needs a person who has signed in; an access token will not do' },
  'sign-in-again': { status: 403, message: 'show your passkey again: for this the last time must be minutes ago' },
};

/** What a machine never does, whatever its roles: a token that was stolen must not make itself people, or a second pair of eyes. */
function isForPeople(access: Access): boolean {
  return access === 'signed-in' || access === 'manage-people' || access.startsWith('approve-');
}

/** Null where the caller may. */
export async function denialOf(
  guard: Guard,
  caller: Caller,
  { access, fresh = false }: { readonly access: Access; readonly fresh?: boolean },
): Promise<DenialCode | null> {
  if (access === 'anyone' || access === 'terminal') return null;
  if (caller.kind === 'everybody') {
    if (!(await guard.isOpen())) return 'sign-in-needed';
    return access.startsWith('see-') ? null : 'centre-open';
  }
  if (access !== 'signed-in' && !may(caller.roles, access)) return 'not-allowed';
  if (caller.by === 'token') return fresh || isForPeople(access) ? 'token-not-allowed' : null;
  return !fresh || guard.now() < caller.freshUntil ? null : 'sign-in-again';
}
