/** Differences to the newest version: made and signed when it is published, for only then the centre's key is at hand. */
import { createHash } from 'node:crypto';
import { DELTA_KINDS, encodeDelta, type ListKind, openList, type Sign } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import type { PublishedList } from './port.ts';

/** Versions that a terminal may be behind by and still be told the difference. */
const DELTAS_MAX = 10;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** In the place of those to the version before. One that is no shorter than the list is not kept. */
export async function keepDeltas(sql: Sql, { kind, version, document }: PublishedList, sign: Sign): Promise<void> {
  if (!DELTA_KINDS.some((each) => each === kind)) return;
  await sql.rows('delete from list_delta where kind = $1', [kind]);
  const older = await sql.rows<{ version: number; document: Buffer }>(
    'select version, document from list_version where kind = $1 and version < $2 order by version desc limit $3',
    [kind, version, DELTAS_MAX],
  );
  const newer = openList(document);
  const deltas: { from: number; bytes: Buffer }[] = [];
  for (const each of older) {
    const bytes = await encodeDelta(openList(Uint8Array.from(each.document)).list, newer, document, sha256, sign);
    if (bytes && bytes.length < document.length) deltas.push({ from: each.version, bytes: Buffer.from(bytes) });
  }
  await sql.rows(
    `insert into list_delta
     select $1::list_kind, from_version, $2::integer, document from unnest($3::integer[], $4::bytea[]) u (from_version, document)`,
    [kind, version, deltas.map(({ from }) => from), deltas.map(({ bytes }) => bytes)],
  );
}

/** Only to the newest: one that a centre which knows no differences has published since leaves none behind. */
export async function deltaFrom(
  sql: Sql,
  kind: ListKind,
  from: number,
): Promise<{ readonly version: number; readonly document: Uint8Array } | null> {
  const [row] = await sql.rows<{ version: number; document: Buffer }>(
    `select to_version as version, document from list_delta
     where kind = $1 and from_version = $2 and to_version = (select max(version) from list_version where kind = $1)`,
    [kind, from],
  );
  return row ? { version: row.version, document: Uint8Array.from(row.document) } : null;
}
