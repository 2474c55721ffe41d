/** Schemas of the bench's own: nothing stays behind, and what is there is not touched. */
import pg from 'pg';
import { UsageError } from '../failure.ts';

export interface Bench {
  /** For a centre: in the schema. */
  readonly url: string;
  readonly client: pg.Client;
}

const SCHEMA = 'retap_bench';
/** Whoever has it may drop the schema. */
const LOCK = 1_919_251_569;

export async function inSchema<Result>(database: string, work: (bench: Bench) => Promise<Result>): Promise<Result> {
  const url = new URL(database);
  url.searchParams.set('options', `-c search_path=${SCHEMA}`);
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [LOCK]);
    if (!rows[0]?.locked) throw new UsageError('another retap bench is at work in this database');
    return await inOwnSchema({ url: url.toString(), client }, work);
  } finally {
    await client.end();
  }
}

async function inOwnSchema<Result>(bench: Bench, work: (bench: Bench) => Promise<Result>): Promise<Result> {
  const { client } = bench;
  try {
    await client.query(`drop schema if exists ${SCHEMA} cascade; create schema ${SCHEMA}`);
    return await work(bench);
  } finally {
    await client.query(`drop schema if exists ${SCHEMA} cascade`);
  }
}

/** So that nobody pays for what was written before. Needs a role that may; without it the figures are noisier. */
export async function settle(client: pg.Client): Promise<void> {
  await client.query('checkpoint').catch((error: { readonly code?: string }) => {
    if (error.code !== '42501') throw error;
  });
}
