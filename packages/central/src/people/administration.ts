/** Who is known, with which roles: each change is one SQL transaction with its line in the audit log. */
import type { Time } from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { Reason } from '../registry/port.ts';
import { settlementOf } from '../registry/settlement.ts';
import { noteChange } from './note.ts';
import { isLastAdministrator, lockPeople, lockPerson, PERSON_NAME, rolesInOrder } from './person.ts';
import type { PeopleRefusal, PersonInvitation } from './port.ts';
import type { Role } from './roles.ts';
import { dropSessions } from './sessions.ts';

export function invite(
  database: Database,
  { name, roles, digest, validMs, userHandle }: PersonInvitation,
  reason: Reason,
  at: Time,
): Promise<'invited' | PeopleRefusal> {
  if (!PERSON_NAME.test(name)) throw new RangeError(`${name} is no name of a person`);
  const ordered = rolesInOrder(roles);
  return database.transaction(async (sql) => {
    if ((await settlementOf(sql))?.admission !== 'enrolled') return { refusal: 'centre-open' };
    await lockPeople(sql);
    const found = await lockPerson(sql, name);
    if (found?.disabled) return { refusal: 'person-disabled' };
    if (found && found.passkeys > 0) return { refusal: 'person-known' };
    if (found && !ordered.includes('administrator') && (await isLastAdministrator(sql, found))) {
      return { refusal: 'last-administrator' };
    }
    await sql.rows(
      `insert into person (name, roles, user_handle, invited_at) values ($1, $2::text[], $3, $4)
       on conflict (name) do update set roles = excluded.roles, invited_at = excluded.invited_at`,
      [name, rolesArray(ordered), Buffer.from(userHandle), at],
    );
    await keepEntry(sql, { name, kind: 'link', digest, validUntil: at + validMs });
    await noteChange(sql, 'person.invited', name, reason, at, { roles: ordered.join(' ') });
    return 'invited';
  });
}

export function setRoles(
  database: Database,
  name: string,
  roles: readonly Role[],
  reason: Reason,
  at: Time,
): Promise<'changed' | 'unchanged' | PeopleRefusal> {
  const ordered = rolesInOrder(roles);
  return database.transaction(async (sql) => {
    await lockPeople(sql);
    const found = await lockPerson(sql, name);
    if (!found) return { refusal: 'person-unknown' };
    const before = rolesInOrder(found.roles);
    if (before.join() === ordered.join()) return 'unchanged';
    if (!ordered.includes('administrator') && (await isLastAdministrator(sql, found))) {
      return { refusal: 'last-administrator' };
    }
    await sql.rows('update person set roles = $2::text[] where name = $1', [name, rolesArray(ordered)]);
    await dropSessions(sql, name);
    await noteChange(sql, 'person.roles', name, reason, at, { before: before.join(' '), roles: ordered.join(' ') });
    return 'changed';
  });
}

export function disable(
  database: Database,
  name: string,
  reason: Reason,
  at: Time,
): Promise<'disabled' | PeopleRefusal> {
  return database.transaction(async (sql) => {
    await lockPeople(sql);
    const found = await lockPerson(sql, name);
    if (!found) return { refusal: 'person-unknown' };
    if (found.disabled) return 'disabled';
    if (await isLastAdministrator(sql, found)) return { refusal: 'last-administrator' };
    await sql.rows('update person set disabled = true where name = $1', [name]);
    await sql.rows('delete from entry where person = $1', [name]);
    await dropSessions(sql, name);
    await noteChange(sql, 'person.disabled', name, reason, at);
    return 'disabled';
  });
}

export function enable(database: Database, name: string, reason: Reason, at: Time): Promise<'enabled' | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const found = await lockPerson(sql, name);
    if (!found) return { refusal: 'person-unknown' };
    if (!found.disabled) return { refusal: 'person-not-disabled' };
    await sql.rows('update person set disabled = false where name = $1', [name]);
    await noteChange(sql, 'person.enabled', name, reason, at);
    return 'enabled';
  });
}

/** What is needed for another passkey of somebody who lost all of theirs. */
export interface RecoveryCode {
  readonly name: string;
  readonly digest: Uint8Array;
  readonly validMs: number;
}

export async function recoverIn(
  sql: Sql,
  { name, digest, validMs }: RecoveryCode,
  reason: Reason,
  at: Time,
): Promise<'recovering' | PeopleRefusal> {
  const found = await lockPerson(sql, name);
  if (!found) return { refusal: 'person-unknown' };
  if (found.disabled) return { refusal: 'person-disabled' };
  await keepEntry(sql, { name, kind: 'code', digest, validUntil: at + validMs });
  await noteChange(sql, 'person.recovery', name, reason, at);
  return 'recovering';
}

interface Entry {
  readonly name: string;
  readonly kind: 'link' | 'code';
  readonly digest: Uint8Array;
  readonly validUntil: Time;
}

/** One at a time: an older link or code of the person is void. */
async function keepEntry(sql: Sql, { name, kind, digest, validUntil }: Entry): Promise<void> {
  await sql.rows('delete from entry where person = $1', [name]);
  await sql.rows('insert into entry (digest, person, kind, valid_until) values ($1, $2, $3, $4)', [
    Buffer.from(digest),
    name,
    kind,
    validUntil,
  ]);
}

function rolesArray(roles: readonly Role[]): string {
  return arrayOf(roles);
}
