/** Sessions: begun by a passkey, ended by rest, by age, or by whoever may end them. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { bySelf, noteChange } from './note.ts';
import { lockPerson } from './person.ts';
import type { FoundSession, PeopleRefusal, SessionEntry, SignInRefusal } from './port.ts';
import type { Role } from './roles.ts';
import { clearEnded, settingsOf } from './settings.ts';

/** A request this soon after another one writes nothing: reading must not cost a write each time. */
const SEEN_EVERY_MS = 60_000;

export interface Shown {
  readonly passkey: number;
  readonly counter: number;
}

export function signIn(
  database: Database,
  shown: Shown,
  { digest, client }: { readonly digest: Uint8Array; readonly client: string },
  at: Time,
): Promise<FoundSession | SignInRefusal> {
  return database.transaction(async (sql) => {
    const [key] = await sql.rows<{ name: string }>('select person as name from passkey where id = $1', [shown.passkey]);
    const person = key ? await lockPerson(sql, key.name) : null;
    if (!person) return { refusal: 'sign-in-refused', because: 'passkey-refused' };
    const { name, roles } = person;
    const refuse = async (because: SignInRefusal['because']): Promise<SignInRefusal> => {
      const noted = { at, who: `@${name}`, what: 'person.sign-in', object: `person ${name}` };
      await appendAudit(sql, { ...noted, outcome: 'refused', detail: { refusal: because, client } });
      return { refusal: 'sign-in-refused', because };
    };
    if (person.disabled) return refuse('person-disabled');
    if (!(await countOn(sql, shown, at))) return refuse('passkey-copied');
    const settings = await settingsOf(sql);
    await clearEnded(sql, settings, at);
    const [session] = await sql.rows<{ id: number }>(
      `insert into session (digest, person, passkey, begun_at, seen_at, confirmed_at, client)
       values ($1, $2, $3, $4, $4, $4, $5) returning id`,
      [Buffer.from(digest), name, shown.passkey, at, client],
    );
    if (!session) throw new Error('a session was not kept');
    await sql.rows('update person set seen_at = $2 where name = $1', [name, at]);
    await noteChange(sql, 'person.sign-in', name, bySelf(name), at, { client });
    return { id: session.id, name, roles, confirmedAt: at, endsAt: at + settings.sessionMs };
  });
}

/**
 * Notes how far the authenticator has counted. WebAuthn Level 2, 7.2 step 21: one that counts and does not go on is
 * there twice; one that says 0 each time does not count.
 */
async function countOn(sql: Sql, { passkey, counter }: Shown, at: Time): Promise<boolean> {
  const counted = await sql.rows(
    `update passkey set counter = $2, used_at = $3
     where id = $1 and ($2::bigint > counter or (counter = 0 and $2::bigint = 0)) returning id`,
    [passkey, counter, at],
  );
  return counted.length === 1;
}

/** `$1` now; the two ends that a session has. */
const LIVE = `not p.disabled
  and s.begun_at > $1 - coalesce((select value::bigint from setting where name = 'session_ms'), 43200000)
  and s.seen_at > $1 - coalesce((select value::bigint from setting where name = 'session_idle_ms'), 1800000)`;

/** @param looksOn a page that refreshes by itself is no person at work: it keeps no session from ending */
export async function sessionOf(
  sql: Sql,
  digest: Uint8Array,
  looksOn: boolean,
  at: Time,
): Promise<FoundSession | null> {
  const [found] = await sql.rows<{
    id: number;
    name: string;
    roles: Role[];
    begunAt: Time;
    seenAt: Time;
    confirmedAt: Time;
  }>(
    `select s.id, p.name, p.roles, s.begun_at as "begunAt", s.seen_at as "seenAt", s.confirmed_at as "confirmedAt"
     from session s join person p on p.name = s.person where s.digest = $2 and ${LIVE}`,
    [at, Buffer.from(digest)],
  );
  if (!found) return null;
  const { begunAt, seenAt, ...session } = found;
  if (!looksOn && at - seenAt >= SEEN_EVERY_MS) {
    await sql.rows('update session set seen_at = $2 where id = $1 and seen_at < $2', [found.id, at]);
  }
  return { ...session, endsAt: begunAt + (await settingsOf(sql)).sessionMs };
}

/** @returns how many there are of everybody, counted to `most` */
export async function openSessions(sql: Sql, most: number, at: Time): Promise<number> {
  const [open] = await sql.rows<{ count: number }>(
    `select count(*)::integer as count from (
       select from session s join person p on p.name = s.person where ${LIVE} limit $2) s`,
    [at, most],
  );
  return open?.count ?? 0;
}

export async function isLive(sql: Sql, session: number, at: Time): Promise<boolean> {
  const found = await sql.rows(`select from session s join person p on p.name = s.person where s.id = $2 and ${LIVE}`, [
    at,
    session,
  ]);
  return found.length === 1;
}

export function confirm(
  database: Database,
  session: number,
  shown: Shown,
  digest: Uint8Array,
  at: Time,
): Promise<FoundSession | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const [found] = await sql.rows<{ name: string; begunAt: Time }>(
      `select s.person as name, s.begun_at as "begunAt" from session s join passkey k on k.person = s.person
         join person p on p.name = s.person
       where s.id = $2 and k.id = $3 and ${LIVE}`,
      [at, session, shown.passkey],
    );
    const person = found ? await lockPerson(sql, found.name) : null;
    if (!found || !person || person.disabled || !(await countOn(sql, shown, at))) return { refusal: 'sign-in-refused' };
    const confirmed = await sql.rows(
      'update session set digest = $2, confirmed_at = $3, seen_at = $3 where id = $1 returning id',
      [session, Buffer.from(digest), at],
    );
    if (confirmed.length === 0) return { refusal: 'sign-in-refused' };
    await noteChange(sql, 'session.confirmed', person.name, bySelf(person.name), at);
    const { sessionMs } = await settingsOf(sql);
    return { id: session, name: person.name, roles: person.roles, confirmedAt: at, endsAt: found.begunAt + sessionMs };
  });
}

/** The newest first. */
export async function sessionsOf(sql: Sql, name: string, at: Time): Promise<SessionEntry[]> {
  const { sessionMs } = await settingsOf(sql);
  return sql.rows<SessionEntry>(
    `select s.id, s.begun_at as "begunAt", s.seen_at as "seenAt", s.begun_at + $3::bigint as "endsAt", s.client
     from session s join person p on p.name = s.person where p.name = $2 and ${LIVE} order by s.id desc`,
    [at, name, sessionMs],
  );
}

export function endSession(
  database: Database,
  name: string,
  session: number,
  reason: Reason,
  at: Time,
): Promise<'ended' | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const ended = await sql.rows('delete from session where person = $1 and id = $2 returning id', [name, session]);
    if (ended.length === 0) return { refusal: 'session-unknown' };
    await noteChange(sql, 'person.sign-out', name, reason, at);
    return 'ended';
  });
}

export function endSessions(
  database: Database,
  name: string,
  reason: Reason,
  at: Time,
): Promise<number | PeopleRefusal> {
  return database.transaction(async (sql) => {
    if (!(await lockPerson(sql, name))) return { refusal: 'person-unknown' };
    const ended = await dropSessions(sql, name);
    await noteChange(sql, 'person.sessions-ended', name, reason, at, { sessions: ended });
    return ended;
  });
}

/** Ends what is open of somebody, as part of another change. @returns how many */
export async function dropSessions(sql: Sql, name: string): Promise<number> {
  return (await sql.rows('delete from session where person = $1 returning id', [name])).length;
}
