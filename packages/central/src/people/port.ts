/** Who may ask and steer the centre: people, how they sign in, and what they hand to machines (docs/people.md). */
import type { Time } from '@retap/model';
import type { Proposed } from '../proposals/port.ts';
import type { Reason } from '../registry/port.ts';
import type { Role } from './roles.ts';

/** `invited`: has no passkey yet. */
export type PersonState = 'invited' | 'enabled' | 'disabled';

export interface PersonEntry {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly state: PersonState;
  readonly invitedAt: Time;
  /** Of the last sign-in. */
  readonly seenAt: Time | null;
  readonly passkeys: number;
  readonly sessions: number;
  /** Until when a link or a code that was given out may be used. */
  readonly entryUntil: Time | null;
}

export interface Passkey {
  readonly id: number;
  readonly label: string;
  readonly addedAt: Time;
  readonly usedAt: Time | null;
}

export interface SessionEntry {
  readonly id: number;
  readonly begunAt: Time;
  readonly seenAt: Time;
  readonly endsAt: Time;
  /** Where it was begun: the address, as the centre saw it. */
  readonly client: string;
}

export interface AccessToken {
  readonly id: number;
  readonly name: string;
  /** Null: made on the command line for nobody. */
  readonly owner: string | null;
  /** At most; what its owner has no more, it has no more either. */
  readonly roles: readonly Role[];
  readonly madeAt: Time;
  readonly expiresAt: Time;
  readonly usedAt: Time | null;
  readonly revokedAt: Time | null;
}

/** Somebody who asks. */
export interface FoundSession {
  readonly id: number;
  readonly name: string;
  readonly roles: readonly Role[];
  /** When the passkey was shown last. */
  readonly confirmedAt: Time;
  /** When it ends, used or not. */
  readonly endsAt: Time;
}

export interface FoundToken {
  readonly id: number;
  readonly name: string;
  readonly owner: string | null;
  readonly roles: readonly Role[];
  readonly expiresAt: Time;
}

/** What holds for all; the defaults stand in settings.ts. */
export interface PeopleSettings {
  /** Where people reach the centre: `https://centre.example`. A passkey works there and nowhere else. */
  readonly origin: string | null;
  /** After how long without a request a session ends, in milliseconds. */
  readonly idleMs: number;
  /** How long a session lasts at most, in milliseconds. */
  readonly sessionMs: number;
}

/** What a passkey signs, and what for. */
export type ChallengePurpose =
  /** Register the first passkey, or after a loss another one, by a link or a code. */
  | 'register'
  | 'sign-in'
  /** Add one more, signed in. */
  | 'add'
  /** Show it again before something grave. */
  | 'confirm';

/** By what somebody without a passkey may register one: the SHA-256 of a link's token, or of a code and whose it is. */
export type EntryDigest =
  | { readonly kind: 'link'; readonly digest: Uint8Array }
  | { readonly kind: 'code'; readonly digest: Uint8Array; readonly name: string };

/** What a browser must know to make a passkey for somebody. */
export interface Registrant {
  readonly name: string;
  readonly userHandle: Uint8Array;
  /** Those that the person has: one device needs only one. */
  readonly credentials: readonly Credential[];
}

export interface Credential {
  readonly id: Uint8Array;
  readonly transports: readonly string[];
}

export interface TakenChallenge {
  readonly name: string | null;
  readonly entry: Uint8Array | null;
  readonly session: number | null;
}

export interface NewPasskey {
  readonly credential: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly label: string;
}

export interface StoredPasskey {
  readonly id: number;
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly userHandle: Uint8Array;
}

export type PeopleRefusalCode =
  /** The centre is open: it knows no people. */
  | 'centre-open'
  | 'person-unknown'
  /** Has a passkey already: an invitation would give it to another. */
  | 'person-known'
  | 'person-disabled'
  | 'person-not-disabled'
  /** Nobody would be left who can look after people. */
  | 'last-administrator'
  /** Nobody changes what they themselves may do. */
  | 'own-roles'
  /** Unknown, used, expired, or of somebody disabled: which of them is told to nobody. */
  | 'entry-refused'
  | 'sign-in-refused'
  | 'passkey-unknown'
  | 'passkey-known'
  | 'last-passkey'
  | 'session-unknown'
  | 'token-unknown'
  /** More than its owner has. */
  | 'roles-exceeded';
export type PeopleRefusal = { readonly refusal: PeopleRefusalCode };

export const SIGN_IN_REFUSALS = [
  'passkey-refused', // nobody has it, or it did not sign what it was asked to
  'person-disabled',
  'passkey-copied', // its counter does not go on: there are two of it
] as const;

/** Why is for whoever runs the centre: who tried is told the refusal only. */
export interface SignInRefusal {
  readonly refusal: 'sign-in-refused';
  readonly because: (typeof SIGN_IN_REFUSALS)[number];
}

export interface PersonInvitation {
  readonly name: string;
  readonly roles: readonly Role[];
  /** SHA-256 of the link's token. */
  readonly digest: Uint8Array;
  readonly validMs: number;
  /** 64 random bytes at most: what the passkey will know the person by. */
  readonly userHandle: Uint8Array;
}

export interface People {
  settings(): Promise<PeopleSettings>;
  configure(changed: Partial<PeopleSettings>, reason: Reason): Promise<PeopleSettings>;

  people(): Promise<readonly PersonEntry[]>;
  person(name: string): Promise<PersonEntry | null>;
  /** Makes somebody known who has no passkey yet; a link given out before is void. */
  invite(invitation: PersonInvitation, reason: Reason): Promise<'invited' | PeopleRefusal>;
  /** Ends the person's sessions, so that none goes on with roles that were taken. */
  setRoles(name: string, roles: readonly Role[], reason: Reason): Promise<'changed' | 'unchanged' | PeopleRefusal>;
  disable(name: string, reason: Reason): Promise<'disabled' | PeopleRefusal>;
  enable(name: string, reason: Reason): Promise<'enabled' | PeopleRefusal>;
  /**
   * A code by which somebody who lost every passkey registers another; one given out before is void. At once: for whoever has
   * the database, and could do it there. Else {@link proposeRecovery}.
   */
  recover(
    code: { readonly name: string; readonly digest: Uint8Array; readonly validMs: number },
    reason: Reason,
  ): Promise<'recovering' | PeopleRefusal>;
  /** The code is worth nothing, and its time does not run, before a second person has approved. */
  proposeRecovery(
    code: { readonly name: string; readonly digest: Uint8Array; readonly validMs: number },
    reason: Reason,
  ): Promise<Proposed | PeopleRefusal | 'recovering'>;

  /** Keeps a challenge for whoever has a link or a code. Nothing is used up by it. */
  challengeEntry(entry: EntryDigest, challenge: Uint8Array): Promise<Registrant | PeopleRefusal>;
  challengeSignIn(challenge: Uint8Array): Promise<void>;
  challengeSession(
    session: number,
    purpose: 'add' | 'confirm',
    challenge: Uint8Array,
  ): Promise<Registrant | PeopleRefusal>;
  /** Each can be taken once, and for what it was made for. */
  takeChallenge(challenge: Uint8Array, purpose: ChallengePurpose): Promise<TakenChallenge | null>;

  /** Uses the link or the code up. After a code every session of the person has ended. @returns whose it is */
  register(entry: Uint8Array, passkey: NewPasskey): Promise<{ readonly name: string } | PeopleRefusal>;
  passkeyOf(credential: Uint8Array): Promise<StoredPasskey | null>;
  passkeys(name: string): Promise<readonly Passkey[]>;
  addPasskey(name: string, passkey: NewPasskey): Promise<Passkey | PeopleRefusal>;
  renamePasskey(name: string, id: number, label: string): Promise<'renamed' | PeopleRefusal>;
  /** Ends the sessions that it began. The last one stays: without any, nobody gets in. */
  removePasskey(name: string, id: number, reason: Reason): Promise<'removed' | PeopleRefusal>;

  /**
   * Begins a session for who has shown a passkey.
   * @param shown `counter`: as the authenticator says; one that does not go on shows a copy, and is refused
   */
  signIn(
    shown: { readonly passkey: number; readonly counter: number },
    session: { readonly digest: Uint8Array; readonly client: string },
  ): Promise<FoundSession | SignInRefusal>;
  /**
   * An attempt that was refused at the door, for the audit log.
   * @param who null: somebody who showed nothing @param object what it was tried on
   */
  refused(
    what: string,
    who: string | null,
    object: string,
    detail: Readonly<Record<string, string | number>>,
  ): Promise<void>;
  /** Notes that it is in use, unless it only looks on. Null: unknown, ended, or of somebody disabled. */
  session(digest: Uint8Array, looksOn?: boolean): Promise<FoundSession | null>;
  /** Whether it still stands, for what goes on after its answer began. Notes no use. */
  isLive(credential: { readonly session: number } | { readonly token: number }): Promise<boolean>;
  /** The passkey was shown again: the session goes on under another token. */
  confirm(
    session: number,
    shown: { readonly passkey: number; readonly counter: number },
    digest: Uint8Array,
  ): Promise<FoundSession | PeopleRefusal>;
  sessions(name: string): Promise<readonly SessionEntry[]>;
  endSession(name: string, session: number, reason: Reason): Promise<'ended' | PeopleRefusal>;
  /** All of them. @returns how many there were */
  endSessions(name: string, reason: Reason): Promise<number | PeopleRefusal>;

  makeToken(
    token: {
      readonly digest: Uint8Array;
      readonly name: string;
      readonly owner: string | null;
      readonly roles: readonly Role[];
      readonly validMs: number;
    },
    reason: Reason,
  ): Promise<AccessToken | PeopleRefusal>;
  /** Notes that it is in use. Null: unknown, expired, revoked, of somebody disabled, or of no role that its owner has. */
  token(digest: Uint8Array): Promise<FoundToken | null>;
  /** @param owner null: of everybody */
  tokens(owner: string | null): Promise<readonly AccessToken[]>;
  /** @param owner whose it must be; null: anybody's */
  revokeToken(id: number, owner: string | null, reason: Reason): Promise<'revoked' | PeopleRefusal>;
}
