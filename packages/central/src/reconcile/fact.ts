/** A stored record as reconciling sees it. */
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
