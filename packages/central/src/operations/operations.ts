/** How the centre is, read from its database and from what this process has counted. */
import type { Time } from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import { unknownMigration } from '../database/schema.ts';
import type { Round } from '../reconcile/round.ts';
import { fleetOf } from './fleet.ts';
import type { Backlog, Operations, RoundCounts, Unfitness } from './port.ts';
import { standingOf } from './standing.ts';

/** What this process has reconciled. */
export class Rounds {
  #counts: RoundCounts = { rounds: 0, records: 0, careful: 0 };

  get counts(): RoundCounts {
    return this.#counts;
  }

  note({ records, careful }: Round): void {
    const { rounds, records: before, careful: carefulBefore } = this.#counts;
    this.#counts = { rounds: rounds + 1, records: before + records, careful: carefulBefore + careful };
  }
}

export function operationsOf(database: Database, rounds: Rounds, now: () => Time): Operations {
  return {
    connections: () => database.connections(),
    faults: () => database.faults(),
    rounds: () => rounds.counts,
    backlog: () => backlogOf(database, now()),
    fleet: (options) => fleetOf(database, options, now()),
    standing: () => standingOf(database, now()),
    probe: () => probe(database, now()),
  };
}

async function backlogOf(sql: Sql, now: Time): Promise<Backlog> {
  const [row] = await sql.rows<Backlog>(
    `select greatest(g.received - c.reconciled, 0) as batches,
       (select $1::bigint - received_at from batch where receipt > c.reconciled order by receipt limit 1) as "oldestMs"
     from progress g, (select min(reconciled) as reconciled from partition) c`,
    [now],
  );
  if (!row) throw new Error('the progress row is missing');
  return row;
}

async function probe(database: Database, now: Time): Promise<Unfitness | null> {
  if ((await unknownMigration(database)) !== null) return 'database-newer';
  const [mode] = await database.rows<{ readOnly: string }>(
    `select current_setting('transaction_read_only') as "readOnly"`,
  );
  if (mode?.readOnly === 'on') return 'database-read-only';
  // A row of its own: the one that orders receiving is busy, and a question about health must not stand in its way.
  await database.rows(
    "insert into setting values ('probed_at', $1) on conflict (name) do update set value = excluded.value",
    [String(now)],
  );
  return null;
}
