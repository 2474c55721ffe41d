/**
 * The yardstick: binary COPY of the rows that a centre has made of the same records, into a table with the same columns and
 * indexes. The rows are taken from the centre as COPY gives them, so that the yardstick follows the schema.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Shell } from '../shell.ts';

/** Header of the format, flags and the length of an extension: none. */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);
const CHUNK_ROWS = 1_000;
const TABLE = 'raw_record';

/** Rows in the format of binary COPY, less header and trailer. */
export class CopiedRows {
  readonly #rows: Buffer;
  /** Where each row begins, and where the last one ends. */
  readonly #starts: readonly number[];

  constructor(bytes: Buffer) {
    const starts: number[] = [];
    let at = HEADER.length;
    for (let fields = bytes.readInt16BE(at); fields !== -1; fields = bytes.readInt16BE(at)) {
      starts.push(at);
      at += 2;
      for (let field = 0; field < fields; field += 1) at += 4 + Math.max(0, bytes.readInt32BE(at));
    }
    this.#rows = bytes;
    this.#starts = [...starts, at];
  }

  /** @param source a table, or a query in parentheses */
  static async of(client: pg.Client, source: string): Promise<CopiedRows> {
    const chunks: Buffer[] = [];
    for await (const chunk of client.query(copyTo(`copy ${source} to stdout (format binary)`))) chunks.push(chunk);
    return new CopiedRows(Buffer.concat(chunks));
  }

  get count(): number {
    return this.#starts.length - 1;
  }

  slice(from: number, to: number): Buffer {
    return this.#rows.subarray(this.#starts[from], this.#starts[Math.min(to, this.count)]);
  }
}

/** @param rowsACommit all in one go unless given @returns rows a second */
export async function rawCopy(
  client: pg.Client,
  rows: CopiedRows,
  shell: Shell,
  rowsACommit = Number.POSITIVE_INFINITY,
): Promise<number> {
  await client.query(`drop table if exists ${TABLE}; create table ${TABLE} (like record including all)`);
  const start = shell.elapsed();
  for (let from = 0; from < rows.count; from += rowsACommit) {
    await copyInto(client, TABLE, rows, from, Math.min(rows.count, from + rowsACommit));
  }
  const seconds = (shell.elapsed() - start) / 1_000;
  const { rows: counted } = await client.query<{ count: string }>(`select count(*) from ${TABLE}`);
  if (Number(counted[0]?.count) !== rows.count) throw new Error('COPY did not keep every row: its rate means nothing');
  await client.query(`drop table ${TABLE}`);
  return rows.count / seconds;
}

/** In one go. */
export async function copyInto(
  client: pg.Client,
  table: string,
  rows: CopiedRows,
  from = 0,
  to = rows.count,
): Promise<void> {
  const chunks: Buffer[] = [HEADER];
  for (let at = from; at < to; at += CHUNK_ROWS) chunks.push(rows.slice(at, Math.min(to, at + CHUNK_ROWS)));
  chunks.push(TRAILER);
  await pipeline(Readable.from(chunks), client.query(copyFrom(`copy ${table} from stdin (format binary)`)));
}
