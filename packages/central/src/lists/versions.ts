/** The versions of a list that were published: all of them are kept. */
import { LIST_HEAD_BYTES, type ListKind, listLength } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import type { ListVersion, VersionPage } from './port.ts';

type Row = Omit<ListVersion, 'entries'> & { readonly head: Buffer };

/**
 * Newest first. By the primary key; of the audit log by `audit_what` backwards until a page of them is found; of `list_held` a row
 * per terminal and list.
 */
export async function listVersions(
  sql: Sql,
  kind: ListKind,
  { before, limit }: { readonly before?: number; readonly limit: number },
): Promise<VersionPage> {
  const rows = await sql.rows<Row>(
    `with page as (
       select version, issued_at, expires_at, octet_length(document) as bytes, substring(document from 1 for $5) as head
       from list_version where kind = $1 and version < $2 order by version desc limit $3),
     published as materialized (
       select at, who from audit where what = $4 and outcome = 'done'
         and at between (select min(issued_at) from page) and (select max(issued_at) from page)
       order by id desc limit $3),
     held as (select version, count(*)::integer as terminals from list_held where kind = $1 group by version)
     select p.version, p.issued_at as "issuedAt", p.expires_at as "expiresAt", p.bytes, p.head,
       (select min(who) from published a where a.at = p.issued_at) as who, coalesce(h.terminals, 0) as terminals
     from page p left join held h on h.version = p.version order by p.version desc`,
    [kind, before ?? 2 ** 31 - 1, limit, `${kind}.published`, LIST_HEAD_BYTES],
  );
  const versions = rows.map(({ head, ...row }): ListVersion => ({ ...row, entries: listLength(head) }));
  return { versions, next: rows.length < limit ? null : (rows.at(-1)?.version ?? null) };
}
