/** One code path over PostgreSQL and the embedded database. */
import pg from 'pg';
import { CentralError } from '../error.ts';
import { openEmbedded } from './embedded.ts';
import { types } from './types.ts';
import { connected } from './unreachable.ts';

/**
 * Whoever holds this may ask the database; inside a transaction only through the one handed out by it.
 * @throws CentralError `database-unreachable` where the connection breaks, from whatever is asked
 */
export interface Sql {
  /** Rows as objects. */
  rows<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Several statements without parameters. */
  script(text: string): Promise<void>;
}

export interface Database extends Sql {
  readonly engine: 'embedded' | 'postgresql';
  /** All of `work`, or nothing. On the embedded engine there is one connection: `work` must use only its own `Sql`. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** What the database held at one moment, for long reading; on the embedded engine nothing else can be done meanwhile. */
  snapshot(): Promise<{ readonly sql: Sql; release(): Promise<void> }>;
  close(): Promise<void>;
}

/** @throws CentralError */
export async function openDatabase(database: string | null): Promise<Database> {
  if (database !== null && /^postgres(ql)?:\/\//.test(database)) return openPostgres(database);
  const embedded = await openEmbedded(database);
  return overPool('embedded', embedded.pool, embedded.close);
}

async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString: url, types, max: 8, connectionTimeoutMillis: 10_000 });
  pool.on('error', () => {}); // an idle connection broke; the next query opens another one or reports
  // One in use broke: its query reports. Without a listener Node would end the whole process for it.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    const { rows } = await pool.query<{ version: string }>("select current_setting('server_version_num') as version");
    const version = Number(rows[0]?.version);
    if (version < 150_000) {
      throw new CentralError('database-unusable', `PostgreSQL 15 or later is needed; this one is ${version / 10_000}`);
    }
  } catch (error) {
    await pool.end();
    if (error instanceof CentralError) throw error;
    throw new CentralError(
      'database-unreachable',
      `${withoutPassword(url)}: ${(error as Error).message || 'no answer'}`,
      {
        cause: error,
      },
    );
  }
  return overPool('postgresql', pool, () => pool.end());
}

function overPool(engine: Database['engine'], pool: pg.Pool, close: () => Promise<void>): Database {
  return {
    engine,
    ...over(pool),
    async transaction(work) {
      const client = await connected(() => pool.connect());
      let broken: Error | undefined;
      try {
        await connected(() => client.query('begin'));
        const result = await work(over(client));
        await connected(() => client.query('commit'));
        return result;
      } catch (error) {
        await client.query('rollback').catch((fault: Error) => {
          broken = fault; // the connection is gone; the database rolls back by itself
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    async snapshot() {
      const client = await connected(() => pool.connect());
      try {
        await connected(() => client.query('begin isolation level repeatable read read only'));
      } catch (error) {
        client.release(error as Error);
        throw error;
      }
      const release = async () => {
        await client.query('rollback').then(
          () => client.release(),
          (fault: Error) => client.release(fault),
        );
      };
      return { sql: over(client), release };
    },
    close,
  };
}

function over(client: pg.Pool | pg.PoolClient): Sql {
  return {
    async rows<Row>(text: string, params: readonly unknown[] = []) {
      const result = await connected(() => client.query(text, [...params]));
      return result.rows as Row[];
    },
    async script(text) {
      await connected(() => client.query(text));
    },
  };
}

/** For a message: no password, wherever in the URL it stands, and none of a URL in which it cannot be told. */
function withoutPassword(url: string): string {
  const scheme = url.slice(0, url.indexOf('://'));
  if (!URL.canParse(url)) return `${scheme}://…`;
  const { username, host, pathname } = new URL(url);
  // A slash that is not escaped ends the password early: what is left of it would pass for the database's name.
  if (pathname.includes('@')) return `${scheme}://…`;
  return `${scheme}://${username === '' ? '' : `${username}@`}${host}${pathname}`;
}
