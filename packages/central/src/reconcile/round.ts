/**
 * Stage two, by medium: one SQL transaction claims partitions, reads what waits for them, decides, writes, and moves
 * their cursors. A crash before the commit leaves everything as it was; after it, nothing is read twice.
 */
import { touchMedia } from '../alert-work/touch.ts';
import type { Database, Sql } from '../database/database.ts';
import { type AccountRow, newAccount } from './account.ts';
import { goCarefully } from './careful/careful.ts';
import { type Changes, noChanges, writeChanges } from './changes.ts';
import { type Claim, type ClaimOptions, claimPartitions, moveCursors } from './claim.ts';
import { FACT, type Fact, type FactRow, factOf } from './fact.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Products } from './products.ts';
import { areStraight, goStraight } from './straight.ts';

export interface RoundOptions extends ClaimOptions {
  readonly clockTolerance: number;
  /** How long each statement may take, in milliseconds; default: as all others. A round takes up to 50,000 records. */
  readonly statementMs?: number;
}

export interface Round {
  readonly records: number;
  /** Of these, decided on the careful path. */
  readonly careful: number;
}

/** @returns null where nothing waits, or everything that waits is claimed by others. */
export function reconcileRound(database: Database, options: RoundOptions): Promise<Round | null> {
  return database.transaction(async (sql) => {
    const claim = await claimPartitions(sql, options);
    if (claim === null) return null;
    const fresh = await waitingRecords(sql, claim);
    const careful = await reconcile(sql, fresh, claim.target, options.clockTolerance);
    await moveCursors(sql, claim);
    return { records: fresh.length, careful };
  }, options.statementMs);
}

async function reconcile(sql: Sql, fresh: readonly Fact[], target: number, clockTolerance: number): Promise<number> {
  if (fresh.length === 0) return 0;
  const ofMedium = byMedium(fresh);
  const accounts = await loadAccounts(sql, [...ofMedium.keys()]);
  const products = new Products();
  await products.load(sql, fresh);
  const changes = noChanges();
  const exceptional: Fact[] = [];
  const exceptionalAccounts = new Map<number, AccountRow>();
  for (const [mediumId, facts] of ofMedium) {
    const account = accounts.get(mediumId) ?? newAccount(mediumId);
    if (areStraight(account, facts)) {
      goStraight(account, facts, products, changes);
    } else {
      exceptional.push(...facts);
      exceptionalAccounts.set(mediumId, account);
    }
  }
  if (exceptional.length > 0) {
    const hood = new Neighbourhood(sql, target, exceptionalAccounts);
    const adopted = exceptional.map((fact) => hood.adopt(fact));
    await goCarefully({
      hood,
      accounts: exceptionalAccounts,
      clockTolerance,
      products,
      changes,
      fresh: adopted,
      isFresh: new Set(adopted),
    });
  }
  await writeChanges(sql, changes);
  await touchAlerts(sql, fresh, exceptionalAccounts.keys(), changes);
  return exceptional.length;
}

/** Media of which alerts may come or go by this round: nearly none of those that go straight. */
async function touchAlerts(
  sql: Sql,
  fresh: readonly Fact[],
  exceptional: Iterable<number>,
  { conditions, pending, accounts }: Changes,
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

async function waitingRecords(sql: Sql, claim: Claim): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from partition p
     cross join lateral (select * from record r where partition_of(r.medium_id) = p.id
       and r.receipt > p.reconciled and r.receipt <= $1 offset 0) r
     left join uncommitted u on false
     where p.id = any($2::integer[])
     order by r.medium_id, r.time, r.terminal, r.serial`,
    [claim.target, `{${claim.partitions.join(',')}}`],
  );
  return rows.map((row) => ({ ...factOf(row), resolved: row.status === 'unsuccessful' ? 'unsuccessful' : null }));
}

function byMedium(fresh: readonly Fact[]): Map<number, Fact[]> {
  const groups = new Map<number, Fact[]>();
  for (const fact of fresh) {
    const group = groups.get(fact.mediumId);
    if (group) group.push(fact);
    else groups.set(fact.mediumId, [fact]);
  }
  return groups;
}

async function loadAccounts(sql: Sql, media: readonly number[]): Promise<Map<number, AccountRow>> {
  const rows = await sql.rows<Record<string, number> & { tip_alone: boolean }>(
    'select * from account where medium_id = any($1::integer[])',
    [`{${media.join(',')}}`],
  );
  return new Map(rows.map((row) => [row.medium_id as number, accountOf(row)]));
}

function accountOf(row: Record<string, number | boolean | null>): AccountRow {
  const number = (name: string) => row[name] as number;
  return {
    mediumId: number('medium_id'),
    firstTime: number('first_time'),
    maxTime: number('max_time'),
    maxLastTime: number('max_last_time'),
    doubtLastTime: number('doubt_last_time'),
    maxMediumSerial: number('max_medium_serial'),
    records: number('records'),
    opens: number('opens'),
    root:
      row.root_time === null
        ? null
        : { time: number('root_time'), terminal: number('root_terminal'), serial: number('root_serial') },
    tip:
      row.tip_time === null
        ? null
        : {
            time: number('tip_time'),
            terminal: number('tip_terminal'),
            serial: number('tip_serial'),
            balance: number('tip_balance'),
            mediumSerial: row.tip_medium_serial === null ? undefined : number('tip_medium_serial'),
          },
    tipAlone: row.tip_alone as boolean,
  };
}
