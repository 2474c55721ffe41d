/** Bytes that PostgreSQL keeps, by table and index. */
import type pg from 'pg';
import { formatCount } from '../text.ts';

export interface Relation {
  readonly table: string;
  /** Null for the table itself, with what it keeps out of line. */
  readonly index: string | null;
  readonly bytes: number;
}

/** Of the schema that comes first in the search path. */
export async function relationsOf(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<{ table: string; index: string | null; bytes: string }>(
    `select c.relname as table, null as index, pg_table_size(c.oid) as bytes
     from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'm')
     union all
     select c.relname, x.relname, pg_relation_size(x.oid)
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'm')
     order by bytes desc`,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

export const bytesOf = (relations: readonly Relation[]): number => relations.reduce((sum, { bytes }) => sum + bytes, 0);

/** The largest; what is less than a byte a record is left out. */
export function diskLines(relations: readonly Relation[], records: number): string[] {
  const large = relations.filter(({ bytes }) => bytes >= records);
  return [
    `bytes on disk a record, of ${formatCount(records)} records`,
    ...large.map(({ table, index, bytes }) => `  ${(bytes / records).toFixed(1).padStart(7)}  ${index ?? table}`),
  ];
}
