/** One medium's records, newest first, each with what was concluded about it. */
import { byTime, identityOf, predecessorOf } from '@retap/model';
import type { ChainLink, ChainPage } from '../port.ts';
import { isPlace } from '../reconcile/account.ts';
import { type Fact, isEvidenceFact, isTransactionFact } from '../reconcile/fact.ts';
import { type MediumTable, type Row, read } from './tables.ts';

/** @param reconciled records with a greater receipt wait, and are not shown */
export function chainOf(
  table: MediumTable,
  reconciled: number,
  { before, limit }: { readonly before?: string; readonly limit: number },
): ChainPage {
  const shown = table.rows.filter(({ receipt }) => receipt <= reconciled);
  const [time = 0, terminal = 0, serial = 0] = (before ?? '').split('-').map(Number);
  const rows = shown.filter(({ fact }) => before === undefined || byTime(fact, { time, terminal, serial }) < 0);
  const page = rows.reverse().slice(0, limit);
  const last = page.length === limit ? page.at(-1)?.fact : undefined;
  return {
    links: page.map((row) => linkOf(table, shown, row)),
    next: last ? `${last.time}-${last.terminal}-${last.serial}` : null,
  };
}

function linkOf({ account, synchronization }: MediumTable, shown: readonly Row[], row: Row): ChainLink {
  const fact = read(row);
  const isRoot = (each: Fact): boolean => each.type === 'open' && isPlace(each, account?.root ?? null);
  const committable = shown.map(read).filter((each) => isTransactionFact(each) || isRoot(each));
  const sameTime = committable.filter(({ time }) => time === fact.lastTime);
  const predecessor = isEvidenceFact(fact) ? predecessorOf(fact, sameTime) : undefined;
  const kept = synchronization.get(identityOf(fact));
  const reported = fact.type === 'open' && !isRoot(fact) ? 'unsuccessful' : fact.status;
  return {
    record: row.record,
    status: fact.resolved ?? reported,
    node: isRoot(fact) || fact.effective,
    predecessor: predecessor ? { terminal: predecessor.terminal, serial: predecessor.serial } : null,
    receipt: row.receipt,
    proof: null,
    synchronization: kept ? { amount: kept.amount, kind: kept.kind } : null,
  };
}
