/** The embedded PostgreSQL (PGlite), made fit to keep money: one opener, and commits that reach the disk. */
import { fdatasyncSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import pg from 'pg';
import { CentralError } from '../error.ts';
import { lockDirectory } from './lock.ts';
import { copyTemplate } from './template.ts';
import { types } from './types.ts';

/** As it comes, PGlite's file system has no fsync: PostgreSQL asks, and nothing happens. */
class SyncedNodeFS extends NodeFS {
  syncs = 0;

  override async init(...args: Parameters<NodeFS['init']>) {
    const initialised = await super.init(...args);
    const { emscriptenOpts } = initialised;
    emscriptenOpts.preRun = [
      ...(emscriptenOpts.preRun ?? []),
      (module: unknown) => {
        const { NODEFS } = module as { NODEFS: { stream_ops: Record<string, unknown> } };
        NODEFS.stream_ops.fsync = (stream: { nfd: number }) => {
          fdatasyncSync(stream.nfd);
          this.syncs += 1;
          return 0;
        };
      },
    ];
    return initialised;
  }
}

export interface EmbeddedPool {
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** @param directory null: a temporary one that is removed on close, and not synced, for it is to survive nothing */
export async function openEmbedded(directory: string | null): Promise<EmbeddedPool> {
  const root = directory ?? (await mkdtemp(join(tmpdir(), 'retap-')));
  if (directory !== null) await prepareDirectory(directory);
  const unlock = await lockDirectory(root);
  const release = async () => {
    await unlock();
    if (directory === null) await rm(root, { recursive: true, force: true });
  };
  const durable = directory !== null;
  try {
    await copyTemplate(root, durable);
    return await start(root, durable, release);
  } catch (error) {
    await release();
    if (error instanceof CentralError) throw error;
    throw new CentralError('database-unusable', `the embedded database ${root} cannot be opened: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function start(root: string, durable: boolean, release: () => Promise<void>): Promise<EmbeddedPool> {
  const fs = durable ? new SyncedNodeFS(join(root, 'pgdata')) : new NodeFS(join(root, 'pgdata'));
  const startParams = PGlite.defaultStartParams.filter((param) => !(durable && param === '-F'));
  if (durable) startParams.push('-c', 'fsync=on', '-c', 'wal_sync_method=fsync');
  const pglite = new PGlite({ fs, startParams });
  await pglite.waitReady;
  const pool = new pg.Pool({
    ...createPgConfig(pglite),
    types,
    max: 1,
    idleTimeoutMillis: 0,
  } as unknown as pg.PoolConfig);
  if (fs instanceof SyncedNodeFS) await assertCommitsSync(pool, fs);
  return {
    pool,
    async close() {
      await pool.end();
      await pglite.close();
      await release();
    },
  };
}

/** Trusts nothing: a later PGlite may rename what we hook into, and would lose money in silence. */
async function assertCommitsSync(pool: pg.Pool, fs: SyncedNodeFS): Promise<void> {
  await pool.query('create table if not exists durability_probe (at bigint not null)');
  const before = fs.syncs;
  await pool.query('insert into durability_probe values (0)');
  const after = fs.syncs;
  await pool.query('truncate durability_probe');
  if (after === before) {
    throw new CentralError(
      'database-not-durable',
      'the embedded database does not sync its commits to the disk; use PostgreSQL (DATABASE_URL) and report this',
    );
  }
}

async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (error) {
    throw new CentralError(
      'database-unusable',
      `the embedded database needs a directory it may write: ${directory}: ${messageOf(error)}`,
      { cause: error },
    );
  }
  const foreign = (await readdir(directory)).filter((name) => name !== 'pgdata' && !name.startsWith('retap'));
  if (foreign.length > 0) {
    throw new CentralError(
      'database-unusable',
      `${directory} is not a database of Retap: it holds ${foreign[0]}; name an empty or new directory`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
