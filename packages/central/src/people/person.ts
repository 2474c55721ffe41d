/** One person's row, and all of them as administrators see them. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { PersonEntry } from './port.ts';
import { ROLES, type Role } from './roles.ts';

/** How a person is called: the same in histories, on the command line and in the page. */
export const PERSON_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

export interface PersonRow {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly disabled: boolean;
  readonly userHandle: Buffer;
  readonly passkeys: number;
}

/** In one order and each once, so that the same roles are the same array. @throws RangeError for none, or another word */
export function rolesInOrder(roles: readonly Role[]): Role[] {
  const ordered = ROLES.filter((role) => roles.includes(role));
  if (ordered.length === 0 || roles.some((role) => !ROLES.includes(role))) throw new RangeError(`no roles: ${roles}`);
  return ordered;
}

const COUNTED = '(select count(*) from passkey k where k.person = p.name)::integer';

/** The row, which nobody else changes, and by which nobody signs in, until the end of the SQL transaction. */
export async function lockPerson(sql: Sql, name: string): Promise<PersonRow | null> {
  const [row] = await sql.rows<PersonRow>(
    `select name, roles, disabled, user_handle as "userHandle", ${COUNTED} as passkeys from person p
     where name = $1 for update`,
    [name],
  );
  return row ?? null;
}

/** Whoever changes who is an administrator does so alone: two could each take the last but one. */
export async function lockPeople(sql: Sql): Promise<void> {
  await sql.rows('select pg_advisory_xact_lock(1919251580)');
}

/**
 * Whether nobody would be left to look after people without this one. An administrator who never signed in does not
 * replace one who can.
 */
export async function isLastAdministrator(sql: Sql, { name, roles, disabled, passkeys }: PersonRow): Promise<boolean> {
  if (disabled || !roles.includes('administrator')) return false;
  const [others] = await sql.rows<{ count: number }>(
    `select count(*)::integer as count from person p
     where name <> $1 and not disabled and 'administrator' = any(roles) and ${COUNTED} >= $2`,
    [name, passkeys > 0 ? 1 : 0],
  );
  return others?.count === 0;
}

/** @param name null: all, by name */
export async function personEntries(sql: Sql, name: string | null, now: Time): Promise<PersonEntry[]> {
  return sql.rows<PersonEntry>(
    `select name, roles, case when disabled then 'disabled' when ${COUNTED} = 0 then 'invited' else 'enabled' end as state,
       invited_at as "invitedAt", seen_at as "seenAt", ${COUNTED} as passkeys,
       (select count(*) from session s where s.person = p.name)::integer as sessions,
       (select max(valid_until) from entry e where e.person = p.name and e.valid_until > $2) as "entryUntil"
     from person p where $1::text is null or name = $1 order by name`,
    [name, now],
  );
}
