/** What passkeys are asked to sign: each challenge is kept here, and can be taken once, soon, for what it was made for. */
import type { Time } from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import type { ChallengePurpose, Credential, EntryDigest, PeopleRefusal, Registrant, TakenChallenge } from './port.ts';

/** How long a browser may take over it, in milliseconds. */
const CHALLENGE_MS = 5 * 60_000;

export function challengeEntry(
  database: Database,
  entry: EntryDigest,
  challenge: Uint8Array,
  at: Time,
): Promise<Registrant | PeopleRefusal> {
  return database.transaction(async (sql) => {
    // By the digest, the name after: an unknown name takes the way of a wrong code, and as long.
    const [found] = await sql.rows<{ name: string }>(
      `select p.name from entry e join person p on p.name = e.person
       where e.digest = $1 and e.kind = $2 and e.valid_until > $3 and not p.disabled`,
      [Buffer.from(entry.digest), entry.kind, at],
    );
    if (!found || (entry.kind === 'code' && entry.name !== found.name)) return { refusal: 'entry-refused' };
    const { name } = found;
    await keepChallenge(sql, { challenge, purpose: 'register', name, entry: entry.digest, session: null }, at);
    return registrantOf(sql, name);
  });
}

export function challengeSignIn(database: Database, challenge: Uint8Array, at: Time): Promise<void> {
  const kept = { challenge, purpose: 'sign-in', name: null, entry: null, session: null } as const;
  return database.transaction((sql) => keepChallenge(sql, kept, at));
}

export function challengeSession(
  database: Database,
  session: number,
  purpose: 'add' | 'confirm',
  challenge: Uint8Array,
  at: Time,
): Promise<Registrant | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const [found] = await sql.rows<{ name: string }>('select person as name from session where id = $1', [session]);
    if (!found) return { refusal: 'session-unknown' };
    await keepChallenge(sql, { challenge, purpose, name: found.name, entry: null, session }, at);
    return registrantOf(sql, found.name);
  });
}

export async function takeChallenge(
  sql: Sql,
  challenge: Uint8Array,
  purpose: ChallengePurpose,
  at: Time,
): Promise<TakenChallenge | null> {
  const [taken] = await sql.rows<TakenChallenge & { readonly entry: Buffer | null }>(
    `delete from passkey_challenge where challenge = $1 and purpose = $2 and valid_until > $3
     returning person as name, entry, session`,
    [Buffer.from(challenge), purpose, at],
  );
  return taken ? { ...taken, entry: taken.entry && Uint8Array.from(taken.entry) } : null;
}

interface KeptChallenge {
  readonly challenge: Uint8Array;
  readonly purpose: ChallengePurpose;
  readonly name: string | null;
  readonly entry: Uint8Array | null;
  readonly session: number | null;
}

async function keepChallenge(sql: Sql, kept: KeptChallenge, at: Time): Promise<void> {
  await sql.rows('delete from passkey_challenge where valid_until <= $1', [at]);
  await sql.rows('insert into passkey_challenge values ($1, $2, $3, $4, $5, $6)', [
    Buffer.from(kept.challenge),
    kept.purpose,
    kept.name,
    kept.entry && Buffer.from(kept.entry),
    kept.session,
    at + CHALLENGE_MS,
  ]);
}

async function registrantOf(sql: Sql, name: string): Promise<Registrant> {
  const [person] = await sql.rows<{ userHandle: Buffer }>(
    'select user_handle as "userHandle" from person where name = $1',
    [name],
  );
  if (!person) throw new Error(`no person ${name}`);
  const credentials = await sql.rows<Credential & { readonly id: Buffer }>(
    'select credential as id, transports from passkey where person = $1 order by passkey.id',
    [name],
  );
  return {
    name,
    userHandle: Uint8Array.from(person.userHandle),
    credentials: credentials.map(({ id, transports }) => ({ id: Uint8Array.from(id), transports })),
  };
}
