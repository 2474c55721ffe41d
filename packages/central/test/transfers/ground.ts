/** The centre's tables with phones in them, below the centre: what it is told by other ways than batches is written here as it would. */
import { DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { fixClockTolerance, migrate } from '../../src/database/schema.ts';
import { receive } from '../../src/receive/receive.ts';
import { reconcileRound } from '../../src/reconcile/round.ts';
import { Gate } from '../../src/registry/gate.ts';
import { Remembered } from '../../src/remembered.ts';
import { keepSaid } from '../../src/transfers/said.ts';
import { journalPiece } from '../incremental.ts';
import type { World } from './worlds.ts';

export interface Ground {
  readonly database: Database;
  readonly receive: (records: readonly JournalRecord[]) => Promise<void>;
  readonly reconcile: () => Promise<void>;
  readonly hear: (world: Pick<World, 'heard' | 'said' | 'orders' | 'reclaimed'>) => Promise<void>;
}

/** @param at `null`, a directory, or the address of a PostgreSQL */
export async function groundAt(at: string | null): Promise<Ground> {
  const database = await openDatabase(at);
  await migrate(database);
  const clockTolerance = await fixClockTolerance(database, undefined, DEFAULT_CONFIGURATION.clockTolerance);
  const remembered = new Remembered();
  const gate = new Gate(() => false);
  return {
    database,
    receive: async (records) => {
      await receive(database, [journalPiece(records)], { now: 0, gate, judge: undefined, remembered });
    },
    reconcile: async () => {
      while ((await reconcileRound(database, { clockTolerance, processors: 1 }, remembered)) !== null);
    },
    async hear({ heard, said, orders, reclaimed }) {
      for (const phone of heard.phones) {
        await database.rows(`insert into terminal (terminal, name, role, state) values ($1, '', 'wallet', 'invited')`, [
          phone,
        ]);
        await database.rows(`insert into phone (terminal, recovery_digest, registered_at) values ($1, $2, 0)`, [
          ...[phone, Buffer.from(String(phone))],
        ]);
      }
      for (const { medium, serial, kind, amount } of orders) {
        const action = JSON.stringify({ medium, serial, kind, amount });
        await database.rows('insert into ordered_action values ($1, $2, $3)', [medium, serial, action]);
      }
      for (const { terminal, serial } of reclaimed) {
        await database.rows(
          `insert into phone_wish (terminal, id, kind, amount, serial, answer, action_serial, at)
           values ($1, $2, 'reclaim', 0, $3, 'granted', 9, 0)`,
          [terminal, `W${serial}`, serial],
        );
      }
      for (const one of said) await keepSaid(database, one);
    },
  };
}
