/** Which centre a seed's world has: nearly always the deciding code in memory, now and then on a database. */
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

/** @param postgres where databases may be made; asked for only of the engine of that name */
export function centresOf(engine: Engine, postgres: string | null): OpenAudited {
  // The second centre of a world is always in memory: two engines must come to the same state.
  let isFirst = true;
  return (settings) => {
    const own = isFirst ? engine : 'memory';
    isFirst = false;
    if (own === 'embedded') return openEmbedded(settings);
    if (own === 'postgres' && postgres !== null) return openPostgres(postgres, settings);
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

async function openEmbedded(settings: Settings): Promise<AuditedCentral> {
  const directory = await mkdtemp(path.join(tmpdir(), 'retap-swarm-'));
  return openKept(path.join(directory, 'central'), settings, () => rm(directory, { recursive: true, force: true }));
}

/** In a database of its own, which is gone afterwards. */
async function openPostgres(url: string, settings: Settings): Promise<AuditedCentral> {
  const name = `retap_swarm_${process.pid}_${Math.floor(performance.now() * 1000)}`;
  await onServer(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return openKept(own.href, settings, () => onServer(url, `drop database ${name} with (force)`));
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
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
