/**
 * The oracle's own words for records (spec, "Records"). They repeat the model's on purpose: an oracle that shared types
 * or functions with what it judges could share its mistakes. Every `JournalRecord` of the model fits them.
 */

export interface Identity {
  readonly terminal: number;
  readonly serial: number;
}

interface Common extends Identity {
  readonly medium: string;
  readonly time: number;
  readonly balance: number;
}

interface Read extends Common {
  readonly lastTime: number;
  readonly lastTerminal: number;
  readonly mediumSerial?: number;
  readonly log?: readonly { readonly time: number; readonly terminal: number }[];
}

type Status = 'successful' | 'unsuccessful' | 'unverified';

interface Executed extends Read {
  readonly amount: number;
  readonly status: Status;
}

export interface Open extends Common {
  readonly type: 'open';
  readonly amount: number;
  readonly status: 'successful';
}

export interface Purchase extends Executed {
  readonly type: 'purchase';
  readonly product: {
    readonly id: string;
    readonly validFrom?: number;
    readonly validUntil?: number;
    readonly maxUses?: number;
  };
}

export interface Validation extends Executed {
  readonly type: 'validation';
  readonly productId: string;
}

interface OtherTransaction extends Executed {
  readonly type: 'refill' | 'debit';
}

interface Observation extends Read {
  readonly type: 'observation';
}

/** "Transactions: `refill`, `debit`, `purchase`, `validation`, whatever their status." */
export type Transaction = OtherTransaction | Purchase | Validation;
/** "Evidence: transactions and observations." */
export type Evidence = Transaction | Observation;
export type OracleRecord = Open | Evidence;

export function sameIdentity(a: Identity, b: Identity): boolean {
  return a.terminal === b.terminal && a.serial === b.serial;
}

/** "in order of `(terminal, serial)`" */
export function inIdentityOrder<T extends Identity>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => a.terminal - b.terminal || a.serial - b.serial);
}

/** "in order of `(time, terminal, serial)`" */
export function inTimeOrder<T extends Identity & { readonly time: number }>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => a.time - b.time || a.terminal - b.terminal || a.serial - b.serial);
}

/** Records under the same key, keys in order of appearance. */
export function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

export interface Arrived {
  /** The first of each identity; "Below, *received* means the first." */
  readonly received: readonly OracleRecord[];
  /** Identities of which another record with different values came later. */
  readonly conflicting: readonly Identity[];
}

/**
 * "A record equal to one already received (same identity, equal values) is a duplicate and is ignored. A record with
 * the identity of another but different values is not applied: alert `conflicting-record`. … the first received (the
 * smallest receipt number …) stands."
 */
export function arrived(inReceiptOrder: readonly OracleRecord[]): Arrived {
  const sameIdentities = [...groupedBy(inReceiptOrder, (record) => `${record.terminal}-${record.serial}`).values()];
  return {
    received: sameIdentities.flatMap((records) => records.slice(0, 1)),
    conflicting: sameIdentities.flatMap(([first, ...later]) =>
      first !== undefined && later.some((record) => !equalValues(first, record))
        ? [{ terminal: first.terminal, serial: first.serial }]
        : [],
    ),
  };
}

/** Equal as JSON values: keys in any order, lists in theirs. */
function equalValues(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const entriesA = Object.entries(a).filter(([, value]) => value !== undefined);
  const entriesB = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return (
    entriesA.length === entriesB.size &&
    entriesA.every(([key, value]) => entriesB.has(key) && equalValues(value, entriesB.get(key)))
  );
}
