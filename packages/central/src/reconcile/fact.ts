/** A stored record as reconciling sees it, and how it is read. */
import type { Amount, CommitStatus, JournalRecord } from '@retap/model';

export interface Fact {
  readonly mediumId: number;
  readonly terminal: number;
  readonly serial: number;
  readonly type: JournalRecord['type'];
  /** As reported; null for an observation. */
  readonly status: CommitStatus | null;
  readonly time: number;
  /** Undefined for an `open`. */
  readonly lastTime: number | undefined;
  readonly lastTerminal: number | undefined;
  readonly amount: Amount;
  readonly balance: Amount;
  readonly mediumSerial: number | undefined;
  readonly productId: string | null;
  readonly hasLog: boolean;
  /** Definition 3. Of an `open` false: whether it is the root, the account says. */
  effective: boolean;
  /** The rest is of evidence that did not report a commit. */
  logged: boolean;
  logRefuted: boolean;
  resolved: CommitStatus | null;
}

export type Evidence = Fact & { readonly lastTime: number; readonly lastTerminal: number };

export function isEvidenceFact(fact: Fact): fact is Evidence {
  return fact.lastTime !== undefined;
}

export function isTransactionFact(fact: Fact): fact is Evidence {
  return fact.type !== 'open' && fact.type !== 'observation';
}

/** A transaction that did not report a commit. */
export function isDoubt(fact: Fact): fact is Evidence {
  return isTransactionFact(fact) && fact.status !== 'successful';
}

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
    hasLog: row.has_log,
    effective: row.effective ?? (row.status === 'successful' && row.type !== 'open'),
    logged: row.logged ?? false,
    logRefuted: row.log_refuted ?? false,
    resolved: row.resolved,
  };
}

/** A key of one medium and one time. */
export interface Moment {
  readonly mediumId: number;
  readonly time: number;
}

export function momentOf(fact: Fact): Moment {
  return { mediumId: fact.mediumId, time: fact.time };
}

/** The moment that evidence names as the last commit's. */
export function readMomentOf(fact: Fact): Moment {
  if (!isEvidenceFact(fact)) throw new Error(`an open reads no commit: ${fact.terminal}-${fact.serial}`);
  return { mediumId: fact.mediumId, time: fact.lastTime };
}
