/** Access tokens: what machines ask by, in the name of a person or of nobody. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { Reason } from '../registry/port.ts';
import { lockPerson, rolesInOrder } from './person.ts';
import type { AccessToken, FoundToken, PeopleRefusal } from './port.ts';
import type { Role } from './roles.ts';

/** As a session: reading must not cost a write each time. */
const USED_EVERY_MS = 60_000;

const COLUMNS = `id, name, owner, roles, made_at as "madeAt", expires_at as "expiresAt", used_at as "usedAt",
  revoked_at as "revokedAt"`;

export interface NewToken {
  readonly digest: Uint8Array;
  readonly name: string;
  readonly owner: string | null;
  readonly roles: readonly Role[];
  readonly validMs: number;
}

export function makeToken(
  database: Database,
  { digest, name, owner, roles, validMs }: NewToken,
  { who, why }: Reason,
  at: Time,
): Promise<AccessToken | PeopleRefusal> {
  const ordered = rolesInOrder(roles);
  return database.transaction(async (sql) => {
    if (owner !== null) {
      const person = await lockPerson(sql, owner);
      if (!person) return { refusal: 'person-unknown' };
      if (person.disabled) return { refusal: 'person-disabled' };
      if (ordered.some((role) => !person.roles.includes(role))) return { refusal: 'roles-exceeded' };
    }
    const [made] = await sql.rows<AccessToken>(
      `insert into access_token (digest, name, owner, roles, made_at, expires_at)
       values ($1, $2, $3, $4::text[], $5, $6) returning ${COLUMNS}`,
      [Buffer.from(digest), name, owner, arrayOf(ordered), at, at + validMs],
    );
    if (!made) throw new Error('an access token was not kept');
    const detail = { name, owner: owner ?? '', roles: ordered.join(' '), ...(why === '' ? {} : { why }) };
    await appendAudit(sql, { at, who, what: 'token.made', object: `token ${made.id}`, outcome: 'done', detail });
    return made;
  });
}

export async function tokenOf(sql: Sql, digest: Uint8Array, at: Time): Promise<FoundToken | null> {
  const [found] = await sql.rows<FoundToken & { readonly usedAt: Time | null; readonly ownerRoles: Role[] | null }>(
    `select t.id, t.name, t.owner, t.roles, t.expires_at as "expiresAt", t.used_at as "usedAt", p.roles as "ownerRoles"
     from access_token t left join person p on p.name = t.owner
     where t.digest = $1 and t.revoked_at is null and t.expires_at > $2 and not coalesce(p.disabled, false)`,
    [Buffer.from(digest), at],
  );
  if (!found) return null;
  const { usedAt, ownerRoles, ...token } = found;
  const roles = token.roles.filter((role) => ownerRoles === null || ownerRoles.includes(role));
  if (roles.length === 0) return null;
  if (usedAt === null || at - usedAt >= USED_EVERY_MS) {
    await sql.rows('update access_token set used_at = $2 where id = $1', [token.id, at]);
  }
  return { ...token, roles };
}

export async function isTokenLive(sql: Sql, id: number, at: Time): Promise<boolean> {
  const found = await sql.rows(
    `select from access_token t left join person p on p.name = t.owner
     where t.id = $1 and t.revoked_at is null and t.expires_at > $2 and not coalesce(p.disabled, false)
       and (p.roles is null or p.roles && t.roles)`,
    [id, at],
  );
  return found.length === 1;
}

/** The newest first, those that are over too. */
export function tokensOf(sql: Sql, owner: string | null): Promise<AccessToken[]> {
  return sql.rows<AccessToken>(
    `select ${COLUMNS} from access_token where $1::text is null or owner = $1 order by id desc`,
    [owner],
  );
}

export function revokeToken(
  database: Database,
  id: number,
  owner: string | null,
  { who, why }: Reason,
  at: Time,
): Promise<'revoked' | PeopleRefusal> {
  return database.transaction(async (sql) => {
    const [found] = await sql.rows<{ name: string; revokedAt: Time | null }>(
      `select name, revoked_at as "revokedAt" from access_token
       where id = $1 and ($2::text is null or owner = $2) for update`,
      [id, owner],
    );
    if (!found) return { refusal: 'token-unknown' };
    if (found.revokedAt !== null) return 'revoked';
    await sql.rows('update access_token set revoked_at = $2 where id = $1', [id, at]);
    const detail = { name: found.name, ...(why === '' ? {} : { why }) };
    await appendAudit(sql, { at, who, what: 'token.revoked', object: `token ${id}`, outcome: 'done', detail });
    return 'revoked';
  });
}
