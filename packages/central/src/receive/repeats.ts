/** Compares records that were received again with the ones that stand. */
import { inflateRawSync } from 'node:zlib';
import { identityOf, type JournalRecord } from '@retap/model';
import { type BatchForm, readBody, sameRecord } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import { chainClaimsOf } from '../registry/chain.ts';
import type { Arrival } from './record.ts';
import { hasExtras } from './record-rows.ts';

interface Standing {
  readonly terminal: number;
  readonly serial: number;
  readonly receipt: number;
  readonly extras: boolean;
  readonly equal: boolean;
}

/**
 * The arrivals that say something else than the record that stands under their identity. The columns decide where they
 * hold the whole record; else the batch that brought the first is read again.
 */
export async function differingFromStored(sql: Sql, arrivals: readonly Arrival[]): Promise<Arrival[]> {
  if (arrivals.length === 0) return [];
  const standing = new Map(
    (await compareColumns(sql, arrivals)).map((row) => [`${row.terminal}-${row.serial}`, row] as const),
  );
  const differing: Arrival[] = [];
  const undecided: { arrival: Arrival; receipt: number }[] = [];
  for (const arrival of arrivals) {
    const row = standing.get(`${arrival.record.terminal}-${arrival.record.serial}`);
    if (!row) throw new Error(`record ${arrival.record.terminal}-${arrival.record.serial} is in a run, yet not stored`);
    if (!row.equal) differing.push(arrival);
    else if (row.extras || hasExtras(arrival.record)) undecided.push({ arrival, receipt: row.receipt });
  }
  for (const receipt of new Set(undecided.map((u) => u.receipt))) {
    const first = new Map<string, JournalRecord>();
    for (const record of await storedRecords(sql, receipt)) {
      const identity = identityOf(record);
      if (!first.has(identity)) first.set(identity, record); // within a batch too the first stands
    }
    for (const { arrival } of undecided.filter((u) => u.receipt === receipt)) {
      const stands = first.get(identityOf(arrival.record));
      if (!stands || !sameRecord(stands, arrival.record)) differing.push(arrival);
    }
  }
  return differing;
}

function compareColumns(sql: Sql, arrivals: readonly Arrival[]): Promise<Standing[]> {
  return sql.rows<Standing>(
    `select r.terminal, r.serial, r.receipt, r.extras,
       (r.time, m.medium, r.type::text, r.balance) = (u.time, u.medium, u.type, u.balance)
       and (r.last_time, r.last_terminal, r.amount, r.status::text, r.medium_serial, r.product_id)
         is not distinct from (u.last_time, u.last_terminal, u.amount, u.status, u.medium_serial, u.product_id) as equal
     from unnest($1::integer[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
       $8::integer[], $9::bigint[], $10::text[], $11::integer[], $12::text[])
       as u (terminal, serial, time, medium, type, balance, last_time, last_terminal, amount, status, medium_serial, product_id)
     join record r on r.terminal = u.terminal and r.serial = u.serial
     join medium m on m.id = r.medium_id`,
    columnsOf(
      arrivals,
      ({ record }) => record.terminal,
      ({ record }) => record.serial,
      ({ record }) => record.time,
      ({ record }) => record.medium,
      ({ record }) => record.type,
      ({ record }) => record.balance,
      ({ record }) => (record.type === 'open' ? null : record.lastTime),
      ({ record }) => (record.type === 'open' ? null : record.lastTerminal),
      ({ record }) => (record.type === 'observation' ? null : record.amount),
      ({ record }) => (record.type === 'observation' ? null : record.status),
      ({ record }) => (record.type === 'open' ? null : record.mediumSerial),
      ({ record }) =>
        record.type === 'purchase' ? record.product.id : record.type === 'validation' ? record.productId : null,
    ),
  );
}

/** The records of one stored batch, in order. */
export async function storedRecords(sql: Sql, receipt: number): Promise<JournalRecord[]> {
  const [batch] = await sql.rows<{ form: BatchForm; body: Buffer }>('select form, body from batch where receipt = $1', [
    receipt,
  ]);
  if (!batch) throw new Error(`batch ${receipt} is missing`);
  return readBody(batch.form, inflateRawSync(batch.body)).records.map(({ record }) => record);
}

/** The batches after `receipt`, a few at a time. */
export async function storedBatches(sql: Sql, receipt: number, limit: number) {
  const rows = await sql.rows<{ receipt: number; form: BatchForm; body: Buffer }>(
    'select receipt, form, body from batch where receipt > $1 order by receipt limit $2',
    [receipt, limit],
  );
  return rows.map(({ receipt, form, body }) => {
    const parsed = readBody(form, inflateRawSync(body));
    return { receipt, records: parsed.records, claims: chainClaimsOf(parsed) };
  });
}
