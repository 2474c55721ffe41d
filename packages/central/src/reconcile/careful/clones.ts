/** Clones in a neighbourhood: overlapping intervals and repeated commit counters (paper eq. 13). */
import { clonedTransactions, isInOrder } from '@retap/model';
import { columnsOf } from '../../database/literal.ts';
import { type Evidence, FACT, type FactRow, factOf, isTransactionFact } from '../fact.ts';
import type { Neighbourhood } from '../neighbourhood.ts';
import type { Case } from './case.ts';
import type { Settled } from './chain.ts';

/**
 * Marks every transaction that entered, and every one it meets, if they are in two states at once.
 *
 * Whom can X = (l, t] meet? Those that end within it; the next node after it; and those that reach over that next node
 * from before t: each of these overlaps the next node as well and so is marked already, or entered in this round too.
 * The sweep over all that were found sees the pairs of the last sort.
 */
export async function findClones(careful: Case, { entering, leaving }: Settled): Promise<void> {
  const { hood, changes } = careful;
  const shaken = new Set([...leaving].filter(isTransactionFact).map((fact) => fact.mediumId));
  const former = await membersOf(hood, [...shaken]); // someone left: those it made suspects may be none any more
  const asked = [...new Set([...[...entering].filter(isTransactionFact), ...former])].filter((fact) => fact.effective);
  const pool = new Map<number, Set<Evidence>>();
  for (const fact of [...asked, ...(await met(hood, asked))]) {
    pool.set(fact.mediumId, (pool.get(fact.mediumId) ?? new Set()).add(fact));
  }
  for (const fact of former) changes.clonesGone.push(fact);
  for (const facts of pool.values()) {
    if (facts.size < 2) continue;
    const identities = new Set(clonedTransactions(facts).map((c) => `${c.terminal}-${c.serial}`));
    for (const fact of facts) if (identities.has(`${fact.terminal}-${fact.serial}`)) changes.clones.push(fact);
  }
}

async function met(hood: Neighbourhood, asked: readonly Evidence[]): Promise<Evidence[]> {
  const spans = asked.filter(isInOrder);
  const found = [
    ...(await overlappedBy(hood, spans)),
    ...(await nextAfter(hood, spans)),
    ...(await membersAround(hood, spans)),
    ...(await sharingSerial(
      hood,
      asked.filter((fact) => fact.mediumSerial !== undefined),
    )),
  ];
  return found
    .map((row) => hood.adopt(factOf(row)))
    .filter(isTransactionFact)
    .filter((fact) => fact.effective);
}

/** Effective transactions of order, as `t`: reported successful, or settled so. */
const COMMITTED = `(
  select ${FACT} from record r left join uncommitted u on false
  where r.medium_id = k.medium_id and r.status = 'successful' and r.type <> 'open' and r.receipt <= $4
    and r.time > r.last_time and r.time > k.low and r.time <= k.high
  union all
  select ${FACT} from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial
  where u.medium_id = k.medium_id and u.effective and u.time > u.last_time and u.time > k.low and u.time <= k.high
)`;

function overlappedBy({ sql, target }: Neighbourhood, spans: readonly Evidence[]): Promise<FactRow[]> {
  if (spans.length === 0) return Promise.resolve([]);
  return sql.rows(
    `select t.* from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, low, high)
     cross join lateral ${COMMITTED} t`,
    [
      ...columnsOf(
        spans,
        (s) => s.mediumId,
        (s) => s.lastTime,
        (s) => s.time,
      ),
      target,
    ],
  );
}

function nextAfter({ sql, target }: Neighbourhood, spans: readonly Evidence[]): Promise<FactRow[]> {
  if (spans.length === 0) return Promise.resolve([]);
  // Each half in the order of its own index: by the record's time, the second would sort all that is yet to come.
  return sql.rows(
    `select t.* from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
     cross join lateral (
       (select ${FACT} from record r left join uncommitted u on false
        where r.medium_id = k.medium_id and r.status = 'successful' and r.type <> 'open' and r.receipt <= $3
          and r.time > r.last_time and r.time > k.time
        order by r.time limit 1)
       union all
       select ${FACT} from (
         select * from uncommitted n
         where n.medium_id = k.medium_id and n.effective and n.time > n.last_time and n.time > k.time
         order by n.time limit 1) u
       join record r on r.terminal = u.terminal and r.serial = u.serial
     ) t`,
    [
      ...columnsOf(
        spans,
        (s) => s.mediumId,
        (s) => s.time,
      ),
      target,
    ],
  );
}

function membersAround({ sql }: Neighbourhood, spans: readonly Evidence[]): Promise<FactRow[]> {
  if (spans.length === 0) return Promise.resolve([]);
  return sql.rows(
    `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
     cross join lateral (select * from clone_member c where c.last_time < c.time
       and box(point(c.medium_id, c.last_time), point(c.medium_id, c.time))
         && box(point(k.medium_id, k.time), point(k.medium_id, k.time)) offset 0) c
     join record r on r.terminal = c.terminal and r.serial = c.serial
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial`,
    columnsOf(
      spans,
      (s) => s.mediumId,
      (s) => s.time,
    ),
  );
}

function sharingSerial({ sql, target }: Neighbourhood, asked: readonly Evidence[]): Promise<FactRow[]> {
  if (asked.length === 0) return Promise.resolve([]);
  return sql.rows(
    `select ${FACT} from unnest($1::integer[], $2::integer[]) as k (medium_id, medium_serial)
     join record r on r.medium_id = k.medium_id and r.medium_serial = k.medium_serial and r.status is not null
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where r.receipt <= $3 and (r.status = 'successful' or u.effective)`,
    [
      ...columnsOf(
        asked,
        (f) => f.mediumId,
        (f) => f.mediumSerial,
      ),
      target,
    ],
  );
}

async function membersOf(hood: Neighbourhood, media: readonly number[]): Promise<Evidence[]> {
  if (media.length === 0) return [];
  const rows = await hood.sql.rows<FactRow>(
    `select ${FACT} from clone_member c join record r on r.terminal = c.terminal and r.serial = c.serial
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where c.medium_id = any($1::integer[])`,
    [`{${media.join(',')}}`],
  );
  return rows.map((row) => hood.adopt(factOf(row))).filter(isTransactionFact);
}
