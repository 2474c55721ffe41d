/** One medium's records, newest first, each with what the centre concluded about it. */
import {
  type Amount,
  type JournalRecord,
  predecessorOf,
  type RecordIdentity,
  type SynchronizationKind,
} from '@retap/model';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { ChainLink, ChainPage } from '../port.ts';
import { storedRecords } from '../receive/repeats.ts';
import { type Fact, isEvidenceFact, isTransactionFact } from '../reconcile/fact.ts';
import { FACT, type FactRow, factOf } from '../reconcile/sql/fact-row.ts';

interface LinkRow extends FactRow {
  readonly receipt: number;
  readonly extras: boolean;
  readonly root: boolean;
  readonly sync_amount: number | null;
  readonly sync_kind: SynchronizationKind | null;
  readonly verdict: ChainLink['proof'];
}

/** After every time that a record can have (spec, "Records"). */
const LATEST = 2 ** 48;

/** @param before `time-terminal-serial` of the last one shown */
export async function chainOf(
  sql: Sql,
  medium: string,
  { before, limit }: { readonly before?: string; readonly limit: number },
): Promise<ChainPage> {
  const [time, terminal, serial] = before === undefined ? [LATEST, 0, 0] : placeOf(before);
  const rows = await sql.rows<LinkRow>(
    `with m as (select m.id, p.reconciled from medium m join partition p on p.id = partition_of(m.id) where m.medium = $1),
     chosen as (
       select * from (
         (select r.* from m cross join period e cross join lateral (
            select * from record r where period_of(r.time) = e.id and r.medium_id = m.id and r.status = 'successful'
              and r.time <= $2 and (r.time, r.terminal, r.serial) < ($2, $3, $4) and r.receipt <= m.reconciled
            order by r.time desc, r.terminal desc, r.serial desc limit $5) r
          where e.id <= period_of($2) order by e.id desc, r.time desc, r.terminal desc, r.serial desc limit $5)
         union all
         (select r.* from m cross join lateral (
            select * from uncommitted u where u.medium_id = m.id and u.time <= $2
              and (u.time, u.terminal, u.serial) < ($2, $3, $4)
            order by u.time desc, u.terminal desc, u.serial desc limit $5) u
          join record r on r.terminal = u.terminal and r.serial = u.serial)
       ) r order by r.time desc, r.terminal desc, r.serial desc limit $5)
     select ${FACT}, r.receipt, r.extras, s.amount as sync_amount, s.kind as sync_kind,
       v.verdict::text as verdict,
       r.type = 'open' and r.terminal = a.root_terminal and r.serial = a.root_serial as root
     from chosen r
     join account a on a.medium_id = r.medium_id
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     left join synchronization s on s.terminal = r.terminal and s.serial = r.serial
     left join proof v on v.terminal = r.terminal and v.serial = r.serial
     order by r.time desc, r.terminal desc, r.serial desc`,
    [medium, time, terminal, serial, limit],
  );
  const predecessors = await predecessorsOf(sql, rows.map(factOf).filter(isEvidenceFact));
  const records = await recordsOf(sql, medium, rows);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    links: rows.map((row) => linkOf(row, records, predecessors)),
    next: last ? `${last.time}-${last.terminal}-${last.serial}` : null,
  };
}

/** @throws RangeError where it is not the `next` of a page: beginning anew instead would show the first page for ever */
function placeOf(before: string): string[] {
  if (!/^\d+-\d+-\d+$/.test(before)) throw new RangeError(`${before} is not the "next" of a page of a chain`);
  return before.split('-');
}

function linkOf(
  row: LinkRow,
  records: ReadonlyMap<string, JournalRecord>,
  predecessors: ReadonlyMap<string, RecordIdentity>,
): ChainLink {
  const fact = factOf(row);
  const identity = `${row.terminal}-${row.serial}`;
  const reported = row.type === 'open' && !row.root ? 'unsuccessful' : row.status;
  return {
    record: records.get(identity) as JournalRecord,
    status: row.resolved ?? reported,
    node: row.root || fact.effective,
    predecessor: predecessors.get(identity) ?? null,
    receipt: row.receipt,
    proof: row.verdict,
    synchronization: row.sync_kind === null ? null : { amount: row.sync_amount as Amount, kind: row.sync_kind },
  };
}

export async function predecessorsOf(
  sql: Sql,
  evidence: readonly (Fact & { lastTime: number; lastTerminal: number })[],
) {
  const rows = await sql.rows<FactRow & { root: boolean }>(
    `select ${FACT}, r.terminal = a.root_terminal and r.serial = a.root_serial as root
     from (select distinct * from unnest($1::integer[], $2::bigint[])) as k (medium_id, time)
     join account a on a.medium_id = k.medium_id
     join partition p on p.id = partition_of(k.medium_id)
     cross join lateral (
       select * from record r where period_of(r.time) = period_of(k.time) and r.medium_id = k.medium_id
         and r.time = k.time and r.status = 'successful' and r.receipt <= p.reconciled
       union all
       select r.* from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial
       where u.medium_id = k.medium_id and u.time = k.time and u.status is not null) r
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial`,
    columnsOf(
      evidence,
      (e) => e.mediumId,
      (e) => e.lastTime,
    ),
  );
  const candidates = rows.filter((row) => row.type !== 'open' || row.root).map(factOf);
  const found = new Map<string, RecordIdentity>();
  for (const one of evidence) {
    const predecessor = predecessorOf(
      one,
      candidates.filter((c) => isTransactionFact(c) || c.type === 'open'),
    );
    if (!predecessor) continue;
    found.set(`${one.terminal}-${one.serial}`, { terminal: predecessor.terminal, serial: predecessor.serial });
  }
  return found;
}

/** The whole records, as received: from their rows where these hold all of them, else from the batches that brought them. */
async function recordsOf(sql: Sql, medium: string, rows: readonly LinkRow[]): Promise<Map<string, JournalRecord>> {
  const records = new Map<string, JournalRecord>();
  const wanted = new Map<string, number>();
  for (const row of rows) {
    const identity = `${row.terminal}-${row.serial}`;
    // A journal of a whole day is one batch: it is not read for the sake of a record that is here.
    if (row.extras) wanted.set(identity, row.receipt);
    else records.set(identity, recordIn(row, medium));
  }
  for (const receipt of new Set(wanted.values())) {
    for (const record of await storedRecords(sql, receipt)) {
      const identity = `${record.terminal}-${record.serial}`;
      if (wanted.get(identity) === receipt && !records.has(identity)) records.set(identity, record);
    }
  }
  return records;
}

/** Of a row without `extras`, which is neither a purchase nor has a log, a proof or the like. */
function recordIn(row: LinkRow, medium: string): JournalRecord {
  const { terminal, serial, type, time, balance, amount, status } = row;
  const read = row.last_time !== null && { lastTime: row.last_time, lastTerminal: row.last_terminal };
  return {
    ...{ terminal, serial, type, medium, time, ...read, ...(amount !== null && { amount }), balance },
    ...(status !== null && { status }),
    ...(row.medium_serial !== null && { mediumSerial: row.medium_serial }),
    ...(row.product_id !== null && { productId: row.product_id }),
  } as JournalRecord;
}
