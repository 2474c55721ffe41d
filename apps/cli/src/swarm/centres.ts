/** Which centre a seed's world has: nearly always the deciding code in memory, now and then on a database. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Central, openCentral } from '@retap/central';
import { type MemoryCentral, openMemoryCentral } from '@retap/central/memory';
import type { AuditedCentral, OpenAudited } from '@retap/simulator';
import pg from 'pg';

export const ENGINES = ['memory', 'embedded', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];

/** Of so many seeds, one on each of the others: a world there takes as long as many in memory. */
const EMBEDDED_EVERY = 50;
const POSTGRES_EVERY = 200;

/** By the seed alone, so that a seed replays alike whatever else runs. */
export function engineOf(seed: number, hasPostgres: boolean): Engine {
  if (hasPostgres && seed % POSTGRES_EVERY === 0) return 'postgres';
  return seed % EMBEDDED_EVERY === 0 ? 'embedded' : 'memory';
}

/** Where the swarm may make databases; what is left there after Ctrl-C goes with {@link clearPlace}. */
export interface Place {
  /** A directory for embedded ones. */
  readonly folder: string;
  /** A PostgreSQL; null where none was named. */
  readonly postgres: string | null;
  /** Begins the name of each database there. */
  readonly prefix: string;
}

export async function makePlace(postgres: string | null, prefix: string): Promise<Place> {
  return { folder: await mkdtemp(path.join(tmpdir(), 'retap-swarm-')), postgres, prefix };
}

/** With whatever threads left there that were stopped in the middle. */
export async function clearPlace({ folder, postgres, prefix }: Place): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  if (postgres === null) return;
  await onServer(postgres, async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    for (const { datname } of rows) {
      if (datname.startsWith(prefix)) await client.query(`drop database if exists ${datname} with (force)`);
    }
  });
}

export function centresOf(engine: Engine, place: Place): OpenAudited {
  // The second centre of a world is always in memory: two engines must come to the same state.
  let isFirst = true;
  return (settings) => {
    const own = isFirst ? engine : 'memory';
    isFirst = false;
    if (own === 'embedded') return openEmbedded(place, settings);
    if (own === 'postgres' && place.postgres !== null) return openPostgres(place.postgres, place.prefix, settings);
    return openMemory(settings);
  };
}

type Settings = Parameters<OpenAudited>[0];

async function openMemory(settings: Settings): Promise<AuditedCentral> {
  const audited = (central: MemoryCentral): AuditedCentral => ({
    ...offeredBy(central),
    reopen: async () => audited(central.reopened()),
    edit: async (medium) => isBalanceEdited(central, medium),
    close: () => central.close(),
  });
  return audited(await openMemoryCentral(settings));
}

/** As who has the rights of the database's owner can; only in memory, for of the others the same check is proved elsewhere. */
function isBalanceEdited(central: MemoryCentral, medium: string): boolean {
  let isEdited = false;
  central.edit((tables) => {
    const table = tables.named(medium);
    const account = table?.account;
    if (!table || !account?.tip) return;
    table.account = { ...account, tip: { ...account.tip, balance: account.tip.balance + 1 } };
    isEdited = true;
  });
  return isEdited;
}

async function openEmbedded({ folder }: Place, settings: Settings): Promise<AuditedCentral> {
  const directory = await mkdtemp(path.join(folder, 'world-'));
  return openKept(path.join(directory, 'central'), settings, () => rm(directory, { recursive: true, force: true }));
}

/** In a database of its own, which is gone afterwards. */
async function openPostgres(url: string, prefix: string, settings: Settings): Promise<AuditedCentral> {
  const name = `${prefix}${randomUUID().replaceAll('-', '')}`;
  await onServer(url, (client) => client.query(`create database ${name}`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  const remove = (): Promise<void> => onServer(url, (client) => client.query(`drop database ${name} with (force)`));
  return openKept(own.href, settings, remove);
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function openKept(
  database: string,
  { clockTolerance }: Settings,
  remove: () => Promise<void>,
): Promise<AuditedCentral> {
  const open = (): Promise<Central> => openCentral({ database, clockTolerance, now: () => 0 });
  const audited = (central: Central): AuditedCentral => ({
    ...offeredBy(central),
    reopen: async () => {
      await central.close();
      return audited(await open());
    },
    close: async () => {
      await central.close();
      await remove();
    },
  });
  return audited(await open());
}

function offeredBy(central: Central | MemoryCentral): Omit<AuditedCentral, 'reopen' | 'close'> {
  return {
    receive: (batches) => central.receive(batches),
    reconcile: () => central.reconcile(),
    drain: () => central.drain(),
    report: (asOf, configuration) => central.report(asOf, configuration),
    alerts: (asOf, options) => central.alerts(asOf, options),
    rebuild: () => central.rebuild(),
    check: (asOf, configuration) => central.check(asOf, configuration),
  };
}
