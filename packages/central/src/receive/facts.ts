/** Writes new records into the tables of facts, set-wise. */
import type { JournalRecord, LogEntry, Time } from '@retap/model';
import { int4, int8, text } from '../database/binary.ts';
import type { Sql } from '../database/database.ts';
import { insertRows, named } from '../database/insert.ts';
import { arrayOf, columnsOf } from '../database/literal.ts';
import type { RecordedRow } from '../remembered.ts';
import { insertRecords } from './record-rows.ts';

export async function insertFacts(sql: Sql, fresh: readonly RecordedRow[]): Promise<void> {
  if (fresh.length === 0) return;
  await insertRecords(sql, fresh);
  await insertPurchases(sql, fresh);
  await insertLogs(sql, fresh);
}

/** Numbers of media, new ones for those that are not known yet. */
export async function mediumIds(sql: Sql, media: ReadonlyMap<string, unknown>): Promise<Map<string, number>> {
  if (media.size === 0) return new Map();
  const names = arrayOf(media.keys());
  // Not `on conflict do nothing`: that would burn an id for each known medium of each batch. Receiving is serialised.
  const inserted = await sql.rows<{ id: number; medium: string }>(
    `insert into medium (medium)
     select name from unnest($1::text[]) name where not exists (select from medium m where m.medium = name)
     returning id, medium`,
    [names],
  );
  const ids = new Map(inserted.map((row) => [row.medium, row.id]));
  if (ids.size === media.size) return ids;
  const rows = await sql.rows<{ id: number; medium: string }>(
    'select id, medium from medium where medium = any($1::text[])',
    [arrayOf([...media.keys()].filter((name) => !ids.has(name)))],
  );
  for (const row of rows) ids.set(row.medium, row.id);
  return ids;
}

async function insertPurchases(sql: Sql, fresh: readonly RecordedRow[]): Promise<void> {
  const purchases: (RecordedRow & { readonly record: Purchase })[] = [];
  for (const row of fresh) if (isPurchase(row)) purchases.push(row);
  await insertRows(sql, 'purchase', purchases, [
    named(
      'terminal',
      int4(({ record }) => record.terminal),
    ),
    named(
      'serial',
      int4(({ record }) => record.serial),
    ),
    named(
      'medium_id',
      int4(({ mediumId }) => mediumId),
    ),
    named(
      'receipt',
      int8(({ receipt }) => receipt),
    ),
    named(
      'time',
      int8(({ record }) => record.time),
    ),
    named(
      'valid_from',
      int8(({ record }) => record.product.validFrom),
    ),
    named(
      'valid_until',
      int8(({ record }) => record.product.validUntil),
    ),
    named(
      'max_uses',
      int4(({ record }) => record.product.maxUses),
    ),
    named(
      'product_id',
      text(({ record }) => record.product.id),
    ),
    named(
      'code',
      text(({ record }) => record.product.code),
    ),
  ]);
}

type Purchase = Extract<JournalRecord, { readonly type: 'purchase' }>;

function isPurchase(row: RecordedRow): row is RecordedRow & { readonly record: Purchase } {
  return row.record.type === 'purchase';
}

async function insertLogs(sql: Sql, fresh: readonly RecordedRow[]): Promise<void> {
  const logs: {
    terminal: number;
    serial: number;
    lastTime: Time;
    log: readonly LogEntry[];
    id: number;
    receipt: number;
  }[] = [];
  for (const { record, receipt, mediumId } of fresh) {
    if (record.type === 'open' || !record.log || record.log.length === 0) continue;
    const { terminal, serial, lastTime, log } = record;
    logs.push({ terminal, serial, lastTime, log, id: mediumId, receipt });
  }
  if (logs.length === 0) return;
  const places = ({ log }: { log: readonly LogEntry[] }) => log.map((entry) => entry.time);
  // An array of arrays of different lengths is none to PostgreSQL: each log travels as a literal of its own.
  await sql.rows(
    `insert into medium_log (terminal, serial, medium_id, receipt, last_time, first_entry, reach, times, terminals)
     select a, b, c, d, e, f, g, h::bigint[], i::integer[] from unnest($1::integer[], $2::integer[], $3::integer[],
       $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[]) as u (a, b, c, d, e, f, g, h, i)`,
    [
      ...columnsOf(
        logs,
        (l) => l.terminal,
        (l) => l.serial,
        (l) => l.id,
        (l) => l.receipt,
        (l) => l.lastTime,
        (l) => Math.min(...places(l)),
        (l) => Math.max(l.lastTime, ...places(l)),
      ),
      logs.map((l) => arrayOf(places(l))),
      logs.map((l) => arrayOf(l.log.map((entry) => entry.terminal))),
    ],
  );
}
