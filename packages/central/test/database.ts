/** Databases for tests, and a way into them past the centre. */
import type { TestPostgres } from '@retap/testkit';
import pg from 'pg';
import { openCentral } from '../src/index.ts';

/** Runs statements as the centre's owner might by mistake, or an intruder by intent. */
export async function sqlIn<Row extends pg.QueryResultRow>(
  database: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(text, values);
    return rows;
  } finally {
    await client.end();
  }
}

/** A session of somebody else in the midst of a transaction. @returns ends it */
export async function inTransaction(database: string, text: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => {});
  await client.connect();
  await client.query('begin');
  await client.query(text);
  return () => client.end();
}

/** A database with the centre's tables and nothing in them, to make others of. */
export async function emptyTemplate(postgres: TestPostgres, name = 'empty'): Promise<string> {
  const database = await postgres.createDatabase(name);
  const central = await openCentral({ database, now: () => 0 });
  await central.close();
  await sqlIn(database, 'delete from setting'); // each copy fixes its own clock tolerance
  return name;
}
