/** Writes new records into the tables of facts, set-wise. */
import type { JournalRecord, LogEntry } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { arrayOf, columnsOf } from '../database/literal.ts';
import type { Arrival } from './record.ts';

export async function insertFacts(sql: Sql, fresh: readonly Arrival[]): Promise<void> {
  if (fresh.length === 0) return;
  const ids = await mediumIds(sql, new Set(fresh.map(({ record }) => record.medium)));
  const id = ({ record }: Arrival) => ids.get(record.medium) as number;
  await insertRecords(sql, fresh, id);
  await insertPurchases(sql, fresh, id);
  await insertLogs(sql, fresh, id);
}

async function mediumIds(sql: Sql, media: ReadonlySet<string>): Promise<Map<string, number>> {
  const names = arrayOf(media);
  // Not `on conflict do nothing`: that would burn an id for each known medium of each batch. Receiving is serialised.
  await sql.rows(
    `insert into medium (medium)
     select name from unnest($1::text[]) name where not exists (select from medium m where m.medium = name)`,
    [names],
  );
  const rows = await sql.rows<{ id: number; medium: string }>(
    'select id, medium from medium where medium = any($1::text[])',
    [names],
  );
  return new Map(rows.map((row) => [row.medium, row.id]));
}

type MediumId = (arrival: Arrival) => number;

/** Whether the record says more than the columns of its row hold. */
export function hasExtras(record: JournalRecord): boolean {
  if (record.type === 'open') return false;
  if (record.type === 'purchase' || record.log !== undefined) return true;
  if (record.type === 'observation') return false;
  const { proof, action, reason, counterparty, refersTo } = record;
  return [proof, action, reason, counterparty, refersTo].some((value) => value !== undefined);
}

async function insertRecords(sql: Sql, fresh: readonly Arrival[], id: MediumId): Promise<void> {
  await sql.rows(
    `insert into record (time, last_time, amount, balance, receipt, terminal, serial, medium_id, last_terminal,
       medium_serial, type, status, has_log, extras, product_id)
     select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::integer[],
       $7::integer[], $8::integer[], $9::integer[], $10::integer[], $11::record_type[], $12::commit_status[],
       $13::boolean[], $14::boolean[], $15::text[])`,
    columnsOf(
      fresh,
      ({ record }) => record.time,
      ({ record }) => (record.type === 'open' ? null : record.lastTime),
      ({ record }) => (record.type === 'observation' ? null : record.amount),
      ({ record }) => record.balance,
      ({ receipt }) => receipt,
      ({ record }) => record.terminal,
      ({ record }) => record.serial,
      id,
      ({ record }) => (record.type === 'open' ? null : record.lastTerminal),
      ({ record }) => (record.type === 'open' ? null : record.mediumSerial),
      ({ record }) => record.type,
      ({ record }) => (record.type === 'observation' ? null : record.status),
      ({ record }) => record.type !== 'open' && record.log !== undefined,
      ({ record }) => hasExtras(record),
      ({ record }) =>
        record.type === 'purchase' ? record.product.id : record.type === 'validation' ? record.productId : null,
    ),
  );
}

async function insertPurchases(sql: Sql, fresh: readonly Arrival[], id: MediumId): Promise<void> {
  const purchases = fresh.flatMap((arrival) =>
    arrival.record.type === 'purchase' ? [{ ...arrival.record, id: id(arrival), receipt: arrival.receipt }] : [],
  );
  if (purchases.length === 0) return;
  await sql.rows(
    `insert into purchase (terminal, serial, medium_id, receipt, time, valid_from, valid_until, max_uses, product_id, code)
     select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::bigint[], $8::integer[], $9::text[], $10::text[])`,
    columnsOf(
      purchases,
      (p) => p.terminal,
      (p) => p.serial,
      (p) => p.id,
      (p) => p.receipt,
      (p) => p.time,
      (p) => p.product.validFrom,
      (p) => p.product.validUntil,
      (p) => p.product.maxUses,
      (p) => p.product.id,
      (p) => p.product.code,
    ),
  );
}

async function insertLogs(sql: Sql, fresh: readonly Arrival[], id: MediumId): Promise<void> {
  const logs = fresh.flatMap((arrival) => {
    const { record } = arrival;
    if (record.type === 'open' || !record.log || record.log.length === 0) return [];
    const { terminal, serial, lastTime, log } = record;
    return [{ terminal, serial, lastTime, log, id: id(arrival), receipt: arrival.receipt }];
  });
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
