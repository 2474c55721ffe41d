/** Who asks, on routes where the guard lets only people through. */
import type { Reason } from '@retap/central';
import type { Caller } from '../api/caller.ts';

/** @throws Error where nobody asks: our own mistake */
export function nameOf(caller: Caller): string {
  if (caller.kind !== 'person') throw new Error('a route for people was asked by nobody');
  return caller.name;
}

/** @throws Error where no session asks: our own mistake */
export function sessionIn(caller: Caller): number {
  if (caller.kind !== 'person' || caller.by !== 'session') throw new Error('a route for sessions was asked by none');
  return Number(caller.credential);
}

/** As histories and the audit log name them. @throws Error where nobody asks: our own mistake */
export function whoOf(caller: Caller): string {
  if (caller.kind !== 'person') throw new Error('a route for people was asked by nobody');
  return caller.who;
}

export function bySelf(caller: Caller, why = ''): Reason {
  return { who: whoOf(caller), why };
}
