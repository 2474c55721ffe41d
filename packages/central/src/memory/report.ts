/** The state, read off what is held in memory. */
import {
  type Account,
  byCodePoint,
  byIdentity,
  bySynchronization,
  type Configuration,
  type ResolvedTransaction,
  type Time,
  ZERO,
} from '@retap/model';
import type { Report } from '../port.ts';
import { isTransactionFact } from '../reconcile/fact.ts';
import { alertsOf } from './alerts.ts';
import { type MediumTable, read, type Tables } from './tables.ts';

/** @param reconciled records with a greater receipt wait, and are no part of the state */
export function reportOf(tables: Tables, reconciled: number, asOf: Time, configuration: Configuration): Report {
  const media = tables.media.filter((table) => table.account !== null);
  return {
    asOf,
    async *accounts() {
      for (const table of media.sort((a, b) => byCodePoint(a.name, b.name))) yield accountOf(table);
    },
    async *transactions() {
      const all = media.flatMap((table) => transactionsOf(table, reconciled));
      yield* all.sort(byIdentity);
    },
    async *alerts() {
      yield* alertsOf(tables, reconciled, asOf, configuration);
    },
    async close() {
      // It holds nothing.
    },
  };
}

export function accountOf({ name: medium, account, ...table }: MediumTable): Account {
  if (account === null) throw new Error(`medium ${medium} is not reconciled`);
  const { opens, tip } = account;
  return {
    medium,
    opened: opens > 0,
    balance: tip === null ? ZERO : (tip.balance as Account['balance']),
    lastTime: tip?.time ?? null,
    lastTerminal: tip?.terminal ?? null,
    synchronization: [...table.synchronization.values()].sort(bySynchronization),
    products: [...table.products.values()]
      .map(({ productId: id, uses }) => ({ id, uses }))
      .sort((a, b) => byCodePoint(a.id, b.id)),
    pendingValidations: [...table.pending.values()]
      .map(({ terminal, serial, productId }) => ({ terminal, serial, productId: productId as string }))
      .sort(byIdentity),
  };
}

function transactionsOf({ name: medium, rows }: MediumTable, reconciled: number): ResolvedTransaction[] {
  return rows
    .filter(({ receipt }) => receipt <= reconciled)
    .map(read)
    .filter(isTransactionFact)
    .map(({ terminal, serial, status, resolved }) => {
      const known = resolved ?? status;
      if (known === null) throw new Error(`transaction ${terminal}-${serial} has no status`);
      return { terminal, serial, medium, status: known };
    });
}
