/** The audit log as it is read. */
import type { Sql } from '../database/database.ts';
import type { AuditQuery, LoggedEntry } from './port.ts';

export async function auditEntries(sql: Sql, { before, limit, who, what }: AuditQuery): Promise<LoggedEntry[]> {
  const rows = await sql.rows<
    Omit<LoggedEntry, 'detail' | 'hash'> & { readonly detail: string; readonly hash: Buffer }
  >(
    `select id, at, who, what, object, outcome::text, detail, hash from audit
     where ($1::bigint is null or id < $1) and ($2::text is null or who = $2) and ($3::text is null or what = $3)
     order by id desc limit $4`,
    [before ?? null, who ?? null, what ?? null, limit],
  );
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail), hash: Uint8Array.from(row.hash) }));
}
