/** Batches as they are stored. */
import { inflateRawSync } from 'node:zlib';
import type { RecordIdentity } from '@retap/model';
import { type BatchForm, ProtocolError, readBody } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import { lineAt, rawOf } from '../records/raw.ts';
import type { BatchDetail, Batches, BatchLine, BatchQuery, BatchReading, QuarantinedLine } from './port.ts';

const SHOWN_MAX = 100;
const READ_MAX = 1_000;
const LAST = Number.MAX_SAFE_INTEGER;

/** Of a batch, for `batch b`. Records that are new have one terminal, but for pieces of journals. */
const LINE = `b.receipt, b.received_at as "receivedAt", b.form, b.accepted, octet_length(b.body) as size,
  (select count(*)::integer from quarantine q where q.receipt = b.receipt) as quarantined,
  case when b.form <> 'journal' then (select r.terminal from record r where r.receipt = b.receipt limit 1) end as terminal`;

export function batchesPort(database: Database): Batches {
  return {
    batches: (query) => batchesOf(database, query),
    batch: (receipt) => batchDetail(database, receipt),
    read: (receipt) => readAgain(database, receipt),
  };
}

/** By receipt; of those with something left out each next one is found by its index, however few they are. */
function batchesOf(sql: Sql, { isQuarantined = false, before = LAST, limit }: BatchQuery): Promise<BatchLine[]> {
  if (!isQuarantined) {
    return sql.rows(`select ${LINE} from batch b where b.receipt < $1 order by b.receipt desc limit $2`, [
      before,
      limit,
    ]);
  }
  return sql.rows(
    `with recursive spoiled (receipt, place) as (
       (select receipt, 1 from quarantine where receipt < $1 order by receipt desc limit 1)
       union all
       select q.receipt, s.place + 1 from spoiled s cross join lateral (
         select receipt from quarantine where receipt < s.receipt order by receipt desc limit 1) q
       where s.place < $2)
     select ${LINE} from spoiled s join batch b on b.receipt = s.receipt order by b.receipt desc`,
    [before, limit],
  );
}

interface StoredBatch extends BatchLine {
  readonly digest: string;
  readonly standing: number;
  readonly body: Buffer;
}

async function batchDetail(sql: Sql, receipt: number): Promise<BatchDetail | null> {
  const [row] = await sql.rows<StoredBatch>(
    `select ${LINE}, upper(encode(b.digest, 'hex')) as digest, b.body,
       (select count(*)::integer from record r where r.receipt = b.receipt) as standing
     from batch b where b.receipt = $1`,
    [receipt],
  );
  if (!row) return null;
  const { body, ...line } = row;
  const bytes = inflateRawSync(body);
  const [first] = await sql.rows<RecordIdentity>(
    'select terminal, serial from record where receipt = $1 order by terminal, serial limit 1',
    [receipt],
  );
  const [last] = await sql.rows<RecordIdentity>(
    'select terminal, serial from record where receipt = $1 order by terminal desc, serial desc limit 1',
    [receipt],
  );
  return {
    ...line,
    receivedSize: bytes.length,
    first: first ?? null,
    last: last ?? null,
    conflicts: await sql.rows(
      'select terminal, serial, position from conflict where receipt = $1 order by position limit $2',
      [receipt, SHOWN_MAX],
    ),
    left: (await leftOut(sql, receipt, SHOWN_MAX)).map((one) => shown(one, row.form, bytes)),
  };
}

type LeftOut = Pick<QuarantinedLine, 'position' | 'reason'>;

function leftOut(sql: Sql, receipt: number, limit: number): Promise<LeftOut[]> {
  return sql.rows('select position, reason from quarantine where receipt = $1 order by position limit $2', [
    receipt,
    limit,
  ]);
}

function shown(one: LeftOut, form: BatchForm, bytes: Buffer): QuarantinedLine {
  const line =
    form === 'journal' ? lineAt(bytes, one.position) : form === 'batch' ? entryAt(bytes, one.position) : null;
  return { ...one, raw: line && rawOf('entry', line) };
}

/** What stands in the list of a batch, as it would be written: equal to what was sent, but for spaces. */
function entryAt(bytes: Buffer, position: number): Buffer | null {
  const { records } = JSON.parse(bytes.toString()) as { readonly records: readonly unknown[] };
  const text = JSON.stringify(records[position - 1]);
  return text === undefined ? null : Buffer.from(text);
}

async function readAgain(sql: Sql, receipt: number): Promise<BatchReading | null> {
  const [batch] = await sql.rows<{ form: BatchForm; body: Buffer }>('select form, body from batch where receipt = $1', [
    receipt,
  ]);
  if (!batch) return null;
  let parsed: ReturnType<typeof readBody>;
  try {
    parsed = readBody(batch.form, inflateRawSync(batch.body));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { outcome: 'unreadable', reason: error.message };
  }
  const reasons = new Map(parsed.rejected.map(({ position, reason }) => [position, reason]));
  const records = new Map(parsed.records.map(({ position, record }) => [position, record]));
  const left = await leftOut(sql, receipt, READ_MAX);
  const read = left.flatMap(({ position }) => records.get(position) ?? []);
  const standing = await sql.rows<RecordIdentity>(
    `select r.terminal, r.serial from unnest($1::integer[], $2::integer[]) as k (terminal, serial)
     join record r on r.terminal = k.terminal and r.serial = k.serial where r.receipt = $3`,
    [
      ...columnsOf(
        read,
        ({ terminal }) => terminal,
        ({ serial }) => serial,
      ),
      receipt,
    ],
  );
  const applied = new Set(standing.map(({ terminal, serial }) => `${terminal}-${serial}`));
  return {
    outcome: 'read',
    accepted: parsed.records.length,
    records: left.map(({ position, reason }) => {
      const found = records.get(position);
      const record = found ? { terminal: found.terminal, serial: found.serial } : null;
      // A position that is neither read nor refused is a line that counts as blank now.
      const now = found ? null : (reasons.get(position) ?? 'blank');
      return {
        position,
        reason,
        now,
        record,
        stands: record !== null && applied.has(`${record.terminal}-${record.serial}`),
      };
    }),
  };
}
