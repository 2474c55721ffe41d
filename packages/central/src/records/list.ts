/** A page of a list of records: some are examined, those that are asked for are kept (docs/console.md, "Records"). */
import type { Amount, CommitStatus } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { cursorOf, type Place, placeOf } from './cursor.ts';
import type { RecordLine, RecordOrder, RecordPage, RecordQuery, RecordType } from './port.ts';
import { EVERYTHING, type Serials, type Stretch, serialsOf, stretchesOf } from './stretch.ts';

/** How many are examined for a page: at once most that are asked for, then, where they do not fill it, many. */
const EXAMINED = { receipt: [500, 20_000], time: [500, 10_000], serial: [500, 10_000] } as const;
/** After every time that a record can have (spec, "Records"). */
const LATEST = 2 ** 48;
const NUMBERS = 2 ** 31;

/** Of a record with what is concluded of it, for `record r`, `uncommitted u`, `partition p`, `account a`. */
export const RESOLVED = `case when r.receipt > p.reconciled or r.type = 'observation' then null
  when u.terminal is not null then u.resolved
  when r.type = 'open' and (r.terminal, r.serial) <> (a.root_terminal, a.root_serial) then 'unsuccessful'
  else r.status end`;

interface Scan {
  readonly order: Place['order'];
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Row {
  readonly examined: number;
  readonly last_time: number | null;
  readonly last_receipt: number;
  readonly last_terminal: number;
  readonly last_serial: number;
  readonly terminal: number | null;
  readonly serial: number;
  readonly type: RecordType;
  readonly medium: string;
  readonly time: number;
  readonly amount: number | null;
  readonly balance: number;
  readonly reported: CommitStatus | null;
  readonly status: CommitStatus | null;
  readonly reconciled: boolean;
  readonly receipt: number;
}

export async function recordsOf(sql: Sql, query: RecordQuery): Promise<RecordPage> {
  const order = orderOf(query);
  const stretches = order === 'receipt' ? await stretchesOf(sql, query) : { main: EVERYTHING, late: null };
  const serials =
    order === 'serial' && query.terminal !== undefined ? await serialsOf(sql, query.terminal, query) : null;
  let place: Place | null = query.before === undefined ? null : placeOf(query.before, order);
  const records: RecordLine[] = [];
  let [examined, reachedTo]: [number, RecordPage['reachedTo']] = [0, null];
  for (let round = 0; ; ) {
    const wanted = query.limit - records.length;
    const count = Math.max(EXAMINED[order][round] ?? 0, wanted);
    const isLate = place?.order === 'late';
    const scan = serials
      ? ofTerminal(query, place, serials, count)
      : scanOf(query, order, place, stretches.main, count);
    const rows = await pageOf(sql, scan, query, wanted);
    const [first] = rows;
    const found = rows.flatMap((row) => (row.terminal === null ? [] : [lineOf(row, row.terminal)]));
    records.push(...found);
    const last = found.length === wanted ? found.at(-1) : first && reached(first);
    if (last) reachedTo = { time: last.time, receipt: last.receipt };
    examined += first?.examined ?? 0;
    if (last) place = { order: isLate ? 'late' : order, key: keyOf(last, order) };
    const isThrough = found.length < wanted && (first?.examined ?? 0) < count;
    if (isThrough && (isLate || stretches.late === null)) return { order, records, examined, reachedTo, next: null };
    // What came in time is all looked at: the rest begins where it ended.
    if (isThrough) place = { order: 'late', key: [stretches.late?.after ?? 0, NUMBERS - 1, NUMBERS - 1] };
    else round += 1;
    if (records.length === query.limit || round === EXAMINED[order].length) {
      return { order, records, examined, reachedTo, next: place && cursorOf(place) };
    }
  }
}

/** A medium's are found by time, a terminal's by serial; the few that did not report a commit stand in a table of their own. */
function orderOf({ medium, terminal, status, type }: RecordQuery): RecordOrder {
  if (medium !== undefined) return 'time';
  if (status === 'unverified') return 'time';
  if (terminal !== undefined) return 'serial';
  return status === 'unsuccessful' || status === 'observation' || type === 'observation' ? 'time' : 'receipt';
}

function reached(row: Row) {
  if (row.last_time === null) return undefined;
  return { time: row.last_time, receipt: row.last_receipt, terminal: row.last_terminal, serial: row.last_serial };
}

function keyOf(at: { time: number; receipt: number; terminal: number; serial: number }, order: RecordOrder): number[] {
  if (order === 'serial') return [at.serial];
  return [order === 'time' ? at.time : at.receipt, at.terminal, at.serial];
}

const BY_TERMINAL = `select r.* from record r where r.terminal = $10 and r.serial < $11 and r.serial >= $12
  order by r.serial desc limit $9`;
const BY_RECEIPT = `select r.* from record r where r.receipt > $13 and r.receipt <= $14 and r.receipt <= $10
    and (r.receipt, r.terminal, r.serial) < ($10, $11, $12)
  order by r.receipt desc, r.terminal desc, r.serial desc limit $9`;
const BY_RECEIPT_UP = `select r.* from record r where r.receipt >= $10 and (r.receipt, r.terminal, r.serial) > ($10, $11, $12)
  order by r.receipt, r.terminal, r.serial limit $9`;
const BY_STATUS = `select r.* from (
    select * from uncommitted u where u.resolved = $13::commit_status and u.time <= $10
      and (u.time, u.terminal, u.serial) < ($10, $11, $12) and ($4::bigint is null or u.time >= $4)
    order by u.time desc, u.terminal desc, u.serial desc limit $9) u
  join record r on r.terminal = u.terminal and r.serial = u.serial`;
const OBSERVATIONS = `select r.* from (
    select * from uncommitted u where u.resolved is null and u.time <= $10
      and (u.time, u.terminal, u.serial) < ($10, $11, $12) and ($4::bigint is null or u.time >= $4)
    order by u.time desc, u.terminal desc, u.serial desc limit $9) u
  join record r on r.terminal = u.terminal and r.serial = u.serial`;
/** As a page of the chain is read (read/chain.ts). */
const BY_MEDIUM = `select r.* from (
    (select r.* from medium m join partition p on p.id = partition_of(m.id) cross join period e cross join lateral (
       select * from record r where period_of(r.time) = e.id and r.medium_id = m.id and r.status = 'successful'
         and r.time <= $10 and (r.time, r.terminal, r.serial) < ($10, $11, $12) and r.receipt <= p.reconciled
         and ($4::bigint is null or r.time >= $4)
       order by r.time desc, r.terminal desc, r.serial desc limit $9) r
     where m.medium = $13 and e.id <= period_of($10) and ($4::bigint is null or e.id >= period_of($4))
     order by e.id desc, r.time desc, r.terminal desc, r.serial desc limit $9)
    union all
    (select r.* from medium m cross join lateral (
       select * from uncommitted u where u.medium_id = m.id and u.time <= $10
         and (u.time, u.terminal, u.serial) < ($10, $11, $12) and ($4::bigint is null or u.time >= $4)
       order by u.time desc, u.terminal desc, u.serial desc limit $9) u
     join record r on r.terminal = u.terminal and r.serial = u.serial
     where m.medium = $13)
  ) r order by r.time desc, r.terminal desc, r.serial desc limit $9`;

function ofTerminal({ terminal }: RecordQuery, place: Place | null, { from, below }: Serials, count: number): Scan {
  return { order: 'serial', text: BY_TERMINAL, values: [count, terminal, place?.key[0] ?? below, from] };
}

/** What is looked at, `$9` records of it; `$1` … `$8` are of {@link pageOf}. */
function scanOf(query: RecordQuery, order: RecordOrder, place: Place | null, stretch: Stretch, count: number): Scan {
  const { medium, status, until } = query;
  if (order === 'receipt') {
    if (place?.order === 'late') return { order: 'late', text: BY_RECEIPT_UP, values: [count, ...place.key] };
    const key = place?.key ?? [stretch.to, NUMBERS - 1, NUMBERS - 1];
    return { order, text: BY_RECEIPT, values: [count, ...key, stretch.after, stretch.to] };
  }
  const key = place?.key ?? [until ?? LATEST, 0, 0];
  if (medium !== undefined) return { order, text: BY_MEDIUM, values: [count, ...key, medium] };
  if (status === 'unverified' || status === 'unsuccessful') {
    return { order, text: BY_STATUS, values: [count, ...key, status] };
  }
  return { order, text: OBSERVATIONS, values: [count, ...key] };
}

const ORDERS = {
  serial: { down: 'r.serial desc', up: 'serial' },
  time: { down: 'r.time desc, r.terminal desc, r.serial desc', up: 'time, terminal, serial' },
  receipt: { down: 'r.receipt desc, r.terminal desc, r.serial desc', up: 'receipt, terminal, serial' },
  // The other way round.
  late: { down: 'r.receipt, r.terminal, r.serial', up: 'receipt desc, terminal desc, serial desc' },
} as const;

async function pageOf(sql: Sql, scan: Scan, query: RecordQuery, limit: number): Promise<Row[]> {
  const { status, type, terminal, from, until, amountMin, amountMax } = query;
  const { down, up } = ORDERS[scan.order];
  const isObservation = status === 'observation';
  return sql.rows<Row>(
    `with scanned as materialized (${scan.text}),
     tail as (select time, receipt, terminal, serial from scanned order by ${up} limit 1),
     matched as (
       select r.*, p.reconciled >= r.receipt as is_reconciled, ${RESOLVED} as resolved
       from scanned r join partition p on p.id = partition_of(r.medium_id)
       left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
       left join account a on a.medium_id = r.medium_id and r.type = 'open'
       where ($1::commit_status is null or ${RESOLVED} = $1) and ($2::record_type is null or r.type = $2)
         and ($3::integer is null or r.terminal = $3) and ($4::bigint is null or r.time >= $4)
         and ($5::bigint is null or r.time < $5)
         and ($6::bigint is null or abs(r.amount) >= $6) and ($7::bigint is null or abs(r.amount) <= $7)
       order by ${down} limit $8)
     select s.examined, t.time as last_time, t.receipt as last_receipt, t.terminal as last_terminal, t.serial as last_serial,
       r.terminal, r.serial, r.type, m.medium, r.time, r.amount, r.balance, r.status as reported, r.resolved as status,
       r.is_reconciled as reconciled, r.receipt
     from (select count(*)::integer as examined from scanned) s left join tail t on true left join matched r on true
     left join medium m on m.id = r.medium_id order by ${down}`,
    [
      isObservation ? null : (status ?? null),
      isObservation ? 'observation' : (type ?? null),
      ...[terminal, from, until, amountMin, amountMax].map((value) => value ?? null),
      limit,
      ...scan.values,
    ],
  );
}

function lineOf(row: Row, terminal: number): RecordLine {
  const { serial, type, medium, time, balance, reported, status, reconciled, receipt } = row;
  const amount = row.amount as Amount | null;
  return {
    terminal,
    serial,
    type,
    medium,
    time,
    amount,
    balance: balance as Amount,
    reported,
    status,
    reconciled,
    receipt,
  };
}
