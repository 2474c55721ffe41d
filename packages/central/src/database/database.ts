/** One code path over PostgreSQL and the embedded database. */
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { CentralError } from '../error.ts';
import type { Connections, Deadlines } from '../operations/port.ts';
import { again } from './again.ts';
import { openEmbedded } from './embedded.ts';
import { types } from './types.ts';
import { connected, isSilent } from './unreachable.ts';

/**
 * Whoever holds this may ask the database; inside a transaction only through the one handed out by it.
 * @throws CentralError `database-unreachable` where the connection breaks, from whatever is asked
 */
export interface Sql {
  /** Rows as objects. */
  rows<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Several statements without parameters. */
  script(text: string): Promise<void>;
  /**
   * Runs `copy … from stdin`, inside a transaction on PostgreSQL; absent elsewhere, for it ends the embedded engine.
   * @param rows in the format that the statement names
   */
  copyIn?(statement: string, rows: Buffer): Promise<void>;
}

export interface Database extends Sql {
  readonly engine: 'embedded' | 'postgresql';
  /**
   * All of `work`, or nothing. On the embedded engine there is one connection: `work` must use only its own `Sql`.
   * @param statementMs how long each statement may take, in milliseconds, where that is another time than for all; 0: as it wants
   */
  transaction<T>(work: (sql: Sql) => Promise<T>, statementMs?: number): Promise<T>;
  /** What the database held at one moment, for long reading; on the embedded engine nothing else can be done meanwhile. */
  snapshot(): Promise<{ readonly sql: Sql; release(): Promise<void> }>;
  /** At this moment. */
  connections(): Connections;
  /** Questions that ended with a fault of the database since it was opened, by code. */
  faults(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Without them the database may take as long as it wants. The embedded one always may: it has no other process to wait for. */
  readonly deadlines?: Deadlines;
  /** Connections to PostgreSQL at most. Default 8. */
  readonly connections?: number;
  /** Called where a connection broke: what is behind the next one may be another state of the database, restored from a backup. */
  readonly onBroken?: () => void;
}

/** @throws CentralError */
export async function openDatabase(database: string | null, options: DatabaseOptions = {}): Promise<Database> {
  if (database !== null && /^postgres(ql)?:\/\//.test(database)) return openPostgres(database, options);
  const embedded = await openEmbedded(database);
  return overPool('embedded', embedded.pool, embedded.close);
}

const CONNECTIONS = 8;
/** On top of a statement's time on the server, after which the server itself counts as gone. */
const SILENCE_MS = 2_000;

/**
 * A process that stands still in the middle of an SQL transaction (stopped, swapped out, its machine gone) holds locks that
 * others wait for: the database ends it. What the operator has set for the role, the database or in the URL stands. TCP
 * settings do nothing on a Unix socket, whose other end is on this machine.
 */
const BOUNDS = `
  set jit = off; -- compiling takes longer than any of our statements, and a planner that is held to indexes reckons it worth it
  select set_config('idle_in_transaction_session_timeout', '30s', false)
    where current_setting('idle_in_transaction_session_timeout') in ('0', '0ms');
  select set_config('tcp_user_timeout', '30s', false) where current_setting('tcp_user_timeout') in ('0', '0ms');
  set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
`;

async function openPostgres(
  url: string,
  { deadlines, connections = CONNECTIONS, onBroken = () => {} }: DatabaseOptions,
): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: connections,
    connectionTimeoutMillis: deadlines?.waitMs ?? 10_000,
    onConnect: (client) => client.query(BOUNDS),
    keepAlive: true, // else a connection whose other end vanished without a word is found out only by a question
    ...(deadlines && {
      statement_timeout: deadlines.statementMs,
      lock_timeout: deadlines.waitMs,
      query_timeout: deadlines.statementMs + SILENCE_MS,
      // A centre that stands still in the middle of receiving would hold up all others.
      idle_in_transaction_session_timeout: deadlines.statementMs,
    }),
  });
  pool.on('error', onBroken); // an idle connection broke; the next query opens another one or reports
  // One in use broke: its query reports. Without a listener Node would end the whole process for it.
  pool.on('connect', (client) => client.on('error', onBroken));
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
  return overPool('postgresql', pool, () => pool.end(), deadlines);
}

function overPool(
  engine: Database['engine'],
  pool: pg.Pool,
  close: () => Promise<void>,
  deadlines?: Deadlines,
): Database {
  const faults = new Map<string, number>();
  const ask: Ask = (question) =>
    connected(question).catch((error) => {
      if (error instanceof CentralError) faults.set(error.code, (faults.get(error.code) ?? 0) + 1);
      throw error;
    });
  const attempt = async <T>(work: (sql: Sql) => Promise<T>, statementMs: number | undefined): Promise<T> => {
    const client = await ask(() => pool.connect());
    let broken: Error | undefined;
    try {
      const own = deadlines && statementMs !== undefined ? statementMs : null;
      await ask(() => client.query(own === null ? 'begin' : beginWithin(own)));
      const result = await work({ ...over(client, ask, own), ...(engine === 'postgresql' && copying(client, ask)) });
      await ask(() => client.query('commit'));
      return result;
    } catch (error) {
      // What does not answer would not answer to a rollback either.
      if (isSilent(error)) broken = error as Error;
      else {
        await client.query('rollback').catch((fault: Error) => {
          broken = fault; // the connection is gone; the database rolls back by itself
        });
      }
      throw error;
    } finally {
      client.release(broken);
    }
  };
  return {
    engine,
    ...over(pool, ask),
    transaction: (work, statementMs) => again(() => attempt(work, statementMs)),
    async snapshot() {
      const client = await ask(() => pool.connect());
      try {
        await ask(() => client.query('begin isolation level repeatable read read only'));
        // It holds no row, and whoever reads it may take their time.
        await ask(() => client.query('set local idle_in_transaction_session_timeout = 0'));
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
      return { sql: over(client, ask), release };
    },
    connections: () => ({
      max: pool.options.max,
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    faults: () => Object.fromEntries(faults),
    close,
  };
}

/** Locks too, for who may take long may wait long: a migration waits for the one before it. */
function beginWithin(statementMs: number): string {
  return `begin; set local statement_timeout = ${statementMs}; set local lock_timeout = ${statementMs}`;
}

type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** @param statementMs where each statement may take another time than the connection's; 0: as it wants; null: the connection's */
function over(client: pg.Pool | pg.PoolClient, ask: Ask, statementMs: number | null = null): Sql {
  // Node takes no timer beyond 24 days.
  const query_timeout = statementMs === 0 ? 2 ** 31 - 1 : (statementMs ?? 0) + SILENCE_MS;
  const own = statementMs === null ? {} : { query_timeout };
  return {
    async rows<Row>(text: string, params: readonly unknown[] = []) {
      const result = await ask(() => client.query({ text, values: [...params], ...own }));
      return result.rows as Row[];
    },
    async script(text) {
      await ask(() => client.query({ text, ...own }));
    },
  };
}

function copying(client: pg.PoolClient, ask: Ask): Pick<Required<Sql>, 'copyIn'> {
  return {
    copyIn: (statement, rows) =>
      ask(
        () =>
          new Promise<void>((resolve, reject) => {
            const stream = client.query(copyFrom(statement));
            stream.on('error', reject); // for good: where the connection breaks it comes once for the query and once for its end
            stream.on('finish', resolve);
            stream.end(rows);
          }),
      ),
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
