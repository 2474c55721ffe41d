/** Passkeys of people, and what they are asked to sign. Signatures are verified by the process around the centre. */
import type { Time } from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { Reason } from '../registry/port.ts';
import { bySelf, noteChange } from './note.ts';
import { lockPerson } from './person.ts';
import type { NewPasskey, Passkey, PeopleRefusal, StoredPasskey } from './port.ts';
import { dropSessions } from './sessions.ts';

/** Uses the link or the code up, and keeps the passkey. */
export function register(
  database: Database,
  entry: Uint8Array,
  passkey: NewPasskey,
  at: Time,
): Promise<{ readonly name: string } | PeopleRefusal> {
  return database.transaction(async (sql) => {
    // Deleted first: of two browsers with one link the second waits here, and finds nothing.
    const [used] = await sql.rows<{ name: string; kind: 'link' | 'code' }>(
      'delete from entry where digest = $1 and valid_until > $2 returning person as name, kind',
      [Buffer.from(entry), at],
    );
    const person = used ? await lockPerson(sql, used.name) : null;
    if (!used || !person || person.disabled) return { refusal: 'entry-refused' };
    const { name, kind } = used;
    const kept = await keepPasskey(sql, name, passkey, at);
    if ('refusal' in kept) return kept;
    if (kind === 'code') await dropSessions(sql, name);
    const what = kind === 'code' ? 'person.recovered' : 'person.registered';
    await noteChange(sql, what, name, bySelf(name), at, { passkey: passkey.label });
    return { name };
  });
}

export function addPasskey(
  database: Database,
  name: string,
  passkey: NewPasskey,
  at: Time,
): Promise<Passkey | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const person = await lockPerson(sql, name);
    if (!person) return { refusal: 'person-unknown' };
    if (person.disabled) return { refusal: 'person-disabled' };
    const kept = await keepPasskey(sql, name, passkey, at);
    if (!('refusal' in kept))
      await noteChange(sql, 'passkey.added', name, bySelf(name), at, { passkey: passkey.label });
    return kept;
  });
}

async function keepPasskey(sql: Sql, name: string, passkey: NewPasskey, at: Time): Promise<Passkey | PeopleRefusal> {
  const { credential, publicKey, counter, transports, label } = passkey;
  const [kept] = await sql.rows<{ id: number }>(
    `insert into passkey (person, credential, public_key, counter, transports, label, added_at)
     values ($1, $2, $3, $4, $5::text[], $6, $7) on conflict (credential) do nothing returning id`,
    [name, Buffer.from(credential), Buffer.from(publicKey), counter, arrayOf(transports), label, at],
  );
  return kept ? { id: kept.id, label, addedAt: at, usedAt: null } : { refusal: 'passkey-known' };
}

export async function passkeyOf(sql: Sql, credential: Uint8Array): Promise<StoredPasskey | null> {
  const [found] = await sql.rows<StoredPasskey & { readonly publicKey: Buffer; readonly userHandle: Buffer }>(
    `select k.id, k.person as name, k.public_key as "publicKey", p.user_handle as "userHandle"
     from passkey k join person p on p.name = k.person where k.credential = $1`,
    [Buffer.from(credential)],
  );
  if (!found) return null;
  return { ...found, publicKey: Uint8Array.from(found.publicKey), userHandle: Uint8Array.from(found.userHandle) };
}

/** The oldest first. */
export function passkeysOf(sql: Sql, name: string): Promise<Passkey[]> {
  return sql.rows<Passkey>(
    'select id, label, added_at as "addedAt", used_at as "usedAt" from passkey where person = $1 order by id',
    [name],
  );
}

export function renamePasskey(
  database: Database,
  name: string,
  id: number,
  label: string,
  at: Time,
): Promise<'renamed' | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const renamed = await sql.rows('update passkey set label = $3 where person = $1 and id = $2 returning id', [
      name,
      id,
      label,
    ]);
    if (renamed.length === 0) return { refusal: 'passkey-unknown' };
    await noteChange(sql, 'passkey.renamed', name, bySelf(name), at, { passkey: label });
    return 'renamed';
  });
}

export function removePasskey(
  database: Database,
  name: string,
  id: number,
  reason: Reason,
  at: Time,
): Promise<'removed' | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const person = await lockPerson(sql, name);
    if (!person) return { refusal: 'person-unknown' };
    const own = await passkeysOf(sql, name);
    const removed = own.find((each) => each.id === id);
    if (!removed) return { refusal: 'passkey-unknown' };
    if (own.length === 1) return { refusal: 'last-passkey' };
    await sql.rows('delete from passkey where id = $1', [id]);
    await noteChange(sql, 'passkey.removed', name, reason, at, { passkey: removed.label });
    return 'removed';
  });
}
