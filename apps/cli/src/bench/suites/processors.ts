/** Two processes on one database against one, and how much of their time they wait for each other's locks. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openCentral } from '@retap/central';
import type pg from 'pg';
import type { ProcessorOrder, ProcessorWord } from '../processor.ts';
import { proven } from '../proven.ts';
import { inSchema, settle } from '../schema.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';

// Compiled it lies beside us with our own ending.
const PROGRAM = new URL(`../processor${path.extname(fileURLToPath(import.meta.url))}`, import.meta.url);
const SAMPLE_MS = 20;
const BATCH = 1_000;
const FLIGHTS = 16;

export const processors: Suite = {
  name: 'processors',
  ids: ['processors-1', 'processors-2', 'processors-ratio', 'processors-lock-waits'],
  async pass(context: BenchContext): Promise<Measured> {
    const one = await processesOf(1, context);
    const two = await processesOf(2, context);
    return {
      'processors-1': one.perSecond,
      'processors-2': two.perSecond,
      'processors-ratio': two.perSecond / one.perSecond,
      'processors-lock-waits': two.lockWaits,
    };
  },
};

interface Processes {
  readonly perSecond: number;
  /** Share of the samples of their sessions under way in which one waited for a lock. */
  readonly lockWaits: number;
}

function processesOf(count: number, { database, sizes, seed, shell, check, doing }: BenchContext): Promise<Processes> {
  const { records } = sizes;
  return inSchema(database, async ({ url, client }) => {
    doing(`${count} of 2 processes, making ${records} records`);
    const central = await openCentral({ database: url, now: shell.now });
    const children = Array.from({ length: count }, () => fork(PROGRAM, { execArgv: process.execArgv }));
    try {
      const order = { database: url, records, seed, batch: BATCH, exceptional: 0.01, processes: count };
      await Promise.all(
        children.map((child, own) => {
          child.send({ ...order, flights: FLIGHTS / count, process: own } satisfies ProcessorOrder);
          return word(child, 'ready');
        }),
      );
      await settle(client);
      doing(`${count} of 2 processes at work`);
      const waits = new LockWaits(client);
      const start = shell.elapsed();
      const watching = waits.watch();
      await Promise.all(
        children.map((child) => {
          child.send('go');
          return word(child, 'done');
        }),
      );
      const seconds = (shell.elapsed() - start) / 1_000;
      waits.end();
      await watching;
      await proven(central, records, check);
      return { perSecond: records / seconds, lockWaits: waits.share };
    } finally {
      for (const child of children) child.kill();
      await central.close();
    }
  });
}

/** @throws Error where the process ends before it has said it */
async function word(child: ChildProcess, wanted: ProcessorWord): Promise<void> {
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`a process of the bench ended with status ${status}`);
  });
  ended.catch(() => {});
  const said = once(child, 'message').then(([message]) => {
    if (message !== wanted) throw new Error(`a process of the bench said ${message}`);
  });
  await Promise.race([said, ended]);
}

/** Looks at the sessions of the database, as often as makes no difference to them. */
class LockWaits {
  readonly #client: pg.Client;
  #sessions = 0;
  #waiting = 0;
  #ended = false;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  get share(): number {
    return this.#sessions === 0 ? 0 : this.#waiting / this.#sessions;
  }

  async watch(): Promise<void> {
    while (!this.#ended) {
      const { rows } = await this.#client.query<{ sessions: number; waiting: number }>(
        `select count(*)::integer as sessions, (count(*) filter (where wait_event_type = 'Lock'))::integer as waiting
         from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'`,
      );
      this.#sessions += rows[0]?.sessions ?? 0;
      this.#waiting += rows[0]?.waiting ?? 0;
      await sleep(SAMPLE_MS);
    }
  }

  end(): void {
    this.#ended = true;
  }
}
