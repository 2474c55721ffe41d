/** F: the centre's state as a pure function of the set of records received (spec/reconciliation.md). */

import { mediumAlerts } from './alerts.ts';
import { amountOf, ZERO } from './amount.ts';
import { type ProductState, productState } from './products.ts';
import {
  byCodePoint,
  byIdentity,
  identityOf,
  type JournalRecord,
  type MediumName,
  type RecordIdentity,
  type Time,
  type TransactionRecord,
} from './record.ts';
import { type Resolution, resolve } from './resolution.ts';
import type { Account, Alert, CentralState, Configuration, ResolvedTransaction, SynchronizationRow } from './state.ts';
import { bySynchronization, synchronizationRow } from './synchronization.ts';
import { terminalAlerts } from './terminals.ts';

export interface MediumState {
  readonly account: Account;
  readonly transactions: readonly ResolvedTransaction[];
  readonly alerts: readonly Alert[];
}

/**
 * F for one medium: all of its records, each identity once, in any order.
 * Resolve who committed, read the account copy A′ off the last node, list what credit is not explained (X′), match
 * validations with purchases, and say what contradicts.
 */
export function mediumState(
  medium: MediumName,
  records: readonly JournalRecord[],
  asOf: Time,
  configuration: Configuration,
): MediumState {
  const resolution = resolve(records, configuration.clockTolerance);
  const products = productState(resolution.effective as ReadonlySet<TransactionRecord>);
  return {
    account: accountCopy(medium, resolution, products),
    transactions: resolution.transactions
      .map((t) => ({ terminal: t.terminal, serial: t.serial, medium, status: resolution.statuses.get(t) ?? t.status }))
      .sort(byIdentity),
    alerts: mediumAlerts(medium, records, resolution, products, asOf, configuration),
  };
}

/** Account copy A′ = (W′, P′, L′, Z′), with X′ and the pending validations. */
function accountCopy(medium: MediumName, resolution: Resolution, products: ProductState): Account {
  const last = resolution.nodes.at(-1);
  return {
    medium,
    opened: resolution.root !== undefined,
    balance: last?.balance ?? ZERO,
    lastTime: last?.time ?? null,
    lastTerminal: last?.terminal ?? null,
    synchronization: synchronizationSet(resolution),
    products: [...products.products.values()]
      .map(({ product, uses }) => ({ id: product.id, uses }))
      .sort((a, b) => byCodePoint(a.id, b.id)),
    pendingValidations: products.pending
      .map(({ terminal, serial, productId }) => ({ terminal, serial, productId }))
      .sort(byIdentity),
  };
}

/** Synchronization set X′: one pass over the nodes, each against the one before it (eq. 10). */
export function synchronizationSet({ nodes, predecessors }: Resolution): SynchronizationRow[] {
  return nodes
    .flatMap((node, at) => {
      const predecessor = node.type === 'open' ? undefined : predecessors.get(node);
      return synchronizationRow(node, nodes[at - 1], predecessor) ?? [];
    })
    .sort(bySynchronization);
}

/** Each identity once, the first received; the identities of which a later voice said something else. */
export interface Received {
  readonly records: readonly JournalRecord[];
  readonly conflicts: readonly RecordIdentity[];
}

/** @param isEqual whether two records of one identity have equal values */
export function firstReceived(
  arrivals: Iterable<JournalRecord>,
  isEqual: (a: JournalRecord, b: JournalRecord) => boolean,
): Received {
  const first = new Map<string, JournalRecord>();
  const conflicts = new Map<string, RecordIdentity>();
  for (const record of arrivals) {
    const identity = identityOf(record);
    const standing = first.get(identity);
    if (standing === undefined) first.set(identity, record);
    else if (!isEqual(standing, record)) conflicts.set(identity, { terminal: record.terminal, serial: record.serial });
  }
  return { records: [...first.values()], conflicts: [...conflicts.values()] };
}

/** The whole state at `asOf`: F over every medium and every terminal. */
export function centralState(received: Received, asOf: Time, configuration: Configuration): CentralState {
  const ofMedium = group(received.records, (record) => record.medium);
  const ofTerminal = group(received.records, (record) => record.terminal);
  const media = [...ofMedium]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([medium, records]) => mediumState(medium, records, asOf, configuration));
  return {
    asOf,
    accounts: media.map((state) => state.account),
    transactions: media.flatMap((state) => state.transactions).sort(byIdentity),
    alerts: [
      ...media.flatMap((state) => state.alerts),
      ...[...ofTerminal].flatMap(([terminal, records]) =>
        terminalAlerts(terminal, records, asOf, configuration.maxDelay),
      ),
      ...received.conflicts.map(({ terminal, serial }) => ({ kind: 'conflicting-record' as const, terminal, serial })),
    ],
  };
}

/** W′ by the other road, for proofs: opening balance + Σ amount of effective transactions + Σ D. */
export function explainedBalance(records: readonly JournalRecord[], clockTolerance: number): number {
  const resolution = resolve(records, clockTolerance);
  const amounts = [...resolution.effective].map((t) => (t as TransactionRecord).amount);
  const unexplained = synchronizationSet(resolution).map((row) => row.amount);
  return amountOf([resolution.root?.amount ?? ZERO, ...amounts, ...unexplained].reduce((sum, a) => sum + a, 0));
}

function group<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const found = groups.get(key(item));
    if (found) found.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
