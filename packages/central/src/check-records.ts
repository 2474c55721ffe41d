/** What check derives besides the report: each record's row, and the account row by which records go straight. */
import {
  type Committable,
  commitCounter,
  identityOf,
  isEvidence,
  isLogged,
  isRefutedByLog,
  isTransaction,
  type JournalRecord,
  type Resolution,
  type TransactionRecord,
} from '@retap/model';
import type { Sql } from './database/database.ts';

/** One record as the tables hold it, in one order of keys, so that its JSON compares. */
export interface RecordRow {
  readonly medium: string;
  readonly status: string | null;
  readonly [column: string]: unknown;
}

export interface StoredRecord {
  readonly row: RecordRow;
  /** Resolved status of a transaction; null for other records. */
  readonly resolved: string | null;
}

interface StoredLine extends Record<string, unknown> {
  readonly terminal: number;
  readonly serial: number;
  readonly medium: string;
  readonly type: JournalRecord['type'];
  readonly status: string | null;
  readonly resolved: string | null;
  readonly settled: { effective: boolean; logged: boolean; logRefuted: boolean } | null;
  readonly product: unknown;
  readonly logTimes: string[] | null;
  readonly logTerminals: number[] | null;
}

/** The rows of these media's records, as far as their partitions have reconciled, by identity. */
export async function recordRowsOf(sql: Sql, media: readonly string[]): Promise<Map<string, StoredRecord>> {
  const lines = await sql.rows<StoredLine>(
    `select r.terminal, r.serial, m.medium, r.type::text, r.status::text, r.time, r.last_time, r.last_terminal, r.amount,
       r.balance, r.medium_serial, r.product_id, u.resolved::text,
       case when u.terminal is not null then
         json_build_object('effective', u.effective, 'logged', u.logged, 'logRefuted', u.log_refuted) end as settled,
       case when b.terminal is not null then json_build_object('id', b.product_id, 'code', b.code,
         'validFrom', b.valid_from, 'validUntil', b.valid_until, 'maxUses', b.max_uses) end as product,
       l.times as "logTimes", l.terminals as "logTerminals"
     from medium m
     join partition p on p.id = partition_of(m.id)
     cross join lateral records_of(m.id) r
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     left join purchase b on b.terminal = r.terminal and b.serial = r.serial
     left join medium_log l on l.terminal = r.terminal and l.serial = r.serial
     where m.medium = any($1::text[]) and r.receipt <= p.reconciled`,
    [media],
  );
  return new Map(
    lines.map((line) => {
      const { medium, type, status, settled, product, logTimes, logTerminals } = line;
      const log = (logTimes ?? []).map((time, i) => [Number(time), logTerminals?.[i]]);
      const columns = [line.time, line.last_time, line.last_terminal, line.amount, line.balance, line.medium_serial];
      const row = { medium, type, status, columns, productId: line.product_id, product, log, settled };
      const resolved = type === 'open' || type === 'observation' ? null : (line.resolved ?? status);
      return [`${line.terminal}-${line.serial}`, { row, resolved }];
    }),
  );
}

/** The rows that the records of one medium make, by identity. */
export function derivedRows(records: readonly JournalRecord[], resolution: Resolution): Map<string, RecordRow> {
  const logs = resolution.evidence.flatMap((e) => (e.log === undefined ? [] : [{ lastTime: e.lastTime, log: e.log }]));
  return new Map(
    records.map((record) => {
      const { medium, type, time, balance } = record;
      const evidence = isEvidence(record) ? record : null;
      const status = record.type === 'observation' ? null : record.status;
      const amount = record.type === 'observation' ? null : record.amount;
      const columns = [
        time,
        evidence?.lastTime ?? null,
        evidence?.lastTerminal ?? null,
        amount,
        balance,
        evidence?.mediumSerial ?? null,
      ];
      const product = record.type === 'purchase' ? productOf(record.product) : null;
      const productId = record.type === 'validation' ? record.productId : (product?.id ?? null);
      const log = (evidence?.log ?? []).map((entry) => [entry.time, entry.terminal]);
      const settled = status === 'successful' ? null : settledBy(record, resolution, logs);
      return [identityOf(record), { medium, type, status, columns, productId, product, log, settled }];
    }),
  );
}

function productOf({
  id,
  code,
  validFrom,
  validUntil,
  maxUses,
}: (TransactionRecord & { type: 'purchase' })['product']) {
  return {
    id,
    code,
    validFrom: validFrom ?? null,
    validUntil: validUntil ?? null,
    maxUses: maxUses ?? null,
  };
}

type Reading = Parameters<typeof isRefutedByLog>[1] & { readonly log: Parameters<typeof isLogged>[1] };

function settledBy(record: JournalRecord, { effective }: Resolution, logs: readonly Reading[]) {
  if (!isTransaction(record)) return { effective: false, logged: false, logRefuted: false };
  return {
    effective: effective.has(record),
    logged: logs.some(({ log }) => isLogged(record, log)),
    logRefuted: logs.some((reading) => isRefutedByLog(record, reading)),
  };
}

/** What the account rows of these media say besides the account copy. */
export async function accountRowsOf(sql: Sql, media: readonly string[]): Promise<Map<string, unknown>> {
  const rows = await sql.rows<{ medium: string; columns: unknown }>(
    `select m.medium, json_build_array(a.records, a.opens, a.first_time, a.max_time, a.max_last_time, a.doubt_last_time,
       a.max_medium_serial, a.root_terminal, a.root_serial, a.tip_terminal, a.tip_serial, a.tip_medium_serial,
       a.tip_alone) as columns
     from medium m join account a on a.medium_id = m.id where m.medium = any($1::text[])`,
    [media],
  );
  return new Map(rows.map(({ medium, columns }) => [medium, columns]));
}

export function derivedAccountRow(records: readonly JournalRecord[], resolution: Resolution): unknown {
  const { root, opens, nodes, transactions, evidence } = resolution;
  const greatest = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((a, b) => Math.max(a, b ?? -1), -1);
  const times = records.map((record) => record.time);
  const tip = nodes.at(-1);
  const committable: Committable[] = [...(root ? [root] : []), ...transactions];
  const alone = committable.filter((one) => one.time === tip?.time).length === 1;
  return [
    records.length,
    opens,
    times.reduce((a, b) => Math.min(a, b)),
    greatest(times),
    greatest(evidence.map((e) => e.lastTime)),
    greatest(transactions.filter((t) => t.status !== 'successful').map((t) => t.lastTime)),
    greatest(transactions.map((t) => t.mediumSerial)),
    root?.terminal ?? null,
    root?.serial ?? null,
    tip?.terminal ?? null,
    tip?.serial ?? null,
    (tip && commitCounter(tip)) ?? null,
    alone,
  ];
}
