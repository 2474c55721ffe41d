/** A stored record as reconciling sees it. */
import { type Amount, type CommitStatus, type JournalRecord, type Product, ZERO } from '@retap/model';

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
  /** What a purchase bought, where the record is at hand; null where the tables have to be asked. */
  readonly bought: Product | null;
  readonly hasLog: boolean;
  /** Definition 3. Of an `open` false: whether it is the root, the account says. */
  effective: boolean;
  /** The rest is of evidence that did not report a commit. */
  logged: boolean;
  logRefuted: boolean;
  resolved: CommitStatus | null;
}

/** A record, before anything is concluded of it. */
export function factOfRecord(record: JournalRecord, mediumId: number): Fact {
  const { terminal, serial, type, time, balance } = record;
  const status = record.type === 'observation' ? null : record.status;
  return {
    mediumId,
    terminal,
    serial,
    type,
    status,
    time,
    lastTime: record.type === 'open' ? undefined : record.lastTime,
    lastTerminal: record.type === 'open' ? undefined : record.lastTerminal,
    amount: record.type === 'observation' ? ZERO : record.amount,
    balance,
    mediumSerial: record.type === 'open' ? undefined : record.mediumSerial,
    productId: record.type === 'purchase' ? record.product.id : record.type === 'validation' ? record.productId : null,
    bought: record.type === 'purchase' ? record.product : null,
    hasLog: record.type !== 'open' && record.log !== undefined,
    effective: status === 'successful' && type !== 'open',
    logged: false,
    logRefuted: false,
    resolved: status === 'unsuccessful' ? 'unsuccessful' : null,
  };
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
