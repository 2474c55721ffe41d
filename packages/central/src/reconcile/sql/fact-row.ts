/** How a fact is read from the tables. */
import type { Amount, CommitStatus, JournalRecord } from '@retap/model';
import type { Fact } from '../fact.ts';

/** Columns of a fact, for `record r left join uncommitted u`. */
export const FACT = `r.medium_id, r.terminal, r.serial, r.type, r.status, r.time, r.last_time, r.last_terminal, r.amount,
  r.balance, r.medium_serial, r.product_id, r.has_log, u.effective, u.logged, u.log_refuted, u.resolved`;

export interface FactRow {
  readonly medium_id: number;
  readonly terminal: number;
  readonly serial: number;
  readonly type: JournalRecord['type'];
  readonly status: CommitStatus | null;
  readonly time: number;
  readonly last_time: number | null;
  readonly last_terminal: number | null;
  readonly amount: number | null;
  readonly balance: number;
  readonly medium_serial: number | null;
  readonly product_id: string | null;
  readonly has_log: boolean;
  readonly effective: boolean | null;
  readonly logged: boolean | null;
  readonly log_refuted: boolean | null;
  readonly resolved: CommitStatus | null;
}

export function factOf(row: FactRow): Fact {
  return {
    mediumId: row.medium_id,
    terminal: row.terminal,
    serial: row.serial,
    type: row.type,
    status: row.status,
    time: row.time,
    lastTime: row.last_time ?? undefined,
    lastTerminal: row.last_terminal ?? undefined,
    amount: (row.amount ?? 0) as Amount,
    balance: row.balance as Amount,
    mediumSerial: row.medium_serial ?? undefined,
    productId: row.product_id,
    bought: null,
    hasLog: row.has_log,
    effective: row.effective ?? (row.status === 'successful' && row.type !== 'open'),
    logged: row.logged ?? false,
    logRefuted: row.log_refuted ?? false,
    resolved: row.resolved,
  };
}
