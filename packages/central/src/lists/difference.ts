/** What changed between two versions of a list, and who changed it. */
import type { Time } from '@retap/model';
import { type ListEntries, type ListKind, openList } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { entriesDiffering } from './differing.ts';
import type { ListChange, ListDifference, ListVersionTimes } from './port.ts';
import { workingEntries } from './working.ts';

/** Beyond so many nobody reads on; they are counted all the same. */
const ENTRIES_MAX = 500;
const HISTORY_MAX = 200;

interface Side<Kind extends ListKind> {
  readonly times: ListVersionTimes | null;
  readonly entries: ListEntries[Kind];
}

/**
 * Two documents by primary key, and the history between them by its times.
 * @param from 0: before there was one @param to null: the working copy @returns null where there is no such version
 */
export async function listDifference<Kind extends ListKind>(
  sql: Sql,
  kind: Kind,
  from: number,
  to: number | null,
): Promise<ListDifference | null> {
  const older = from === 0 ? nothing(kind) : await versionOf(sql, kind, from);
  const newer =
    to === null ? { times: null, entries: await workingEntries(sql, kind) } : await versionOf(sql, kind, to);
  if (older === null || newer === null) return null;
  const entries = entriesDiffering(kind, older.entries, newer.entries);
  const counted = (what: string) => entries.filter((each) => each.what === what).length;
  return {
    ...{ from: older.times, to: newer.times },
    counts: { added: counted('added'), removed: counted('removed'), changed: counted('changed') },
    entries: entries.slice(0, ENTRIES_MAX),
    history: await historyBetween(sql, kind, older.times?.issuedAt ?? 0, newer.times?.issuedAt ?? null),
  };
}

function nothing<Kind extends ListKind>(kind: Kind): Side<Kind> {
  return { times: null, entries: (kind === 'limits' ? {} : []) as unknown as ListEntries[Kind] };
}

async function versionOf<Kind extends ListKind>(sql: Sql, kind: Kind, version: number): Promise<Side<Kind> | null> {
  const [row] = await sql.rows<ListVersionTimes & { readonly document: Buffer }>(
    `select version, issued_at as "issuedAt", expires_at as "expiresAt", document from list_version
     where kind = $1 and version = $2`,
    [kind, version],
  );
  if (!row) return null;
  const { document, ...times } = row;
  return { times, entries: openList(Uint8Array.from(document)).list.entries as ListEntries[Kind] };
}

/** What was changed after one was made, and not after the other. Newest first, as many as somebody reads. */
function historyBetween(sql: Sql, kind: ListKind, after: Time, until: Time | null): Promise<ListChange[]> {
  return sql.rows<ListChange>(
    `select at, what, entry, who, why from list_change
     where kind = $1 and at > $2 and ($3::bigint is null or at <= $3) order by id desc limit $4`,
    [kind, after, until, HISTORY_MAX],
  );
}
