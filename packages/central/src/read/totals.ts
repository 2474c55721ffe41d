/** Figures for the one who watches. */
import { ALERT_KINDS, type AlertKind, type Amount, type Configuration } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { Totals } from '../port.ts';
import { alertsOf } from './alerts.ts';

/** More of one kind than this are shown as this many: the figure is for the eye, and counting on would not change what to do. */
const ALERTS_COUNTED_MAX = 10_000;

const RECORDS = '(select coalesce(sum(last_serial - first_serial + 1), 0) from journal_run)';
const WAITING = `(select count(*) from record r join partition p on p.id = partition_of(r.medium_id)
  where r.receipt > (select min(reconciled) from partition) and r.receipt > p.reconciled)`;

/** How many records there are, and how many of them wait to be reconciled. */
export async function waitingOf(sql: Sql): Promise<Pick<Totals, 'records' | 'waiting'>> {
  const [row] = await sql.rows<Pick<Totals, 'records' | 'waiting'>>(
    `select ${RECORDS} as records, ${WAITING} as waiting`,
  );
  if (!row) throw new Error('totals without a row');
  return row;
}

export async function totalsOf(sql: Sql, asOf: number, configuration: Configuration): Promise<Totals> {
  const [row] = await sql.rows<Omit<Totals, 'alerts' | 'balance'> & { balance: Amount }>(
    `select
       (select received from progress) as batches,
       ${RECORDS} as records,
       (select count(*) from quarantine) as quarantined,
       (select count(*) from medium) as media,
       (select count(distinct terminal) from journal_run) as terminals,
       (select coalesce(sum(tip_balance), 0) from account) as balance,
       (select count(*) from uncommitted where resolved = 'unverified') as "inDoubt",
       (select count(distinct medium_id) from synchronization) as "outOfSync",
       ${WAITING} as waiting`,
  );
  if (!row) throw new Error('totals without a row');
  const alerts: Partial<Record<AlertKind, number>> = {};
  for (const kind of ALERT_KINDS) {
    const found = await alertsOf(sql, kind, { asOf, configuration, limit: ALERTS_COUNTED_MAX });
    if (found.length > 0) alerts[kind] = found.length;
  }
  return { ...row, alerts };
}
