/** Published versions: signed once, kept for ever, counted 1, 2, 3, … per list. */
import { createHash } from 'node:crypto';
import type { Time } from '@retap/model';
import { encodeList, type List, type ListKind, openList, sameEntries } from '@retap/protocol';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import { keepDeltas } from './deltas.ts';
import type { Publication, PublishedList } from './port.ts';
import { lockList, workingEntries } from './working.ts';

export function publish(
  database: Database,
  kind: ListKind,
  { sign, validMs, who = 'centre' }: Publication,
  now: Time,
): Promise<{ readonly list: PublishedList; readonly isNew: boolean } | null> {
  return database.transaction(async (sql) => {
    await lockList(sql, kind);
    const newest = await newestList(sql, kind);
    const times = { issuedAt: now, expiresAt: now + validMs };
    const version = await nextVersion(sql, kind);
    const next = { kind, version, ...times, entries: await workingEntries(sql, kind) } as List;
    if (newest ? isCurrent(newest, next) : isEmpty(next)) return newest && { list: newest, isNew: false };
    const document = await encodeList(next, sign);
    const list: PublishedList = { kind, version, ...times, document };
    await sql.rows('insert into list_version values ($1, $2, $3, $4, $5)', [
      ...[kind, version, list.issuedAt, list.expiresAt, Buffer.from(document)],
    ]);
    await keepDeltas(sql, list, sign);
    await appendAudit(sql, {
      ...{ at: now, who, what: `${kind}.published`, object: `list ${kind}`, outcome: 'done' },
      detail: { version, expiresAt: list.expiresAt, document: digestOf(document) },
    });
    return { list, isNew: true };
  });
}

function digestOf(document: Uint8Array): string {
  return `SHA-256 ${createHash('sha256').update(document).digest('hex').toUpperCase()}`;
}

export async function newestList(sql: Sql, kind: ListKind): Promise<PublishedList | null> {
  const [row] = await sql.rows<PublishedList & { readonly document: Buffer }>(
    `select kind::text, version, issued_at as "issuedAt", expires_at as "expiresAt", document from list_version
     where kind = $1 order by version desc limit 1`,
    [kind],
  );
  return row ? { ...row, document: Uint8Array.from(row.document) } : null;
}

export async function newestVersion(sql: Sql, kind: ListKind): Promise<number> {
  const [row] = await sql.rows<{ version: number | null }>(
    'select max(version) as version from list_version where kind = $1',
    [kind],
  );
  return row?.version ?? 0;
}

/** Nothing else to say, and at least half of its time to come: a terminal that is long offline must not see it expire. */
function isCurrent({ document, issuedAt, expiresAt }: PublishedList, next: List): boolean {
  return sameEntries(openList(document).list, next) && next.issuedAt - issuedAt < (expiresAt - issuedAt) / 2;
}

function isEmpty({ entries }: List): boolean {
  return Object.keys(entries).length === 0;
}

/** Versions that a backup can be behind by. A stolen terminal that claims more would else use the numbers up. */
const FORGOTTEN_MAX = 1_000;

/** After a restored backup, terminals may hold versions that this database has forgotten: those are never given again. */
async function nextVersion(sql: Sql, kind: ListKind): Promise<number> {
  const newest = await newestVersion(sql, kind);
  const [row] = await sql.rows<{ held: number | null }>(
    'select max(version) as held from list_held where kind = $1 and version <= $2',
    [kind, newest + FORGOTTEN_MAX],
  );
  return Math.max(newest, row?.held ?? 0) + 1;
}
