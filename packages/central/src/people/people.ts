/** People over the database. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import { notingRefusal } from '../audit/refused.ts';
import type { Strangers } from '../audit/strangers.ts';
import type { Database } from '../database/database.ts';
import type { Change } from '../proposals/change.ts';
import type { Reason } from '../registry/port.ts';
import { disable, enable, invite, recoverIn, setRoles } from './administration.ts';
import { challengeEntry, challengeSession, challengeSignIn, takeChallenge } from './challenges.ts';
import { bySelf } from './note.ts';
import { addPasskey, passkeyOf, passkeysOf, register, removePasskey, renamePasskey } from './passkeys.ts';
import { personEntries } from './person.ts';
import type { People } from './port.ts';
import { RECOVER } from './recovery.ts';
import { confirm, endSession, endSessions, isLive, sessionOf, sessionsOf, signIn } from './sessions.ts';
import { configure, settingsOf } from './settings.ts';
import { isTokenLive, makeToken, revokeToken, tokenOf, tokensOf } from './tokens.ts';

export function peopleOf(database: Database, change: Change, strangers: Strangers, now: () => Time): People {
  /** Whoever was refused is in the audit log too. */
  const tried = <Answer>(what: string, object: string, { who, why }: Reason, answer: Promise<Answer>) =>
    notingRefusal(database, answer, { at: now(), who, what, object, ...(why === '' ? {} : { detail: { why } }) });
  return {
    settings: () => settingsOf(database),
    configure: (changed, reason) => configure(database, changed, reason, now()),
    people: () => personEntries(database, null, now()),
    person: async (name) => (await personEntries(database, name, now()))[0] ?? null,
    invite: (invitation, reason) =>
      tried('person.invited', `person ${invitation.name}`, reason, invite(database, invitation, reason, now())),
    setRoles: (name, roles, reason) =>
      tried('person.roles', `person ${name}`, reason, setRoles(database, name, roles, reason, now())),
    disable: (name, reason) =>
      tried('person.disabled', `person ${name}`, reason, disable(database, name, reason, now())),
    enable: (name, reason) => tried('person.enabled', `person ${name}`, reason, enable(database, name, reason, now())),
    recover: (code, reason) =>
      tried(
        ...(['person.recovery', `person ${code.name}`, reason] as const),
        database.transaction((sql) => recoverIn(sql, code, reason, now())),
      ),
    proposeRecovery: (code, reason) =>
      tried('person.recovery', `person ${code.name}`, reason, change(RECOVER, code, reason)),
    challengeEntry: (entry, challenge) => challengeEntry(database, entry, challenge, now()),
    challengeSignIn: (challenge) => challengeSignIn(database, challenge, now()),
    challengeSession: (session, purpose, challenge) => challengeSession(database, session, purpose, challenge, now()),
    takeChallenge: (challenge, purpose) => takeChallenge(database, challenge, purpose, now()),
    register: (entry, passkey) => register(database, entry, passkey, now()),
    passkeyOf: (credential) => passkeyOf(database, credential),
    passkeys: (name) => passkeysOf(database, name),
    addPasskey: (name, passkey) =>
      tried('passkey.added', `person ${name}`, bySelf(name), addPasskey(database, name, passkey, now())),
    renamePasskey: (name, id, label) =>
      tried('passkey.renamed', `person ${name}`, bySelf(name), renamePasskey(database, name, id, label, now())),
    removePasskey: (name, id, reason) =>
      tried('passkey.removed', `person ${name}`, reason, removePasskey(database, name, id, reason, now())),
    signIn: (shown, session) => signIn(database, shown, session, now()),
    async refused(what, who, object, detail) {
      const entry = { at: now(), what, object, detail };
      if (who === null) await strangers.note(database, entry);
      else await appendAudit(database, { ...entry, who, outcome: 'refused' });
    },
    session: (digest, looksOn = false) => sessionOf(database, digest, looksOn, now()),
    isLive: (credential) =>
      'session' in credential
        ? isLive(database, credential.session, now())
        : isTokenLive(database, credential.token, now()),
    confirm: (session, shown, digest) => confirm(database, session, shown, digest, now()),
    sessions: (name) => sessionsOf(database, name, now()),
    endSession: (name, session, reason) =>
      tried('person.sign-out', `person ${name}`, reason, endSession(database, name, session, reason, now())),
    endSessions: (name, reason) =>
      tried('person.sessions-ended', `person ${name}`, reason, endSessions(database, name, reason, now())),
    makeToken: (token, reason) => tried('token.made', '', reason, makeToken(database, token, reason, now())),
    token: (digest) => tokenOf(database, digest, now()),
    tokens: (owner) => tokensOf(database, owner),
    revokeToken: (id, owner, reason) =>
      tried('token.revoked', `token ${id}`, reason, revokeToken(database, id, owner, reason, now())),
  };
}
