/** The account row: the account copy A′, and the maxima by which the next record is known to go straight. */
import type { Fact } from './fact.ts';

export interface AccountRow {
  readonly mediumId: number;
  firstTime: number;
  maxTime: number;
  maxLastTime: number;
  doubtLastTime: number;
  /** Time of the last transaction that went straight; −1 without any. Depends on what arrived when, as nothing else here does. */
  lastStraight: number;
  maxMediumSerial: number;
  records: number;
  opens: number;
  root: Place | null;
  tip: Tip | null;
  tipAlone: boolean;
}

export interface Place {
  readonly time: number;
  readonly terminal: number;
  readonly serial: number;
}

/** The last node. `mediumSerial` is 0 for a root. */
export interface Tip extends Place {
  readonly balance: number;
  readonly mediumSerial: number | undefined;
}

export function newAccount(mediumId: number): AccountRow {
  return {
    mediumId,
    firstTime: Number.MAX_SAFE_INTEGER,
    maxTime: -1,
    maxLastTime: -1,
    doubtLastTime: -1,
    lastStraight: -1,
    maxMediumSerial: -1,
    records: 0,
    opens: 0,
    root: null,
    tip: null,
    tipAlone: false,
  };
}

/** Takes a record into the counters and maxima, which are functions of the set of records and of nothing else. */
export function count(account: AccountRow, fact: Fact): void {
  account.records += 1;
  account.firstTime = Math.min(account.firstTime, fact.time);
  account.maxTime = Math.max(account.maxTime, fact.time);
  if (fact.type === 'open') account.opens += 1;
  if (fact.lastTime !== undefined) account.maxLastTime = Math.max(account.maxLastTime, fact.lastTime);
  if (fact.type === 'open' || fact.type === 'observation') return;
  account.maxMediumSerial = Math.max(account.maxMediumSerial, fact.mediumSerial ?? -1);
  if (fact.status !== 'successful' && fact.lastTime !== undefined) {
    account.doubtLastTime = Math.max(account.doubtLastTime, fact.lastTime);
  }
}

export function tipOf(node: Fact): Tip {
  const { time, terminal, serial, balance } = node;
  return { time, terminal, serial, balance, mediumSerial: node.type === 'open' ? 0 : node.mediumSerial };
}

export function isPlace(fact: Place, place: Place | null): boolean {
  return place !== null && fact.terminal === place.terminal && fact.serial === place.serial;
}
