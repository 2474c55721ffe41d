/**
 * Stage two, by medium: one SQL transaction claims partitions, reads what waits for them, decides, writes, and moves
 * their cursors. A crash before the commit leaves everything as it was; after it, nothing is read twice.
 */
import { touchMedia } from '../alert-work/touch.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Remembered } from '../remembered.ts';
import { type ClaimOptions, claimPartitions, moveCursors } from './claim.ts';
import type { Fact } from './fact.ts';
import { type Decided, reconcile } from './reconcile.ts';
import { catchUpOnOthers, keepPeriods } from './sql/exceptional.ts';
import { SqlStore, waitingRecords } from './sql/store.ts';

export interface RoundOptions extends ClaimOptions {
  readonly clockTolerance: number;
  /** How long each statement may take, in milliseconds; default: as all others. Bounds a round (`RECORDS_WANTED`). */
  readonly statementMs?: number;
}

export interface Round {
  readonly records: number;
  /** Of these, decided on the careful path. */
  readonly careful: number;
}

/**
 * @param remembered of this process
 * @returns null where nothing waits, or everything that waits is claimed by others
 */
export async function reconcileRound(
  database: Database,
  options: RoundOptions,
  remembered: Remembered,
): Promise<Round | null> {
  const done = await database.transaction((sql) => roundIn(sql, options, remembered), options.statementMs);
  if (done === null) return null;
  const { claim, fresh, decided } = done;
  remembered.keepRound(claim, decided?.changes.accounts ?? []);
  return { records: fresh.length, careful: decided?.careful ?? 0 };
}

async function roundIn(sql: Sql, options: RoundOptions, remembered: Remembered) {
  const claim = await claimPartitions(sql, options);
  if (claim === null) return null;
  const behind = claim.partitions.filter(({ indexed, reconciled }) => indexed < reconciled).map(({ id }) => id);
  if (behind.length > 0) await catchUpOnOthers(sql, behind);
  const fresh = await waitingRecords(sql, claim, remembered);
  await keepPeriods(sql, fresh);
  const store = new SqlStore(sql, claim, remembered);
  const decided = fresh.length > 0 ? await reconcile(store, fresh, options.clockTolerance) : null;
  if (decided) await touchAlerts(sql, fresh, decided);
  await moveCursors(sql, claim);
  return { claim, fresh, decided };
}

/** Media of which alerts may come or go by this round: nearly none of those that go straight. */
async function touchAlerts(
  sql: Sql,
  fresh: readonly Fact[],
  { exceptional, changes: { conditions, pending, accounts } }: Decided,
): Promise<void> {
  const [watch] = await sql.rows<{ ahead_of: number | null }>('select ahead_of from alert_watch');
  const aheadOf = watch?.ahead_of ?? Number.POSITIVE_INFINITY;
  await touchMedia(sql, [
    ...exceptional,
    ...conditions.map(({ owner }) => owner.mediumId),
    ...pending.map(({ mediumId }) => mediumId),
    ...fresh.filter(({ balance }) => balance < 0).map(({ mediumId }) => mediumId),
    ...accounts.filter(({ maxTime }) => maxTime > aheadOf).map(({ mediumId }) => mediumId),
  ]);
}
