/** Rebuild: makes everything but the batches anew from the batches. */
import { lockWatch } from './alert-work/touch.ts';
import type { Database } from './database/database.ts';
import type { ProofJudge } from './port.ts';
import { forgetProofs } from './proof/judging.ts';
import { lockProgress } from './receive/progress.ts';
import { storedBatches } from './receive/repeats.ts';
import { recordBatches } from './receive/sql-store.ts';

const BATCHES_A_STEP = 50;

/** Forgets all that was made of the batches; {@link catchUp} and reconciling make it again, however often they are killed. */
export function forgetAll(database: Database): Promise<void> {
  return database.transaction(async (sql) => {
    await lockWatch(sql);
    await lockProgress(sql);
    // Before the tables: whoever reconciles holds partitions first and reads the tables then, and would wait for us as we for it.
    await sql.rows('select from partition order by id for update');
    await sql.script(`
      truncate medium, record, purchase, medium_log, journal_run, time_disorder, conflict,
        account, uncommitted, synchronization, product, pending_validation, clone_member, condition, period, exceptional, exceptional_until,
        chain_link, chain_break, carried_action, transfer_out, transfer_in, transfer_doubt, transfer_unsettled,
        alert_touched restart identity;
      update partition set reconciled = 0, indexed = 0;
      update alert_watch set started = false, waits_for = (select received from progress);
      update progress set recorded = 0, latest_time = 0, epoch = epoch + 1;
    `);
    await forgetProofs(sql);
  });
}

/**
 * Records some of the batches that are received and not yet recorded: where a rebuild has forgotten them, or was killed.
 * @returns how many are left
 */
export async function catchUp(database: Database, judge: ProofJudge | undefined): Promise<number> {
  const [behind] = await database.rows('select from progress where recorded < received'); // without the lock: nearly always none
  if (!behind) return 0;
  return database.transaction(async (sql) => {
    const { received, recorded, epoch } = await lockProgress(sql);
    if (recorded === received) return 0;
    const batches = await storedBatches(sql, recorded, BATCHES_A_STEP);
    await recordBatches(sql, batches, { judge, epoch });
    return received - (batches.at(-1)?.receipt ?? received);
  });
}
