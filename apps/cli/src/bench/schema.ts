/** Schemas of the bench's own: nothing stays behind, and what is there is not touched. */
import pg from 'pg';

export interface Bench {
  /** For a centre: in the schema. */
  readonly url: string;
  readonly client: pg.Client;
}

const SCHEMA = 'retap_bench';

export async function inSchema<Result>(database: string, work: (bench: Bench) => Promise<Result>): Promise<Result> {
  const url = new URL(database);
  url.searchParams.set('options', `-c search_path=${SCHEMA}`);
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await client.query(`drop schema if exists ${SCHEMA} cascade; create schema ${SCHEMA}`);
    return await work({ url: url.toString(), client });
  } finally {
    await client.query(`drop schema if exists ${SCHEMA} cascade`);
    await client.end();
  }
}

/** So that nobody pays for what was written before. Needs a role that may; without it the figures are noisier. */
export async function settle(client: pg.Client): Promise<void> {
  await client.query('checkpoint').catch((error: { readonly code?: string }) => {
    if (error.code !== '42501') throw error;
  });
}
