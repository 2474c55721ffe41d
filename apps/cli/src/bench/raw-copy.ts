/** The yardstick: binary COPY of the same rows into a table with the same columns and indexes, in one go. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JournalRecord } from '@retap/model';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const COLUMNS = `time, last_time, amount, balance, receipt, terminal, serial, medium_id, last_terminal, medium_serial, type,
  status, has_log, extras, product_id`;

/** @param chunks from {@link encoded}, made before the clock starts: encoding is the driver's work, not the database's */
export async function copyRows(client: pg.Client, chunks: readonly Buffer[]): Promise<void> {
  await pipeline(
    Readable.from(chunks),
    client.query(copyFrom(`copy raw_record (${COLUMNS}) from stdin (format binary)`)),
  );
}

export function encoded(records: readonly JournalRecord[]): Buffer[] {
  const ids = new Map<string, number>();
  const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
  const chunks: Buffer[] = [header];
  for (let from = 0; from < records.length; from += 1_000) {
    chunks.push(Buffer.concat(records.slice(from, from + 1_000).map((record) => rowOf(record, ids))));
  }
  chunks.push(Buffer.from([0xff, 0xff]));
  return chunks;
}

function rowOf(record: JournalRecord, ids: Map<string, number>): Buffer {
  const id = ids.get(record.medium) ?? ids.size + 1;
  ids.set(record.medium, id);
  const evidence = record.type === 'open' ? null : record;
  const committed = record.type === 'observation' ? null : record;
  const product =
    record.type === 'purchase' ? record.product.id : record.type === 'validation' ? record.productId : null;
  return Buffer.concat([
    Buffer.from([0, 15]),
    int8(record.time),
    int8(evidence?.lastTime),
    int8(committed?.amount),
    int8(record.balance),
    int8(1),
    int4(record.terminal),
    int4(record.serial),
    int4(id),
    int4(evidence?.lastTerminal),
    int4(evidence?.mediumSerial),
    text(record.type),
    text(committed?.status),
    bool(evidence?.log !== undefined),
    bool(record.type === 'purchase'),
    text(product),
  ]);
}

const NULL = Buffer.from([0xff, 0xff, 0xff, 0xff]);

function int8(value: number | null | undefined): Buffer {
  if (value === null || value === undefined) return NULL;
  const field = Buffer.alloc(12);
  field.writeInt32BE(8);
  field.writeBigInt64BE(BigInt(value), 4);
  return field;
}

function int4(value: number | null | undefined): Buffer {
  if (value === null || value === undefined) return NULL;
  const field = Buffer.alloc(8);
  field.writeInt32BE(4);
  field.writeInt32BE(value, 4);
  return field;
}

function bool(value: boolean): Buffer {
  return Buffer.from([0, 0, 0, 1, value ? 1 : 0]);
}

function text(value: string | null | undefined): Buffer {
  if (value === null || value === undefined) return NULL;
  const bytes = Buffer.from(value);
  const field = Buffer.alloc(4 + bytes.length);
  field.writeInt32BE(bytes.length);
  bytes.copy(field, 4);
  return field;
}
