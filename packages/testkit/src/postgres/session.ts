/** A way into a database past the centre, as its owner has one. */
import pg from 'pg';

export interface PostgresSession {
  rows<Row extends object = Record<string, unknown>>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** @param url of a database, as `createDatabase` gives it */
export async function openSession(url: string): Promise<PostgresSession> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // the server went, or was killed: the next question says so
  await client.connect();
  return { rows: async <Row>(text: string) => (await client.query(text)).rows as Row[], close: () => client.end() };
}
