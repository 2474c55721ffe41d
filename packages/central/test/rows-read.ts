/** What a call of the centre costs, in rows that PostgreSQL reads for it: unlike time, the same on every machine. */
import { type Central, openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';

/** Rows and index entries read so far in all tables of the centre. */
async function rowsRead(database: string): Promise<Record<string, number>> {
  const rows = await sqlIn<{ name: string; rows: number }>(
    database,
    `select relname as name, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
       + (select coalesce(sum(i.idx_tup_read), 0) from pg_stat_user_indexes i where i.relid = t.relid))::float8 as rows
     from pg_stat_user_tables t`,
  );
  return Object.fromEntries(rows.map(({ name, rows: read }) => [name, read]));
}

/** Rows and index entries that were read, all in all and by table. */
export interface Cost {
  readonly total: number;
  readonly of: Readonly<Record<string, number>>;
}

/** Of one call. The centre is opened for it and closed after it, for PostgreSQL counts when a connection ends. */
export async function costOf(database: string, work: (central: Central) => Promise<unknown>): Promise<Cost> {
  const before = await rowsRead(database);
  const central = await openCentral({ database, now: () => 0 });
  await work(central);
  await central.close();
  await counted(database);
  const after = await rowsRead(database);
  const read = Object.entries(after).map(([name, rows]) => [name, rows - (before[name] ?? 0)] as const);
  return {
    total: read.reduce((sum, [, rows]) => sum + rows, 0),
    of: Object.fromEntries(read.filter(([, rows]) => rows > 0)),
  };
}

async function counted(database: string): Promise<void> {
  for (let others = 1; others > 0; ) {
    const rows = await sqlIn(
      database,
      `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    others = rows.length;
  }
}
