/**
 * A throw-away PostgreSQL for tests: a real server in a temporary directory, reached through a Unix socket that only
 * its owner may open. It syncs to disk as in service, so what a test says about kill −9 is meant.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startGuard } from './postgres/guard.ts';
import { findBinaries, type Owner, PostgresError, serverOwner } from './postgres/installation.ts';

const START_ATTEMPTS = 600;
const START_PAUSE_MS = 50;
const run = promisify(execFile);

export interface PostgresOptions {
  /** Settings as in postgresql.conf. Default: the server's own, `fsync` on. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface TestPostgres {
  /** `postgresql://…` of the database `postgres`, as superuser. */
  readonly url: string;
  /** Makes a database, a copy of `template` where one is named (50 ms; nobody may be connected to it). Returns its URL. */
  createDatabase(name?: string, template?: string): Promise<string>;
  /** As a power cut would, but for what the operating system still holds in its cache: kill −9 of the whole server. */
  kill9(): Promise<void>;
  /** As an operator does. `fast`: connections are cut, data is written. `immediate`: it recovers when it starts again. */
  shutDown(how: 'fast' | 'immediate'): Promise<void>;
  /** Path of one of PostgreSQL's programs of the same version, as `pg_dump`. */
  program(name: string): string;
  /** Starts it again after {@link kill9} or {@link shutDown}, at the same URL; resolves when it has recovered. */
  restart(): Promise<void>;
  /** Stops the server and removes all its data. */
  stop(): Promise<void>;
}

/** @throws Error with code `postgres-missing` or `postgres-failed`, which says what to do. */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const binaries = await findBinaries();
  const owner = await serverOwner();
  const folder = mkdtempSync(join(tmpdir(), 'retap-postgres-'));
  chmodSync(folder, 0o700);
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  const server = new Server(binaries, folder, owner, options.settings ?? {});
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

class Server implements TestPostgres {
  readonly #binaries: string;
  readonly #folder: string;
  readonly #owner: Owner | null;
  readonly #settings: readonly string[];
  #server: ChildProcess | null = null;
  #guard: ChildProcess | null = null;
  #databases = 0;

  constructor(binaries: string, folder: string, owner: Owner | null, settings: Readonly<Record<string, string>>) {
    this.#binaries = binaries;
    this.#folder = folder;
    this.#owner = owner;
    this.#settings = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  }

  get url(): string {
    return this.#urlOf('postgres');
  }

  #urlOf(database: string): string {
    return `postgresql://postgres@${encodeURIComponent(this.#folder)}/${database}`;
  }

  async initialise(): Promise<void> {
    // A collation that is not by code point, as most servers in service have: SQL that forgets COLLATE "C" shows here.
    const collation = ['--locale=C', '--locale-provider=icu', '--icu-locale=und'];
    const access = ['--username=postgres', '--auth=trust', '--encoding=UTF8'];
    const args = ['-N', '-D', join(this.#folder, 'data'), ...access, ...collation];
    await run(join(this.#binaries, 'initdb'), args, { ...this.#owner, cwd: this.#folder }).catch((error: Error) => {
      throw new PostgresError('postgres-failed', `initdb failed: ${error.message}`);
    });
  }

  async start(): Promise<void> {
    const log = openSync(join(this.#folder, 'log'), 'a');
    const listen = ['-c', `unix_socket_directories=${this.#folder}`, '-c', 'listen_addresses='];
    const args = ['-D', join(this.#folder, 'data'), ...listen, ...this.#settings];
    const server = spawn(join(this.#binaries, 'postgres'), args, {
      ...this.#owner,
      cwd: this.#folder,
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C is for the tests; the guard stops the server after them
    });
    closeSync(log);
    server.unref();
    this.#server = server;
    await once(server, 'spawn');
    this.#guard = startGuard(server.pid ?? 0, this.#folder);
    await this.#untilReady(server);
  }

  async #untilReady(server: ChildProcess): Promise<void> {
    for (let attempt = 0; attempt < START_ATTEMPTS && server.exitCode === null; attempt++) {
      if (await answers(this.url)) return;
      await sleep(START_PAUSE_MS);
    }
    const lastLines = readFileSync(join(this.#folder, 'log'), 'utf8').trimEnd().split('\n').slice(-10).join('\n');
    throw new PostgresError('postgres-failed', `PostgreSQL did not start. The end of its log:\n${lastLines}`);
  }

  async createDatabase(name = `test_${++this.#databases}`, template = 'template1'): Promise<string> {
    await this.#query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`);
    return this.#urlOf(encodeURIComponent(name));
  }

  async #query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async kill9(): Promise<void> {
    // The postmaster's children lead process groups of their own, and would finish what they are about after its end.
    const children = await this.#query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    );
    await this.#end('SIGKILL');
    for (const { pid } of children) killIfRunning(pid);
  }

  shutDown(how: 'fast' | 'immediate'): Promise<void> {
    return this.#end(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }

  program(name: string): string {
    return join(this.#binaries, name);
  }

  async restart(): Promise<void> {
    // Until the last child of the killed server has let go of its shared memory, a new one refuses to start.
    for (let attempt = 1; ; attempt++) {
      try {
        await this.start();
        return;
      } catch (error) {
        await this.#end('SIGKILL');
        if (attempt === 10) throw error;
        await sleep(START_PAUSE_MS * attempt);
      }
    }
  }

  async stop(): Promise<void> {
    await this.#end('SIGQUIT'); // "immediate": what it would write first is thrown away
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#guard?.kill('SIGKILL');
    this.#guard = null;
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    server.ref();
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it saw the postmaster go, and went
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // a server that ends while we ask is one that does not answer
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
